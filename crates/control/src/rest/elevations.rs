//! `/v1/elevations`: changes of one's own rights that wait for a second architect.

use crate::{
    intake::{
        body::{MaybeSent, Nothing},
        id::Named,
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Architect, Gate, Resident},
    wire::group::{Elevation, Group},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::error::GateError;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(confirm))
        .routes(routes!(refuse))
}

page! {
    /// A page of changes that wait, in the order of their ids.
    pub(crate) struct ElevationPage { elevations: Elevation }
}

/// Lists what waits for a second architect
///
/// What nobody agreed to within a day is forgotten.
#[utoipa::path(
    get, path = "/v1/elevations", tag = "groups",
    operation_id = "list_elevations",
    params(PagingParams),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of changes.", body = ElevationPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Resident(caller): Resident,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<ElevationPage>> {
    Ok(Json(paging.cut(gate.elevations(&caller).await?).into()))
}

/// Agrees to what somebody else would gain
///
/// Nobody agrees to their own gain, nor does who was made known, or invited again, after it was
/// asked for.
#[utoipa::path(
    post, path = "/v1/elevations/{id}/confirm", tag = "groups",
    operation_id = "confirm_elevation",
    params(("id" = String, Path, description = "The change's id.")),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The group with them in it.", body = Group)),
)]
async fn confirm(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Group>> {
    Ok(Json(gate.confirm_elevation(&caller, &id).await?.into()))
}

/// Refuses what somebody would gain
///
/// Any architect may; whoever asked takes it back this way.
#[utoipa::path(
    delete, path = "/v1/elevations/{id}", tag = "groups",
    operation_id = "refuse_elevation",
    params(("id" = String, Path, description = "The change's id.")),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The change that will not be.", body = Elevation)),
)]
async fn refuse(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Elevation>> {
    let mut waiting = gate.elevations(&caller).await?.into_iter();
    let found = waiting.find(|elevation| elevation.id == id);
    let elevation = found.ok_or_else(|| GateError::NotFound("elevation", id.clone()))?;
    gate.refuse_elevation(&caller, &id).await?;
    Ok(Json(elevation.into()))
}
