//! `/v1/tenant`: the tenant at a glance.

use crate::{
    rights::{Gate, PlainWatcher},
    wire::tenant::Overview,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Shows the tenant
///
/// Its settings, the end of its chain, its verdicts so far and what waits for people. Of what is
/// hidden from the caller nothing is counted; they see the newest record that is not as the end.
#[utoipa::path(
    get, path = "/v1/tenant", tag = "tenant",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The tenant.", body = Overview)),
)]
async fn show(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
) -> Reply<Json<Overview>> {
    Ok(Json(gate.overview(&caller).await?.into()))
}
