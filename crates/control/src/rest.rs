//! The management API under `/v1`: one file for each noun.
//!
//! Lists are wrapped under their own name and come in pages (`limit` and `offset`, or `page`).
//! Every reply is JSON, except for the checkpoint, its key and the exports. Bodies and queries are
//! read strictly: what is not known is refused, with every fault and its path.

pub(crate) mod agents;
pub(crate) mod audit;
mod budgets;
mod catalogue;
mod chain;
mod description;
pub(crate) mod holds;
mod keys;
pub(crate) mod packs;
pub(crate) mod policies;
mod principles;
mod replay;
pub(crate) mod settings;
mod tenant;
mod tenant_policy;
pub(crate) mod violations;

use crate::rights::Gate;
use axum::Router;
use portcullis_firewall::firewall::Firewall;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Every route of the management API. The door's threshold belongs before it.
pub fn router(firewall: Firewall) -> Router {
    let (router, _) = routes().split_for_parts();
    router.with_state(Arc::new(firewall))
}

/// The description of every route, made from the same list as [`router`].
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, mut api) = routes().split_for_parts();
    description::complete(&mut api);
    api
}

fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::with_openapi(description::face())
        .merge(agents::routes())
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
