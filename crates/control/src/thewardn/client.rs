//! What the published client calls: `/api`, bare lists, the shapes it reads.

mod agents;
mod escrow;

pub(super) use escrow::Note;

use crate::rights::Gate;
use axum::{
    Router,
    routing::{get, post},
};

pub(super) fn routes() -> Router<Gate> {
    Router::new()
        .route("/api/agents", get(agents::list))
        .route("/api/agents/connect", post(agents::connect))
        .route(
            "/api/agents/{id}",
            get(agents::show).put(agents::update).delete(agents::delete),
        )
        .route("/api/escrow", get(escrow::list))
        .route("/api/escrow/stats", get(escrow::stats))
        .route("/api/escrow/{id}", get(escrow::show))
        .route("/api/escrow/{id}/release", post(escrow::release))
        .route("/api/escrow/{id}/kill", post(escrow::kill))
}
