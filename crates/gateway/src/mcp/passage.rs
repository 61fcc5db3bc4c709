//! The one way from an agent to a server behind the gate.
//!
//! An order becomes an action and is judged; a permit is spent; only then is the server asked, with
//! what the frozen action says, and what came of it is sealed. Nothing else in this crate asks a
//! server for what touches anything.

use super::{
    fault::Fault,
    guest::Guest,
    message::Request as Asked,
    order::{Deed, Order},
    refused::Refusal,
    screened::{self, Screened},
    settings::ServerSettings,
    shop::Shop,
    upstream::UpstreamError,
};
use portcullis_firewall::{
    digest::ActionDigest,
    error::GateError,
    hold::{Hold, HoldStatus},
    principal::Principal,
    turn::{OutcomeResult, Redemption},
};
use portcullis_policy::{id::TenantId, tier::Verdict};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The first pause between two looks at a hold, and the longest.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// What came of an order.
#[derive(Debug)]
pub(super) enum Passed {
    /// The server was asked, and this is its result as the agent may see it.
    Done(Value),
    /// The server was asked and has no result.
    Failed(Fault),
    /// The server was not asked.
    Refused(Refusal),
    /// People decide first.
    Held(Box<Waiting>),
}

/// A hold to wait for.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) hold: Hold,
}

impl Shop {
    /// Has an order judged, and carries it out when it may happen at once, or when the very same
    /// order was released by people. A hold's id, given back by a client, leads to that hold alone.
    ///
    /// Fails closed: an error means that the server was not asked.
    pub(super) async fn pass(
        self: &Arc<Self>,
        guest: &Guest,
        (order, asked): (&Order, &Asked),
        hold: Option<&str>,
    ) -> Result<Passed, Fault> {
        let principal = &guest.principal;
        let server = self.settings_of(&principal.tenant, order)?;
        let nonce = self.firewall.nonce()?;
        let request = order.request((&server, asked), principal, nonce)?;
        if let Some(id) = hold {
            let found = self.firewall.hold_of_request(principal, &request, id);
            return match found.await {
                Ok(hold) => self.resume(principal, hold).await,
                Err(error) => refused(error),
            };
        }
        if let Some(hold) = self.firewall.released_hold(principal, &request).await? {
            return self.resume(principal, hold).await;
        }
        let answer = match self.firewall.govern(principal, request).await {
            Ok(answer) => answer,
            Err(error) => return refused(error),
        };
        match (answer.verdict, &answer.hold, &answer.permit) {
            (Verdict::Cleared, _, Some(permit)) => {
                self.act(principal, permit, answer.action_digest).await
            }
            (Verdict::Held, Some(ticket), _) => {
                let hold = self.firewall.hold(principal, &ticket.id).await?;
                Ok(Passed::Held(Box::new(Waiting { hold })))
            }
            _ => Ok(Passed::Refused(Refusal::of(&answer))),
        }
    }

    /// Goes on with a hold as it stands: carries its action out if it is released, once.
    pub(super) async fn resume(
        self: &Arc<Self>,
        principal: &Principal,
        hold: Hold,
    ) -> Result<Passed, Fault> {
        match hold.status {
            HoldStatus::Held => Ok(Passed::Held(Box::new(Waiting { hold }))),
            HoldStatus::Released if hold.claimed => Ok(Passed::Refused(Refusal::spent(&hold))),
            HoldStatus::Released => {
                // What people released is compared with what the server says now, before anything
                // is spent on it.
                self.look_again(&principal.tenant, &hold.parameters).await;
                match self.firewall.claim(principal, &hold.id).await {
                    Ok(permit) => self.act(principal, &permit, hold.action_digest).await,
                    // Somebody was faster by a moment.
                    Err(GateError::NotFound(..)) => Ok(Passed::Refused(Refusal::spent(&hold))),
                    Err(error) => refused(error),
                }
            }
            _ => Ok(Passed::Refused(Refusal::ended(&hold))),
        }
    }

    /// Waits until a hold is decided, or the time is over; as it then stands. When too many wait
    /// already, it is not waited for.
    pub(super) async fn decided(
        &self,
        principal: &Principal,
        hold: Hold,
        patience: Duration,
    ) -> Result<Hold, Fault> {
        let Ok(_seat) = self.seats.try_acquire() else {
            return Ok(hold);
        };
        let (mut hold, mut left, mut pause) = (hold, patience, PAUSE);
        while hold.status == HoldStatus::Held && !left.is_zero() {
            let nap = pause.min(left);
            tokio::time::sleep(nap).await;
            left = left.saturating_sub(nap);
            pause = pause.saturating_mul(2).min(PAUSE_MAX);
            hold = self.firewall.hold(principal, &hold.id).await?;
        }
        Ok(hold)
    }

    /// Spends a permit and does what it is for. It goes on when whoever asked has gone away: what
    /// was begun is ended, and sealed.
    async fn act(
        self: &Arc<Self>,
        principal: &Principal,
        permit: &str,
        digest: ActionDigest,
    ) -> Result<Passed, Fault> {
        let (shop, principal, permit) = (Arc::clone(self), principal.clone(), permit.to_owned());
        let acting = tokio::spawn(async move {
            let redeemed = shop.firewall.redeem(&principal, &permit, Some(digest));
            match redeemed.await {
                Ok(spent) => shop.carry_out(&principal, spent).await,
                Err(error) => refused(error),
            }
        });
        let broke = |_| Fault::inside("the gate broke while acting; what came of it is not known");
        acting.await.map_err(broke)?
    }

    /// Does what a spent permit is for, and seals what came of it.
    async fn carry_out(&self, principal: &Principal, spent: Redemption) -> Result<Passed, Fault> {
        let (done, words) = match Order::thaw(&spent.action) {
            None => {
                let why = "this is no order of this door".to_owned();
                (Err(UpstreamError::NotAsked(why)), "no order".to_owned())
            }
            Some(order) => {
                let words = order.words();
                (self.ask(&principal.tenant, order).await, words)
            }
        };
        let (outcome, effect) = outcome(&done, &words);
        let report = (outcome, effect, None, None);
        let sealed = self.firewall.report(principal, spent.permit.seq, report);
        if let Err(error) = sealed.await {
            tracing::error!(%error, seq = spent.permit.seq, "an outcome could not be sealed");
            let why = "it was done, but what came of it could not be put on record; ask a person";
            return Ok(Passed::Failed(Fault::inside(why)));
        }
        let screened = Screened {
            firewall: &self.firewall,
            tenant: &principal.tenant,
        };
        Ok(match done {
            Ok(result) => match screened.result(&result) {
                Ok(result) => Passed::Done(result),
                Err(fault) => Passed::Failed(fault),
            },
            Err(UpstreamError::Refused {
                code,
                message,
                data,
            }) => Passed::Failed(screened.refusal(code, &message, data.as_ref())),
            Err(error) => Passed::Failed(Fault::inside(screened::text(&error.to_string()))),
        })
    }

    /// Asks the server.
    ///
    /// Fails closed: a tool whose definition is not the one that the action names, letter by
    /// letter, is not called.
    async fn ask(&self, tenant: &TenantId, order: Order) -> Result<Value, UpstreamError> {
        let not = |why: &str| UpstreamError::NotAsked(why.to_owned());
        let shelf = self.shelf(tenant).ok_or_else(|| not("it is not there"))?;
        let purpose = order.purpose.clone();
        let server = shelf.server(&purpose.server);
        let server = server.ok_or_else(|| not("it is not there any more"))?;
        let open = server.open().await?;
        if purpose.method == Deed::CallTool {
            let tools = server.tools(false).await;
            let tools = tools.map_err(|fault| not(fault.text()))?;
            let known = self.firewall.tool(tenant, &purpose.server, &purpose.name);
            let known = known
                .await
                .map_err(|_| not("its tools cannot be looked up"))?;
            let pinned = known.as_ref().and_then(|tool| tool.usable());
            let is = |digest: Option<&str>| digest == Some(purpose.definition.as_str());
            let listed = tools
                .get(&purpose.name)
                .map(|tool| tool.definition.digest.as_str());
            if !is(listed) || !is(pinned.map(|definition| definition.digest.as_str())) {
                return Err(not("the tool has changed since it was asked for"));
            }
        }
        let method = purpose.method.method();
        let result = open
            .ask(method, order.params(), server.settings.timeout)
            .await?;
        match result.get("resultType").and_then(Value::as_str) {
            None | Some("complete") => Ok(result),
            Some(_) => Err(UpstreamError::Unknown(
                "it wants more than the gate gives to servers".to_owned(),
            )),
        }
    }

    /// Has the server of a waiting action list its tools once more.
    async fn look_again(&self, tenant: &TenantId, parameters: &Value) {
        let name = parameters.pointer("/_mcp/server").and_then(Value::as_str);
        let shelf = self.shelf(tenant);
        let server = name.and_then(|name| shelf.as_deref()?.server(name));
        if let Some(server) = server {
            server.forget();
        }
    }

    fn settings_of(&self, tenant: &TenantId, order: &Order) -> Result<ServerSettings, Fault> {
        let shelf = self.shelf(tenant);
        let server = shelf.as_deref();
        let server = server.and_then(|shelf| shelf.server(&order.purpose.server));
        let server = server.ok_or_else(|| Fault::params("there is no such server"))?;
        Ok(server.settings.clone())
    }
}

fn refused(error: GateError) -> Result<Passed, Fault> {
    Ok(Passed::Refused(Refusal::try_from(error)?))
}

/// What is sealed: whether it worked, and what it was, without what anybody said.
fn outcome(done: &Result<Value, UpstreamError>, words: &str) -> (OutcomeResult, String) {
    match done {
        Ok(result) if result.get("isError").and_then(Value::as_bool) == Some(true) => (
            OutcomeResult::Failed,
            format!("{words}: the server says that it failed"),
        ),
        Ok(_) => (OutcomeResult::Succeeded, format!("{words}: done")),
        Err(UpstreamError::NotAsked(why)) => {
            let why = screened::text(why);
            (OutcomeResult::Failed, format!("{words}: not asked, {why}"))
        }
        Err(UpstreamError::Refused { code, .. }) => (
            OutcomeResult::Failed,
            format!("{words}: refused with {code}"),
        ),
        Err(UpstreamError::Unknown(_)) => (
            OutcomeResult::Unknown,
            format!("{words}: asked, without an answer"),
        ),
    }
}
