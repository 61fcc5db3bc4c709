//! Spending permits, and checking them without spending.

use crate::{
    desk::Desk,
    http::{
        read::PermitRequest,
        render,
        schema::{ErrorReply, KeyReply, RedeemReply, VerifyReply},
    },
};
use axum::{extract::State, http::StatusCode};
use portcullis_door::{
    body::Payload,
    caller::Caller,
    reply::{Reply, json_bytes, ok},
};

/// Spends a permit. From now on it is spent, whatever becomes of the action.
///
/// Fails closed: act on a 200 alone; when the answer is lost, the permit may be spent.
#[utoipa::path(
    post,
    path = "/v1/permits/redeem",
    tag = "agents",
    request_body = PermitRequest,
    responses(
        (status = 200, description = "Spent now, by this call", body = RedeemReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 403, description = "Not genuine, expired or another's", body = ErrorReply),
        (status = 409, description = "Spent, or for another action", body = ErrorReply),
        (status = 422, description = "Every fault with its path", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn redeem(
    State(desk): State<Desk>,
    caller: Caller,
    payload: Payload,
) -> Reply {
    let request: PermitRequest = payload.read()?;
    let redemption = desk
        .firewall
        .redeem(&caller.principal, &request.permit, request.action_digest)
        .await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::redeemed(&redemption, &caller.request_id),
    ))
}

/// Says whether a permit is genuine and in time. Whether it was spent only spending tells.
#[utoipa::path(
    post,
    path = "/v1/permits/verify",
    tag = "agents",
    request_body = PermitRequest,
    responses(
        (status = 200, description = "What it says, and whether to believe it", body = VerifyReply),
        (status = 401, description = "No known credential", body = ErrorReply),
        (status = 422, description = "Every fault with its path", body = ErrorReply),
    ),
)]
pub(in crate::http) async fn verify(
    State(desk): State<Desk>,
    caller: Caller,
    payload: Payload,
) -> Reply {
    let request: PermitRequest = payload.read()?;
    let inspected = desk
        .firewall
        .inspect_permit(&caller.principal, &request.permit);
    let about = request.action_digest;
    let verdict = match &inspected {
        Ok(permit) if about.is_some_and(|digest| digest != permit.claims().digest) => {
            Err("this permit is for another action than the one named".to_owned())
        }
        Ok(permit) => Ok(permit),
        Err(error) => Err(error.to_string()),
    };
    let verdict = verdict
        .as_ref()
        .map(|permit| *permit)
        .map_err(String::as_str);
    Ok(json_bytes(
        StatusCode::OK,
        render::verified(verdict, &caller.request_id),
    ))
}

/// The key that permits are signed with, for whoever checks them offline.
#[utoipa::path(
    get,
    path = "/v1/permits/key",
    tag = "agents",
    responses((status = 200, description = "The public key", body = KeyReply)),
)]
pub(in crate::http) async fn key(State(desk): State<Desk>) -> Reply {
    ok(KeyReply {
        algorithm: "Ed25519".to_owned(),
        public_key: desk.firewall.permit_key().to_string(),
    })
}
