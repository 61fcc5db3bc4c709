//! The gate acts for an agent: at once, after people released a hold, or after a dry run.

use super::live;
use crate::{
    desk::Desk,
    events,
    http::{
        read::HoldQuery,
        render,
        schema::{ActReply, ActRequest, ErrorReply},
    },
    idempotency::IdempotencyKey,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use portcullis_door::{
    body::Payload,
    caller::Caller,
    query::Query,
    reply::{Reply, json_bytes},
};
use portcullis_firewall::{error::GateError, request, turn::Claim};
use serde_json::Value;

/// Judges an action and, when it is cleared, has the gate carry it out.
///
/// With `Accept: text/event-stream` what an action says while it runs is heard as it comes: events
/// `begun`, `output`, `ended` and `missed`, and last `answer`, which is this answer, or `error`. An
/// action that says nothing is answered as without.
///
/// An action that owes a dry run is looked at first, and done if that passed. With `dry_run_id` the
/// action that was looked at is done, if this is the very same; otherwise nothing is. A HELD action
/// is done later, by `/v1/holds/{id}/act`.
///
/// Fails closed: what is not in `execution` was not done. An execution that ended `unknown` may have
/// been done; nothing is tried again.
#[utoipa::path(
    post,
    path = "/v1/act",
    tag = "agents",
    request_body = ActRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes sending again safe")),
    responses(
        (status = 200, description = "A sealed verdict, and what was done", body = ActReply),
        (status = 400, description = "Not JSON", body = ErrorReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not for this credential or agent", body = ErrorReply),
        (status = 404, description = "No such agent", body = ErrorReply),
        (status = 409, description = "No target, or its dry run does not match", body = ErrorReply),
        (status = 422, description = "Every fault with its path", body = ErrorReply),
        (status = 503, description = "No record, no verdict: nothing was done", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn act(
    State(desk): State<Desk>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    payload: Payload,
) -> Reply {
    let (principal, firewall) = (&caller.principal, &desk.firewall);
    let mut body = payload.value()?;
    let run = dry_run_id(&mut body)?;
    let request = request::from_value(body, principal, firewall.nonce()?, key.as_deref());
    let request = request.map_err(|error| payload.refusal(error))?;
    let id = caller.request_id.clone();
    let bytes = match run {
        Some(run) => {
            let acted = firewall.act_as_rehearsed(principal, &request, &run).await?;
            render::acted(&acted, &caller.request_id)
        }
        None if events::are_taken(&headers) => {
            let (gate, caller) = (firewall.clone(), caller.clone());
            let work = |hands| async move {
                let attended = gate.attend_by(&caller.principal, request, hands).await?;
                Ok(render::attended(&attended, &caller.request_id))
            };
            return live::answered(firewall, &id, work).await;
        }
        None => {
            let attended = firewall.attend(principal, request).await?;
            render::attended(&attended, &caller.request_id)
        }
    };
    Ok(json_bytes(StatusCode::OK, bytes))
}

/// Has the gate carry out what people released, once.
#[utoipa::path(
    post,
    path = "/v1/holds/{id}/act",
    tag = "agents",
    params(
        ("id" = String, Path, description = "The hold"),
        ("wait" = Option<u32>, Query, description = "Wait up to so many seconds for people, at most 30"),
    ),
    responses(
        (status = 200, description = "What was done", body = ActReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not for this credential", body = ErrorReply),
        (status = 404, description = "No such hold of this agent", body = ErrorReply),
        (status = 409, description = "Not released, too late, done, or changed", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn act_released(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<HoldQuery>,
    headers: HeaderMap,
) -> Reply {
    // Another agent's hold is not found here.
    desk.decided(&caller.principal, &id, query.wait_ms()?)
        .await?;
    done(&desk, caller, (Claim::Hold(id), &headers)).await
}

/// Has the gate carry out what was cleared with a permit, once.
#[utoipa::path(
    post,
    path = "/v1/actions/{seq}/act",
    tag = "agents",
    params(("seq" = u64, Path, description = "The record of the verdict")),
    responses(
        (status = 200, description = "What was done", body = ActReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not for this credential", body = ErrorReply),
        (status = 404, description = "No such action waits to be done", body = ErrorReply),
        (status = 409, description = "No target, or something has changed", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn act_decided(
    State(desk): State<Desk>,
    caller: Caller,
    Path(seq): Path<String>,
    headers: HeaderMap,
) -> Reply {
    let missing = || GateError::NotFound("pending action", seq.clone());
    let seq: u64 = seq.parse().map_err(|_| missing())?;
    done(&desk, caller, (Claim::Decision(seq), &headers)).await
}

async fn done(desk: &Desk, caller: Caller, (claim, headers): (Claim, &HeaderMap)) -> Reply {
    if events::are_taken(headers) {
        let (gate, id) = (desk.firewall.clone(), caller.request_id.clone());
        let work = |hands| async move {
            let acted = gate.act_by(&caller.principal, claim, hands).await?;
            Ok(render::acted(&acted, &caller.request_id))
        };
        return live::answered(&desk.firewall, &id, work).await;
    }
    let acted = desk.firewall.act(&caller.principal, claim).await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::acted(&acted, &caller.request_id),
    ))
}

/// Takes the dry run that a request names out of it.
fn dry_run_id(body: &mut Value) -> Result<Option<String>, GateError> {
    let named = body
        .as_object_mut()
        .and_then(|body| body.remove("dry_run_id"));
    match named {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) => Ok(Some(id)),
        Some(_) => Err(GateError::invalid("dry_run_id", "expected a text")),
    }
}
