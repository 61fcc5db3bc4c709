//! The dialect's route for agents.

use super::{
    read,
    render::{self, Surface},
};
use crate::{desk::Desk, idempotency::IdempotencyKey};
use axum::{Router, extract::State, http::StatusCode, routing::post};
use portcullis_door::{
    body::Payload,
    caller::Caller,
    reply::{Reply, json_bytes},
};
use portcullis_firewall::{firewall::Firewall, request};

/// `POST /api/govern` for the client and `POST /govern` for readers of the documents; the app puts
/// the threshold before them.
pub fn router(firewall: Firewall) -> Router {
    Router::new()
        .route("/api/govern", post(for_client))
        .route("/govern", post(for_documents))
        .with_state(Desk::new(firewall))
}

async fn for_client(
    desk: State<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    payload: Payload,
) -> Reply {
    govern(&desk, &caller, key, &payload, Surface::Client).await
}

async fn for_documents(
    desk: State<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    payload: Payload,
) -> Reply {
    govern(&desk, &caller, key, &payload, Surface::Documents).await
}

/// Judges one action. The client sends it again when no answer comes; the gate then finds the
/// hold of the first sending and makes no second one.
///
/// Fails closed: every verdict is a 200 with `execute`; whatever else comes permits nothing.
async fn govern(
    desk: &Desk,
    caller: &Caller,
    IdempotencyKey(key): IdempotencyKey,
    payload: &Payload,
    surface: Surface,
) -> Reply {
    let body = read::translate(payload.value()?)?;
    let nonce = desk.firewall.nonce()?;
    let request = request::from_value(body, &caller.principal, nonce, key.as_deref())?;
    let answer = desk.firewall.govern(&caller.principal, request).await?;
    Ok(json_bytes(
        StatusCode::OK,
        render::answer(&answer, surface, &caller.request_id),
    ))
}
