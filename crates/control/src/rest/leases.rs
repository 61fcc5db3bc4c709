//! `/v1/leases`: what was minted, for what, and how it ended.

use crate::{
    intake::{
        page::{Paging, PagingParams, page},
        query::{Asked, query},
    },
    rights::Gate,
    wire::lease::Lease,
};
use axum::{Json, extract::State};
use portcullis_door::{caller::Caller, reply::Reply};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(list))
}

query! {
    /// Which leases.
    pub(crate) struct LeaseFilter {
        /// Only those that live or may live, unless this is `false`.
        live: bool,
        /// Only of this session.
        session: String,
    }
}

page! {
    /// A page of leases, newest first.
    pub(crate) struct LeasePage { leases: Lease }
}

/// Lists leases
///
/// Why each was minted, what was asked and what was granted, and how it ended: of what the caller may
/// look at, an agent of its own. No credential is here.
#[utoipa::path(
    get, path = "/v1/leases", operation_id = "list_leases", tag = "sessions",
    params(LeaseFilter, PagingParams),
    security(("bearer" = ["agent"])),
    responses((status = 200, description = "A page of leases.", body = LeasePage)),
)]
async fn list(
    State(gate): State<Gate>,
    caller: Caller,
    Asked((filter, paging)): Asked<(LeaseFilter, Paging)>,
) -> Reply<Json<LeasePage>> {
    let which = (filter.live.unwrap_or(true), filter.session.as_deref());
    let leases = gate.leases(&caller.principal, which).await?;
    Ok(Json(paging.cut(leases).into()))
}
