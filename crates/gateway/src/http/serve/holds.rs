//! What an agent may do about its hold: look, wait, and take the permit once it is released.

use crate::{
    desk::Desk,
    http::{
        read::HoldQuery,
        render,
        schema::{ClaimReply, ErrorReply, HoldReply},
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use portcullis_door::{
    caller::Caller,
    query::Query,
    reply::{Reply, json_bytes},
};
/// Shows a hold, at once or when it is decided.
#[utoipa::path(
    get,
    path = "/v1/holds/{id}",
    tag = "agents",
    params(
        ("id" = String, Path, description = "The hold"),
        ("wait" = Option<u32>, Query, description = "Wait up to so many seconds, at most 30"),
    ),
    responses(
        (status = 200, description = "The hold as it stands", body = HoldReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 404, description = "No such hold of this agent", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn hold(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<HoldQuery>,
) -> Reply {
    let wait_ms = query.wait_ms()?;
    let hold = desk.decided(&caller.principal, &id, wait_ms).await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::hold(&hold, &caller.request_id),
    ))
}

/// Takes the permit of a released hold; it is given once.
///
/// Fails closed: the action is judged again, and what is refused now gets no permit.
#[utoipa::path(
    post,
    path = "/v1/holds/{id}/claim",
    tag = "agents",
    params(("id" = String, Path, description = "The hold")),
    responses(
        (status = 200, description = "The permit", body = ClaimReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not for this credential", body = ErrorReply),
        (status = 404, description = "No such hold of this agent", body = ErrorReply),
        (status = 409, description = "Not released, too late, or taken", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn claim(
    State(desk): State<Desk>,
    caller: Caller,
    Path(id): Path<String>,
) -> Reply {
    // Another agent's hold is not found here.
    desk.firewall.hold(&caller.principal, &id).await?;
    let permit = desk.firewall.claim(&caller.principal, &id).await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::claimed(&id, &permit, &caller.request_id),
    ))
}
