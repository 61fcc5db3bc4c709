//! What acts for the gate at MCP servers. An order is carried out from its frozen bytes alone; who
//! asks for it only hears what the server says meanwhile.

use super::{
    fault::Fault,
    guest::Guest,
    kinds,
    order::{Order, Purpose},
    passed::Passed,
    screened,
    shop::Shop,
    upstream::UpstreamError,
};
use portcullis_firewall::{
    digest::Means,
    hands::Hands,
    order::{Check, DryRun, Effect, Ended, Order as GateOrder},
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::action::Action;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::{Arc, Weak};

/// The most lines of a companion's answer that count as changes.
const CHANGES_MAX: usize = 200;

/// Hands at the servers of a shop, for as long as there is one.
#[derive(Clone, Debug)]
struct AtServers {
    shop: Weak<Shop>,
    guest: Option<Guest>,
}

/// What a server answered, on its way through the gate.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Answered {
    Result {
        value: Value,
        /// What a server that wants input wants to have back, as hex: it is sealed by the server,
        /// for itself alone, and of no use when it is changed.
        state: Option<String>,
    },
    Error {
        code: i64,
        message: String,
        data: Option<Value>,
    },
}

impl Shop {
    /// What acts for the gate at these servers.
    #[must_use]
    pub fn hands(self: &Arc<Self>) -> Hands {
        self.hands_for(None)
    }

    /// The same for somebody who hears what the server says meanwhile.
    pub(super) fn hands_for(self: &Arc<Self>, guest: Option<&Guest>) -> Hands {
        let hands = Arc::new(AtServers {
            shop: Arc::downgrade(self),
            guest: guest.cloned(),
        });
        Hands {
            executor: Arc::<AtServers>::clone(&hands),
            rehearsal: hands,
        }
    }
}

impl AtServers {
    /// The means of what is for a server here: another server under the same name is another one.
    fn means_of(&self, action: &Action) -> Option<Means> {
        let purpose = Purpose::of(action)?;
        let shop = self.shop.upgrade()?;
        Some(shop.shelf(&action.tenant)?.server(&purpose.server)?.means)
    }

    async fn done(&self, order: GateOrder) -> Effect {
        let (Some(shop), Some(asked)) = (self.shop.upgrade(), Order::thaw(&order.action)) else {
            return Effect::new(Ended::Failed, "not asked, there is no such server");
        };
        let words = asked.words();
        let done = shop.ask(&order.tenant, self.guest.as_ref(), asked).await;
        effect(done, &words)
    }

    async fn looked_at(&self, order: GateOrder) -> DryRun {
        let (Some(shop), Some(asked)) = (self.shop.upgrade(), Order::thaw(&order.action)) else {
            return DryRun::failed("server", "there is no such server");
        };
        let companion = match shop.companion(&order.tenant, &asked).await {
            Ok(companion) => companion,
            Err(error) => return DryRun::failed("request", screened::text(&error.to_string())),
        };
        let mut run = DryRun {
            passed: true,
            checks: vec![passed(
                "request",
                "the server offers it as accepted, and it fits",
            )],
            ..DryRun::default()
        };
        if let Some(companion) = companion {
            let done = shop.ask(&order.tenant, self.guest.as_ref(), companion);
            tell(&mut run, done.await);
        }
        run
    }
}

impl Executor for AtServers {
    fn means(&self, action: &Action) -> Option<Means> {
        self.means_of(action)
    }

    fn execute(&self, order: GateOrder) -> Doing<'_, Effect> {
        Box::pin(self.done(order))
    }
}

impl Rehearsal for AtServers {
    fn rehearses(&self, action: &Action) -> bool {
        self.means_of(action).is_some()
    }

    fn rehearse(&self, order: GateOrder) -> Doing<'_, DryRun> {
        Box::pin(self.looked_at(order))
    }
}

/// What came of an order: whether it worked and what it was, without what anybody said, and beside
/// that what the server answered.
fn effect(done: Result<Value, UpstreamError>, words: &str) -> Effect {
    let (result, summary) = match &done {
        Ok(result) if says_failed(result) => (
            Ended::Failed,
            format!("{words}: the server says that it failed"),
        ),
        Ok(result) if kinds::is_wanted(result) => {
            (Ended::Done, format!("{words}: it wants input first"))
        }
        Ok(result) if kinds::is_task(result) => {
            (Ended::Done, format!("{words}: it has made a task of it"))
        }
        Ok(_) => (Ended::Done, format!("{words}: done")),
        Err(UpstreamError::NotAsked(why)) => {
            let why = screened::text(why);
            (Ended::Failed, format!("{words}: not asked, {why}"))
        }
        Err(UpstreamError::Refused { code, .. }) => {
            (Ended::Failed, format!("{words}: refused with {code}"))
        }
        Err(UpstreamError::Unknown(why)) => {
            let why = screened::text(why);
            (
                Ended::Unknown,
                format!("{words}: asked, without an answer, {why}"),
            )
        }
    };
    let answered = match done {
        Ok(result) => Some(parted(result)),
        Err(UpstreamError::Refused {
            code,
            message,
            data,
        }) => Some(Answered::Error {
            code,
            message,
            data,
        }),
        Err(UpstreamError::NotAsked(_) | UpstreamError::Unknown(_)) => None,
    };
    let output = answered.and_then(|answered| serde_json::to_vec(&answered).ok());
    Effect {
        output: output.unwrap_or_default(),
        ..Effect::new(result, summary)
    }
}

/// What the agent gets of an effect.
///
/// Fails closed: what cannot be read any more after screening is no result.
pub(super) fn answer(effect: &Effect) -> Passed {
    match serde_json::from_slice(&effect.output) {
        Ok(Answered::Result { value, state }) if value.is_object() => joined(value, state),
        Ok(Answered::Result { .. }) => {
            Passed::Failed(Fault::inside("the server's result is not an object"))
        }
        Ok(Answered::Error {
            code,
            message,
            data,
        }) => Passed::Failed(Fault::upstream(code, screened::text(&message), data)),
        Err(_) => Passed::Failed(Fault::inside(screened::text(&effect.summary))),
    }
}

/// A result and its state apart.
fn parted(mut value: Value) -> Answered {
    if !kinds::is_wanted(&value) {
        return Answered::Result { value, state: None };
    }
    let members = value.as_object_mut();
    let state = members.and_then(|members| members.remove("requestState"));
    let state = state.and_then(|state| state.as_str().map(hex::encode));
    Answered::Result { value, state }
}

/// The same together again.
fn joined(mut value: Value, state: Option<String>) -> Passed {
    let Some(state) = state else {
        return Passed::Done(value);
    };
    let state = hex::decode(state)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match (value.as_object_mut(), state) {
        (Some(members), Some(state)) => {
            members.insert("requestState".to_owned(), state.into());
            Passed::Done(value)
        }
        _ => Passed::Failed(Fault::inside(
            "what the server wants back cannot be passed on",
        )),
    }
}

fn says_failed(result: &Value) -> bool {
    result.get("isError").and_then(Value::as_bool) == Some(true)
}

/// What a companion says of what would happen: its lines are the changes, its structure is what it
/// would take.
fn tell(run: &mut DryRun, done: Result<Value, UpstreamError>) {
    let result = match done {
        Ok(result) if !kinds::is_wanted(&result) => result,
        Ok(_) => return fail(run, "it wants to know more"),
        Err(error) => return fail(run, &screened::text(&error.to_string())),
    };
    let lines = texts(&result);
    let too_many = lines.len() > CHANGES_MAX;
    run.changes = lines.into_iter().take(CHANGES_MAX).collect();
    if let Some(Value::Object(resources)) = result.get("structuredContent") {
        run.resources.clone_from(resources);
    }
    if says_failed(&result) {
        fail(run, "the server says that it would not work");
    } else if too_many {
        fail(run, "it says more than can be shown");
    } else {
        run.checks.push(passed("companion", ""));
    }
}

fn texts(result: &Value) -> Vec<String> {
    let content = result.get("content").and_then(Value::as_array);
    let texts = content.into_iter().flatten();
    let texts = texts.filter_map(|part| part.get("text").and_then(Value::as_str));
    let lines = texts
        .flat_map(str::lines)
        .filter(|line| !line.trim().is_empty());
    lines.map(str::to_owned).collect()
}

fn passed(name: &str, detail: &str) -> Check {
    Check {
        name: name.to_owned(),
        passed: true,
        detail: detail.to_owned(),
    }
}

fn fail(run: &mut DryRun, why: &str) {
    run.passed = false;
    run.checks.push(Check {
        passed: false,
        ..passed("companion", why)
    });
}
