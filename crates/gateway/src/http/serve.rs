//! The routes for agents, and how one action is governed.

mod acts;
mod dry_runs;
mod holds;
mod live;
mod outcomes;
mod permits;
mod rations;
mod rules;

pub(super) use acts::{__path_act, __path_act_decided, __path_act_released};
pub(super) use dry_runs::{__path_rehearse, __path_rehearse_decided};
pub(super) use holds::{__path_claim, __path_hold};
pub(super) use outcomes::__path_outcome;
pub(super) use permits::{__path_key, __path_redeem, __path_verify};
pub(super) use rules::__path_rules;

use super::{
    in_order, read, render,
    schema::{BatchReply, BatchRequest, ErrorReply, GovernReply, GovernRequest},
};
use crate::{desk::Desk, idempotency::IdempotencyKey};
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use portcullis_door::{
    body::Payload,
    caller::Caller,
    reply::{Refusal, Reply, json_bytes},
};
use portcullis_firewall::firewall::Firewall;

/// Every route for agents below `/v1`; the app puts the threshold before them.
pub fn router(firewall: Firewall) -> Router {
    Router::new()
        .route("/v1/govern", post(govern))
        .route("/v1/govern/batch", post(govern_batch))
        .route("/v1/permits/redeem", post(permits::redeem))
        .route("/v1/permits/verify", post(permits::verify))
        .route("/v1/permits/key", get(permits::key))
        .route("/v1/holds/{id}", get(holds::hold))
        .route("/v1/holds/{id}/claim", post(holds::claim))
        .route("/v1/holds/{id}/act", post(acts::act_released))
        .route("/v1/act", post(acts::act))
        .route("/v1/dry-runs", post(dry_runs::rehearse))
        .route("/v1/actions/{seq}/act", post(acts::act_decided))
        .route(
            "/v1/actions/{seq}/dry-run",
            post(dry_runs::rehearse_decided),
        )
        .route("/v1/actions/{seq}/outcome", post(outcomes::outcome))
        .with_state(Desk::new(firewall.clone()))
        .merge(rules::router(firewall))
}

/// Judges one action.
///
/// Fails closed: an answer that is not a 200 permits nothing.
#[utoipa::path(
    post,
    path = "/v1/govern",
    tag = "agents",
    request_body = GovernRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes sending again safe")),
    responses(
        (status = 200, description = "A sealed verdict, BLOCKED too", body = GovernReply),
        (status = 400, description = "Not JSON", body = ErrorReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not for this credential or agent", body = ErrorReply),
        (status = 404, description = "No such agent", body = ErrorReply),
        (status = 409, description = "The idempotency key names another request", body = ErrorReply),
        (status = 422, description = "Every fault with its path", body = ErrorReply),
        (status = 503, description = "No record, no verdict: do not act", body = ErrorReply),
    ),
)]
pub(super) async fn govern(
    State(desk): State<Desk>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    payload: Payload,
) -> Reply {
    let principal = &caller.principal;
    let request = desk
        .firewall
        .read_request(principal, &payload.0, key.as_deref())
        .map_err(|error| payload.refusal(error))?;
    let answer = desk.firewall.govern(principal, request).await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::answer(&answer, &caller.request_id),
    ))
}

/// Judges up to a hundred actions, each on its own, in their order.
///
/// Fails closed: if one action cannot be read, none is judged.
#[utoipa::path(
    post,
    path = "/v1/govern/batch",
    tag = "agents",
    request_body = BatchRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes sending again safe")),
    responses(
        (status = 200, description = "A verdict or an error for each action", body = BatchReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 422, description = "Every fault with its path", body = ErrorReply),
        (status = 503, description = "Nothing was judged: do not act", body = ErrorReply),
    ),
)]
pub(super) async fn govern_batch(
    State(desk): State<Desk>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    payload: Payload,
) -> Reply {
    let firewall = &desk.firewall;
    let principal = &caller.principal;
    let requests = read::batch(payload.value()?, principal, key.as_deref(), || {
        firewall.nonce()
    })?;
    let judged = requests
        .into_iter()
        .map(|request| firewall.govern(principal, request));
    let answers: Vec<_> = in_order::all(judged)
        .await
        .into_iter()
        .map(|answer| answer.map_err(Refusal::from))
        .collect();
    match total_failure(&answers) {
        Some(refusal) => Err(refusal),
        None => Ok(json_bytes(
            StatusCode::OK,
            render::answers(&answers, &caller.request_id),
        )),
    }
}

/// The common refusal when no action got a verdict because the gate is away.
fn total_failure<T>(answers: &[Result<T, Refusal>]) -> Option<Refusal> {
    let is_away = |answer: &Result<T, Refusal>| {
        answer
            .as_ref()
            .is_err_and(|r| r.status() == StatusCode::SERVICE_UNAVAILABLE)
    };
    answers
        .iter()
        .all(is_away)
        .then(|| answers.first()?.as_ref().err().cloned())
        .flatten()
}
