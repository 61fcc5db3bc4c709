//! Whether the gate is alive, and whether it can judge.

use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use portcullis_firewall::firewall::Firewall;
use serde_json::json;

/// `/health` says that the process answers; `/ready` that the ledger does, too.
pub(crate) fn router(firewall: Firewall) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .with_state(firewall)
}

async fn health() -> impl IntoResponse {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Fails closed: a gate whose ledger or lanes do not answer is not ready.
async fn ready(State(firewall): State<Firewall>) -> impl IntoResponse {
    match firewall.sweep().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            let body = json!({ "status": "unavailable", "detail": "the ledger does not answer" });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}
