//! How one tool use is governed.

use super::{
    read::{Cleared, Event, EventName, HookQuery, PRE_TOOL_USE, Start},
    render::{self, Decision},
};
use crate::{desk::Desk, wording};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::post,
};
use portcullis_door::{
    body::{Payload, fit},
    caller::Caller,
    query::Query,
    reply::{Refusal, json_bytes},
};
use portcullis_firewall::{
    answer::Answer,
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
    headers: HeaderMap,
    caller: Result<Caller, Refusal>,
    query: Result<Query<HookQuery>, Refusal>,
    payload: Result<Payload, Refusal>,
) -> Response {
    let said = match (caller, query, payload) {
        (Ok(caller), Ok(Query(query)), Ok(payload)) => {
            let asked = (&query, Start::of(&headers));
            answered(&desk, &caller.principal, asked, &payload).await
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
    (query, start): (&HookQuery, Start),
    payload: &Payload,
) -> Result<Value, Refusal> {
    let value = payload.value()?;
    let EventName { hook_event_name } = fit(value.clone())?;
    if hook_event_name != PRE_TOOL_USE {
        return Ok(render::not_ours(&hook_event_name));
    }
    let event: Event = fit(value)?;
    let wait_ms = query.wait_ms()?;
    let stops = event.stops(query, start);
    // A session that stops asks again about this very tool use.
    let key = stops.then(|| event.key());
    let nonce = desk.firewall.nonce()?;
    let wish = event.wish(query, stops);
    let request = match request::from_value(wish, caller, nonce, key.as_deref()) {
        Ok(request) => request,
        Err(error) => return Err(noted(desk, caller, payload, error).await?.into()),
    };
    // One that goes on asks for the same by another tool use.
    if !stops && let Some(hold) = desk.firewall.released_hold(caller, &request).await? {
        let decision = held(desk, caller, (&hold, hold.action_digest), stops).await;
        return Ok(render::decision(&decision));
    }
    let answer = desk.firewall.govern(caller, request).await?;
    let decision = match (answer.verdict, &answer.hold) {
        (Verdict::Cleared, _) => cleared(&answer, query.cleared),
        (Verdict::Held, Some(ticket)) => {
            let hold = desk.decided(caller, &ticket.id, wait_ms).await?;
            held(desk, caller, (&hold, answer.action_digest), stops).await
        }
        (Verdict::Held, None) | (Verdict::Blocked, _) => Decision::Deny(blocked(&answer)),
    };
    Ok(render::decision(&decision))
}

/// Puts a tool use on record that cannot be judged.
async fn noted(
    desk: &Desk,
    caller: &Principal,
    payload: &Payload,
    error: GateError,
) -> Result<GateError, Refusal> {
    if matches!(error, GateError::Invalid(_)) {
        let event: Event = fit(payload.value()?)?;
        let attempt = event.attempt(&error);
        desk.firewall.note_attempt(caller, attempt).await?;
    }
    Ok(error)
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
    stops: bool,
) -> Decision {
    match hold.status {
        HoldStatus::Held => waits(hold, stops),
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

fn waits(hold: &Hold, stops: bool) -> Decision {
    let people = match hold.approvals_required {
        1 => "a person".to_owned(),
        several => format!("{several} people"),
    };
    let why = format!(
        "held: {people} must approve hold {} before {}",
        hold.id, hold.timeout_at
    );
    if stops {
        return Decision::Defer(format!("{why}; resume the session then"));
    }
    Decision::Deny(format!(
        "{why}; ask for the very same again then, and do not try it another way"
    ))
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
