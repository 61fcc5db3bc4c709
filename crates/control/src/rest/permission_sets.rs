//! `/v1/permission-sets`: what the members of groups may and may not reach.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent},
        id::Named,
        page::{Paging, PagingParams, page},
        permission_set::SetBody,
        query::Asked,
    },
    rights::{Architect, Gate, PlainResident, Resident},
    wire::access::PermissionSet,
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::Reply;
use portcullis_firewall::{access, error::GateError, principal::Principal};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, replace, remove))
}

page! {
    /// A page of permission sets, in the order of their ids.
    pub(crate) struct PermissionSetPage { permission_sets: PermissionSet }
}

/// A set by its id.
async fn find(
    gate: &Gate,
    caller: &Principal,
    id: &str,
) -> Result<access::PermissionSet, GateError> {
    let mut sets = gate.permission_sets(caller).await?.into_iter();
    let found = sets.find(|set| set.id == id);
    found.ok_or_else(|| GateError::NotFound("permission set", id.to_owned()))
}

/// Lists permission sets
///
/// Groups give them to their members.
#[utoipa::path(
    get, path = "/v1/permission-sets", tag = "permission sets",
    params(PagingParams),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of sets.", body = PermissionSetPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Resident(caller): Resident,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<PermissionSetPage>> {
    Ok(Json(
        paging.cut(gate.permission_sets(&caller).await?).into(),
    ))
}

/// Makes a permission set
///
/// It does nothing until a group has it.
#[utoipa::path(
    post, path = "/v1/permission-sets", tag = "permission sets",
    request_body = SetBody,
    security(("bearer" = ["architect"])),
    responses(
        (status = 201, description = "The set, with its new id.", body = PermissionSet),
        (status = 409, description = "There is a set of this name already."),
    ),
)]
async fn create(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(set): Sent<SetBody>,
) -> Reply<(StatusCode, Json<PermissionSet>)> {
    let set = gate.create_set(&caller, set.draft()?).await?;
    Ok((StatusCode::CREATED, Json(set.into())))
}

/// Shows a permission set
///
/// With all of its entries.
#[utoipa::path(
    get, path = "/v1/permission-sets/{id}", tag = "permission sets",
    params(("id" = String, Path, description = "The set's id.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The set.", body = PermissionSet)),
)]
async fn show(
    State(gate): State<Gate>,
    PlainResident(caller): PlainResident,
    Named(id): Named,
) -> Reply<Json<PermissionSet>> {
    Ok(Json(find(&gate, &caller, &id).await?.into()))
}

/// Replaces a permission set
///
/// Who has it may do more or less at once.
#[utoipa::path(
    put, path = "/v1/permission-sets/{id}", tag = "permission sets",
    params(("id" = String, Path, description = "The set's id.")),
    request_body = SetBody,
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The set as it is now.", body = PermissionSet),
        (status = 409, description = "There is a set of this name already."),
    ),
)]
async fn replace(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(set): Sent<SetBody>,
) -> Reply<Json<PermissionSet>> {
    let set = gate.replace_set(&caller, &id, set.draft()?).await?;
    Ok(Json(set.into()))
}

/// Removes a permission set
///
/// Only one that no group has: what it denies would be allowed at once.
#[utoipa::path(
    delete, path = "/v1/permission-sets/{id}", tag = "permission sets",
    params(("id" = String, Path, description = "The set's id.")),
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The set as it was.", body = PermissionSet),
        (status = 409, description = "A group has it."),
    ),
)]
async fn remove(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<PermissionSet>> {
    let set = find(&gate, &caller, &id).await?;
    gate.remove_set(&caller, &id).await?;
    Ok(Json(set.into()))
}
