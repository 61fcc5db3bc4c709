//! Finding out what an action would do, before it does it.

use crate::{
    desk::Desk,
    http::{
        render,
        schema::{DryRunReply, ErrorReply, GovernRequest},
    },
    idempotency::IdempotencyKey,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use portcullis_door::{
    body::Payload,
    caller::Caller,
    reply::{Reply, json_bytes},
};
use portcullis_firewall::{error::GateError, turn::Claim};
use portcullis_policy::tier::Verdict;

/// Judges an action and looks at what it would do. Nothing is done.
///
/// A cleared action gets its permit when the dry run passed. For a HELD one the people who decide
/// are shown the first dry run; another one is only compared with it.
#[utoipa::path(
    post,
    path = "/v1/dry-runs",
    tag = "agents",
    request_body = GovernRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes sending again safe")),
    responses(
        (status = 200, description = "A sealed verdict, and what would happen", body = DryRunReply),
        (status = 400, description = "Not JSON", body = ErrorReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not for this credential or agent", body = ErrorReply),
        (status = 404, description = "No such agent", body = ErrorReply),
        (status = 409, description = "The gate knows no dry run for it", body = ErrorReply),
        (status = 422, description = "Every fault with its path", body = ErrorReply),
        (status = 503, description = "No record, no verdict", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn rehearse(
    State(desk): State<Desk>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    payload: Payload,
) -> Reply {
    let (principal, firewall) = (&caller.principal, &desk.firewall);
    let mut request = firewall
        .read_request(principal, &payload.0, key.as_deref())
        .map_err(|error| payload.refusal(error))?;
    request.wants_permit = true;
    let answer = firewall.govern(principal, request).await?;
    let claim = match &answer.hold {
        Some(hold) => Claim::Hold(hold.id.clone()),
        None => Claim::Decision(answer.seq),
    };
    let noted = match answer.verdict {
        Verdict::Blocked => None,
        Verdict::Cleared | Verdict::Held => Some(firewall.rehearse(principal, claim).await?),
    };
    Ok(json_bytes(
        StatusCode::OK,
        render::rehearsed(Some(&answer), noted.as_ref(), &caller.request_id),
    ))
}

/// Looks at what an action would do that was judged and may still be done.
#[utoipa::path(
    post,
    path = "/v1/actions/{seq}/dry-run",
    tag = "agents",
    params(("seq" = u64, Path, description = "The record of the verdict")),
    responses(
        (status = 200, description = "What would happen", body = DryRunReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not for this credential", body = ErrorReply),
        (status = 404, description = "No such action waits to be done", body = ErrorReply),
        (status = 409, description = "The gate knows no dry run for it", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn rehearse_decided(
    State(desk): State<Desk>,
    caller: Caller,
    Path(seq): Path<String>,
) -> Reply {
    let missing = || GateError::NotFound("pending action", seq.clone());
    let number: u64 = seq.parse().map_err(|_| missing())?;
    let claim = Claim::Decision(number);
    let noted = desk.firewall.rehearse(&caller.principal, claim).await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::rehearsed(None, Some(&noted), &caller.request_id),
    ))
}
