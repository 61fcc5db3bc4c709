//! The management API under `/v1`: one file for each noun.
//!
//! Lists are wrapped under their own name and come in pages (`limit` and `offset`, or `page`).
//! Every reply is JSON, except for the checkpoint, its key and the exports. Bodies and queries are
//! read strictly: what is not known is refused, with every fault and its path.

mod access;
pub(crate) mod agents;
pub(crate) mod audit;
mod budgets;
mod catalogue;
mod chain;
mod description;
mod elevations;
pub(crate) mod executions;
mod groups;
pub(crate) mod holds;
mod keys;
mod leases;
mod mcp_servers;
mod me;
mod own_credentials;
pub(crate) mod packs;
mod people;
mod permission_sets;
pub(crate) mod policies;
mod principles;
mod replay;
pub(crate) mod scopes;
mod sessions;
pub(crate) mod settings;
mod sign_in;
mod tenant;
pub(crate) mod tenant_policy;
mod tools;
pub(crate) mod violations;
mod workspaces;

use crate::{notify::link::ConsoleAddress, porter::Porter, rights::Gate};
use axum::{Extension, Router};
use portcullis_firewall::firewall::Firewall;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Every route of the management API, of a gate that people reach here. The door's threshold belongs
/// before it.
pub fn router(firewall: Firewall, porter: Porter, console: ConsoleAddress) -> Router {
    let (router, _) = routes().split_for_parts();
    let (open, _) = sign_in::routes().split_for_parts();
    let open: Router = open.with_state(porter);
    let router = router.with_state(Arc::new(firewall));
    router.layer(Extension(console)).merge(open)
}

/// The description of every route, made from the same list as [`router`].
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, mut api) = routes().split_for_parts();
    let (_, open) = sign_in::routes().split_for_parts();
    api.merge(open);
    description::complete(&mut api);
    api
}

fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::with_openapi(description::face())
        .merge(agents::routes())
        .merge(me::routes())
        .merge(people::routes())
        .merge(groups::routes())
        .merge(elevations::routes())
        .merge(permission_sets::routes())
        .merge(access::routes())
        .merge(workspaces::routes())
        .merge(tools::routes())
        .merge(executions::routes())
        .merge(mcp_servers::routes())
        .merge(scopes::routes())
        .merge(sessions::routes())
        .merge(leases::routes())
        .merge(own_credentials::routes())
        .merge(keys::routes())
        .merge(policies::routes())
        .merge(packs::routes())
        .merge(tenant_policy::routes())
        .merge(holds::routes())
        .merge(audit::routes())
        .merge(violations::routes())
        .merge(budgets::routes())
        .merge(settings::routes())
        .merge(tenant::routes())
        .merge(principles::routes())
        .merge(catalogue::routes())
        .merge(replay::routes())
        .merge(chain::routes())
}
