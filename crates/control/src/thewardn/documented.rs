//! What the documentation describes: no prefix, wrapped lists.
//!
//! Its agents, policies and violations are those of `/v1` and answered by the same routes; the
//! rest has serializers of its own.

mod audit;
mod escrow;
mod packs;
mod scoped;
mod settings;
mod tenant;

use crate::{
    rest::{agents, audit as records, policies, violations},
    rights::Gate,
};
use axum::{
    Router,
    routing::{get, patch, post, put},
};

pub(super) fn routes() -> Router<Gate> {
    registry().merge(rules()).merge(reviews())
}

/// Agents and the tenant.
fn registry() -> Router<Gate> {
    Router::new()
        .route("/agents", get(agents::list).post(agents::register))
        .route("/agents/{id}", get(agents::show).patch(agents::update))
        .route("/agents/{id}/pause", post(agents::life::pause))
        .route("/agents/{id}/resume", post(agents::life::resume))
        .route("/agents/{id}/block", post(agents::life::block))
        .route("/agents/{id}/unblock", post(agents::life::unblock))
        .route("/agents/{id}/deregister", post(agents::life::deregister))
        .route("/agents/{id}/policies", post(scoped::create))
        .route("/settings", get(settings::show).put(settings::update))
        .route("/governance/mode", put(settings::set_mode))
        .route("/tenant", get(tenant::show))
}

/// What agents may do.
fn rules() -> Router<Gate> {
    Router::new()
        .route("/policies", get(policies::list).post(policies::create))
        .route("/policies/test", post(policies::trial::test))
        .route(
            "/policies/{id}",
            get(policies::show)
                .put(policies::update)
                .delete(policies::deactivate),
        )
        .route("/policies/{id}/toggle", patch(policies::toggle))
        .route("/compliance/packs", get(packs::list))
        .route("/compliance/packs/{id}", get(packs::show))
        .route("/compliance/packs/{id}/apply", post(packs::apply))
}

/// What people look at and decide.
fn reviews() -> Router<Gate> {
    Router::new()
        .route("/escrow", get(escrow::list))
        .route("/escrow/stats", get(escrow::stats))
        .route("/escrow/{id}", get(escrow::show))
        .route("/escrow/{id}/release", post(escrow::release))
        .route("/escrow/{id}/kill", post(escrow::kill))
        .route("/audit", get(audit::list))
        .route("/audit/verify", get(records::proof::verify))
        .route("/audit/export", get(records::export::download))
        .route("/audit/{seq}", get(audit::show))
        .route("/violations", get(violations::list))
        .route("/violations/{id}", get(violations::show))
        .route("/violations/{id}/resolve", patch(violations::resolve))
}
