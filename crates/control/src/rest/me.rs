//! `/v1/me`: who is calling.

use crate::{
    rights::{Anybody, Gate},
    wire::me::Me,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Shows who is calling
///
/// What the credential is, what it is good for now, and whose it is.
#[utoipa::path(
    get, path = "/v1/me", operation_id = "me", tag = "signing in",
    security(("bearer" = ["agent"])),
    responses((status = 200, description = "The caller.", body = Me)),
)]
async fn show(State(gate): State<Gate>, Anybody(caller): Anybody) -> Reply<Json<Me>> {
    let standing = gate.standing(&caller).await?;
    Ok(Json(Me::of(caller, standing)))
}
