//! Reports of what became of an action.

use crate::{
    desk::Desk,
    http::{
        read::OutcomeRequest,
        render,
        schema::{ErrorReply, SealedReply},
    },
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
use portcullis_firewall::error::GateError;

/// Seals what became of an action and settles its budget.
///
/// Fails closed: an agent's figures can make its action dearer, never cheaper.
#[utoipa::path(
    post,
    path = "/v1/actions/{seq}/outcome",
    tag = "agents",
    params(("seq" = u64, Path, description = "The record of the verdict")),
    request_body = OutcomeRequest,
    responses(
        (status = 200, description = "The record of the outcome", body = SealedReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "A viewer reports nothing", body = ErrorReply),
        (status = 404, description = "No such verdict", body = ErrorReply),
        (status = 422, description = "Every fault with its path", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn outcome(
    State(desk): State<Desk>,
    caller: Caller,
    Path(seq): Path<String>,
    payload: Payload,
) -> Reply {
    let report = payload.read::<OutcomeRequest>()?.report()?;
    let missing = || GateError::NotFound("decision", seq.clone());
    let number: u64 = seq.parse().map_err(|_| missing())?;
    let sealed = desk
        .firewall
        .report(&caller.principal, number, report)
        .await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::sealed(&sealed, &caller.request_id),
    ))
}
