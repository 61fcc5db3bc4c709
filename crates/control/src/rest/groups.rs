//! `/v1/groups`: people who count as one.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        id::{Named, NamedIn},
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Architect, Gate, PlainResident, Resident},
    wire::group::{Elevation, Group},
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::{self, Reply};
use portcullis_firewall::{
    error::GateError,
    group,
    principal::Principal,
    turn::{GroupPatch, Membership},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .routes(routes!(add_member))
        .routes(routes!(remove_member))
}

page! {
    /// A page of groups, in the order of their names.
    pub(crate) struct GroupPage { groups: Group }
}

body! {
    /// A group to make.
    pub(crate) struct NewGroup {
        /// Its name, unique in the tenant whatever its case.
        #[schema(example = "on-call")]
        name: String,
        /// What it is for.
        description: Option<String>,
    }
}

body! {
    /// What to change of a group; what is not sent stays.
    pub(crate) struct GroupChange {
        /// Its name. Approver lists name groups: holds that wait already ask the same people.
        name: Option<String>,
        /// What it is for.
        description: Option<String>,
        /// All of the permission sets that its members have, by id.
        permission_sets: Option<Vec<String>>,
    }
}

body! {
    /// Somebody to add.
    pub(crate) struct NewMember {
        /// Who.
        person_id: String,
    }
}

/// A group by its id.
async fn find(gate: &Gate, caller: &Principal, id: &str) -> Result<group::Group, GateError> {
    let mut groups = gate.groups(caller).await?.into_iter();
    let found = groups.find(|group| group.id.as_str() == id);
    found.ok_or_else(|| GateError::NotFound("group", id.to_owned()))
}

/// Lists groups
///
/// With who is in them.
#[utoipa::path(
    get, path = "/v1/groups", tag = "groups",
    params(PagingParams),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of groups.", body = GroupPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Resident(caller): Resident,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<GroupPage>> {
    Ok(Json(paging.cut(gate.groups(&caller).await?).into()))
}

/// Makes a group
///
/// Nobody is in it yet.
#[utoipa::path(
    post, path = "/v1/groups", tag = "groups",
    request_body = NewGroup,
    security(("bearer" = ["architect"])),
    responses(
        (status = 201, description = "The group, with its new id.", body = Group),
        (status = 409, description = "There is a group of this name already."),
    ),
)]
async fn create(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(new): Sent<NewGroup>,
) -> Reply<(StatusCode, Json<Group>)> {
    let description = new.description.unwrap_or_default();
    let group = gate.create_group(&caller, &new.name, &description).await?;
    Ok((StatusCode::CREATED, Json(group.into())))
}

/// Shows a group
///
/// With who is in it, and since when.
#[utoipa::path(
    get, path = "/v1/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "The group's id.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The group.", body = Group)),
)]
async fn show(
    State(gate): State<Gate>,
    PlainResident(caller): PlainResident,
    Named(id): Named,
) -> Reply<Json<Group>> {
    Ok(Json(find(&gate, &caller, &id).await?.into()))
}

/// Changes a group
///
/// Who is in it has routes of its own.
#[utoipa::path(
    patch, path = "/v1/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "The group's id.")),
    request_body = GroupChange,
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The group as it is now.", body = Group),
        (status = 409, description = "There is a group of this name already."),
    ),
)]
async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(change): Sent<GroupChange>,
) -> Reply<Json<Group>> {
    let patch = GroupPatch {
        name: change.name,
        description: change.description,
        permission_sets: change.permission_sets,
    };
    Ok(Json(gate.update_group(&caller, &id, patch).await?.into()))
}

/// Removes a group
///
/// Holds that ask it ask nobody in its place, whoever takes its name.
#[utoipa::path(
    delete, path = "/v1/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "The group's id.")),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The group as it was.", body = Group)),
)]
async fn remove(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Group>> {
    let group = find(&gate, &caller, &id).await?;
    gate.remove_group(&caller, &id).await?;
    Ok(Json(group.into()))
}

/// Adds somebody to a group
///
/// Whoever adds themselves waits for another architect, who was known before they asked.
#[utoipa::path(
    post, path = "/v1/groups/{id}/members", tag = "groups",
    params(("id" = String, Path, description = "The group's id.")),
    request_body = NewMember,
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The group with them in it.", body = Group),
        (status = 202, description = "What waits for another architect.", body = Elevation),
        (status = 409, description = "Too many such changes wait already."),
    ),
)]
async fn add_member(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(new): Sent<NewMember>,
) -> Reply {
    Ok(match gate.add_member(&caller, &id, &new.person_id).await? {
        Membership::Joined(group) => reply::json(StatusCode::OK, &Group::from(group)),
        Membership::Waits(elevation) => {
            reply::json(StatusCode::ACCEPTED, &Elevation::from(elevation))
        }
    })
}

/// Takes somebody out of a group
///
/// What asks the group is no longer theirs to decide.
#[utoipa::path(
    delete, path = "/v1/groups/{id}/members/{person}", tag = "groups",
    params(
        ("id" = String, Path, description = "The group's id."),
        ("person" = String, Path, description = "The person's id."),
    ),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The group without them.", body = Group)),
)]
async fn remove_member(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    NamedIn(id, person): NamedIn,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Group>> {
    Ok(Json(
        gate.remove_member(&caller, &id, &person).await?.into(),
    ))
}
