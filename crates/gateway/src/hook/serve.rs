//! How one tool use is governed.

use super::{
    read::{Cleared, Event, EventName, Held, HookQuery, PRE_TOOL_USE},
    render::{self, Decision},
};
use crate::{desk::Desk, wording};
use axum::{Router, extract::State, http::StatusCode, response::Response, routing::post};
use portcullis_door::{
    body::{Payload, fit},
    caller::Caller,
    query::Query,
    reply::{Refusal, json_bytes},
};
use portcullis_firewall::{
    answer::{Answer, HoldTicket},
    digest::ActionDigest,
    error::GateError,
    hold::{Hold, HoldStatus},
    principal::Principal,
    request,
};
use portcullis_policy::tier::Verdict;
use serde_json::Value;

/// Where the client posts to.
pub const PATH: &str = "/v1/hooks/claude-code";

/// The route; the app puts the threshold before it.
pub fn router(firewall: portcullis_firewall::firewall::Firewall) -> Router {
    Router::new()
        .route(PATH, post(pre_tool_use))
        .with_state(Desk::new(firewall))
}

/// Judges one tool use.
///
/// Fails closed: who is not known, what cannot be read and what cannot be judged is denied, in an
/// answer that the client understands.
async fn pre_tool_use(
    State(desk): State<Desk>,
    caller: Result<Caller, Refusal>,
    query: Result<Query<HookQuery>, Refusal>,
    payload: Result<Payload, Refusal>,
) -> Response {
    let said = match (caller, query, payload) {
        (Ok(caller), Ok(Query(query)), Ok(payload)) => {
            answered(&desk, &caller.principal, &query, &payload).await
        }
        (Err(refusal), ..) | (_, Err(refusal), _) | (.., Err(refusal)) => Err(refusal),
    };
    let said = said.unwrap_or_else(|refusal| render::decision(&denied(&refusal)));
    json_bytes(StatusCode::OK, said.to_string().into_bytes())
}

fn denied(refusal: &Refusal) -> Decision {
    Decision::Deny(format!("{}: {}", refusal.code(), refusal.message()))
}

async fn answered(
    desk: &Desk,
    caller: &Principal,
    query: &HookQuery,
    payload: &Payload,
) -> Result<Value, Refusal> {
    let value = payload.value()?;
    let EventName { hook_event_name } = fit(value.clone())?;
    if hook_event_name != PRE_TOOL_USE {
        return Ok(render::not_ours(&hook_event_name));
    }
    let event: Event = fit(value)?;
    let wait_ms = query.wait_ms()?;
    let key = event.key();
    let nonce = desk.firewall.nonce()?;
    let request = request::from_value(event.wish(query), caller, nonce, Some(&key))?;
    let answer = desk.firewall.govern(caller, request).await?;
    let decision = match (answer.verdict, &answer.hold) {
        (Verdict::Cleared, _) => cleared(&answer, query.cleared),
        (Verdict::Held, Some(ticket)) => {
            let hold = desk.decided(caller, &ticket.id, wait_ms).await?;
            held(desk, caller, (&hold, answer.action_digest), query.held).await
        }
        (Verdict::Held, None) | (Verdict::Blocked, _) => Decision::Deny(blocked(&answer)),
    };
    Ok(render::decision(&decision))
}

fn cleared(answer: &Answer, wish: Cleared) -> Decision {
    let why = format!("{} (record {})", wording::message(answer), answer.seq);
    match wish {
        _ if answer.dry_run_required => Decision::Deny(why),
        Cleared::Allow => Decision::Allow(why),
        Cleared::Ask => Decision::Ask(why),
    }
}

fn blocked(answer: &Answer) -> String {
    format!(
        "{}: {} (record {})",
        wording::message(answer),
        answer.reasoning,
        answer.seq
    )
}

/// What is said of a held tool use. A yes is given once, by taking and spending the permit: then
/// the client runs the tool use that was approved, and no other.
async fn held(
    desk: &Desk,
    caller: &Principal,
    (hold, digest): (&Hold, ActionDigest),
    wish: Held,
) -> Decision {
    match hold.status {
        HoldStatus::Held => waits(&ticket(hold), wish),
        HoldStatus::Released => match spent(desk, caller, &hold.id, digest).await {
            Ok(seq) => Decision::Allow(format!("approved (record {seq})")),
            Err(error) => denied(&error.into()),
        },
        ended => Decision::Deny(format!(
            "hold {} is {}: {}",
            hold.id,
            ended.as_str(),
            hold.decision_reason.as_deref().unwrap_or("no reason given")
        )),
    }
}

fn ticket(hold: &Hold) -> HoldTicket {
    HoldTicket {
        id: hold.id.clone(),
        timeout_at: hold.timeout_at,
        approvals_required: hold.approvals_required,
    }
}

fn waits(hold: &HoldTicket, wish: Held) -> Decision {
    let people = match hold.approvals_required {
        1 => "a person".to_owned(),
        several => format!("{several} people"),
    };
    let why = format!(
        "held: {people} must approve hold {} before {}",
        hold.id, hold.timeout_at
    );
    match wish {
        Held::Defer => Decision::Defer(format!("{why}; resume the session then")),
        Held::Deny => Decision::Deny(format!("{why}; do not try it another way")),
    }
}

async fn spent(
    desk: &Desk,
    caller: &Principal,
    hold: &str,
    digest: ActionDigest,
) -> Result<u64, GateError> {
    let permit = desk.firewall.claim(caller, hold).await?;
    let spent = desk.firewall.redeem(caller, &permit, Some(digest)).await?;
    Ok(spent.seq)
}
