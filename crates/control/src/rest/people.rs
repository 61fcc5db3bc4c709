//! `/v1/people`: the humans of the tenant.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        field::Given,
        id::Named,
        page::{Paging, PagingParams, page},
        query::{Asked, query},
    },
    notify::link::ConsoleAddress,
    rights::{Architect, Gate, PlainPerson, Resident},
    wire::{
        moment::Moment,
        person::{Invitation, Person},
        words,
    },
};
use axum::{Extension, Json, extract::State, http::StatusCode};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    access::{PersonRole, RoleGrant},
    turn,
};
use portcullis_policy::id::WorkspaceId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(invite))
        .routes(routes!(unlink_slack))
}

query! {
    /// Which people.
    pub(crate) struct PersonFilter {
        /// Only those who are active, or who are not.
        active: bool,
    }
}

page! {
    /// A page of people, in the order of their names.
    pub(crate) struct PersonPage { people: Person }
}

body! {
    /// A person to make known. They can do nothing until they are invited.
    pub(crate) struct NewPerson {
        /// Their name, unique in the tenant whatever its case.
        #[schema(example = "Ann Lopez")]
        name: String,
        /// Where letters go.
        #[schema(example = "ann@example.com")]
        email: Option<String>,
        /// Their roles; without any they may do nothing.
        roles: Option<Vec<RoleWish>>,
    }
}

body! {
    /// A role to hold.
    pub(crate) struct RoleWish {
        /// The role.
        #[schema(value_type = words::PersonRole)]
        role: PersonRole,
        /// The workspace; without it the whole tenant.
        #[schema(value_type = Option<String>)]
        workspace: Option<WorkspaceId>,
    }
}

body! {
    /// What to change of a person; what is not sent stays.
    pub(crate) struct PersonChange {
        /// Their name.
        name: Option<String>,
        /// Where letters go; `null` takes it away.
        #[schema(value_type = Option<String>)]
        email: Given<String>,
        /// All of their roles.
        roles: Option<Vec<RoleWish>>,
        /// Whether they may do anything at all.
        active: Option<bool>,
    }
}

impl From<RoleWish> for RoleGrant {
    fn from(wish: RoleWish) -> Self {
        Self {
            role: wish.role,
            workspace: wish.workspace,
        }
    }
}

fn grants(roles: Vec<RoleWish>) -> Vec<RoleGrant> {
    roles.into_iter().map(RoleGrant::from).collect()
}

/// Lists people
///
/// Everybody ever made known; who is no longer active stays in the list.
#[utoipa::path(
    get, path = "/v1/people", tag = "people",
    params(PersonFilter, PagingParams),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of people.", body = PersonPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Resident(caller): Resident,
    Asked((filter, paging)): Asked<(PersonFilter, Paging)>,
) -> Reply<Json<PersonPage>> {
    let mut people = gate.people(&caller).await?;
    let groups = gate.groups(&caller).await?;
    people.retain(|person| filter.active.is_none_or(|active| person.active == active));
    let page = paging.cut(people);
    Ok(Json(page.map(|person| Person::of(person, &groups)).into()))
}

/// Makes a person known
///
/// Invite them next: nobody can act as them until they have proven who they are.
#[utoipa::path(
    post, path = "/v1/people", tag = "people",
    request_body = NewPerson,
    security(("bearer" = ["architect"])),
    responses(
        (status = 201, description = "The person, with their new id.", body = Person),
        (status = 409, description = "There is somebody of this name already."),
    ),
)]
async fn create(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(new): Sent<NewPerson>,
) -> Reply<(StatusCode, Json<Person>)> {
    let new = turn::NewPerson {
        name: new.name,
        email: new.email,
        grants: grants(new.roles.unwrap_or_default()),
    };
    let person = gate.create_person(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(Person::of(person, &[]))))
}

/// Shows a person
///
/// Everybody may look at themselves; people with a role in the whole tenant at anybody.
#[utoipa::path(
    get, path = "/v1/people/{id}", tag = "people",
    params(("id" = String, Path, description = "The person's id.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The person.", body = Person)),
)]
async fn show(
    State(gate): State<Gate>,
    PlainPerson(caller): PlainPerson,
    Named(id): Named,
) -> Reply<Json<Person>> {
    let groups = gate.groups_of(&caller, &id).await?;
    let person = gate.person(&caller, &id).await?;
    Ok(Json(Person::of(person, &groups)))
}

/// Changes a person
///
/// When their roles or their standing change, their sign-ins and invitations end at once, and
/// their tokens are good for no more than they are. The last architect stays one.
#[utoipa::path(
    patch, path = "/v1/people/{id}", tag = "people",
    params(("id" = String, Path, description = "The person's id.")),
    request_body = PersonChange,
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The person as they are now.", body = Person),
        (status = 409, description = "The name is taken, or no architect would be left."),
    ),
)]
async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(change): Sent<PersonChange>,
) -> Reply<Json<Person>> {
    // Asked for first: whoever gives up their own role may not ask afterwards.
    let groups = gate.groups_of(&caller, &id).await?;
    let patch = turn::PersonPatch {
        name: change.name,
        email: change.email.into_patch(),
        grants: change.roles.map(grants),
        active: change.active,
    };
    let person = gate.update_person(&caller, &id, patch).await?;
    Ok(Json(Person::of(person, &groups)))
}

/// Invites a person
///
/// Whoever has the code can choose their password, once and within a week. Earlier invitations
/// end. Also for somebody who has forgotten their password.
#[utoipa::path(
    post, path = "/v1/people/{id}/invitation", tag = "people",
    params(("id" = String, Path, description = "The person's id.")),
    security(("bearer" = ["architect"])),
    responses(
        (status = 201, description = "The invitation, shown once.", body = Invitation),
        (status = 409, description = "They are not active."),
    ),
)]
async fn invite(
    State(gate): State<Gate>,
    Extension(console): Extension<ConsoleAddress>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<(StatusCode, Json<Invitation>)> {
    let (key, code) = gate.invite(&caller, &id).await?;
    let invitation = Invitation {
        person_id: id,
        link: console.invitation(code.reveal()),
        code: code.reveal().to_owned(),
        expires_at: key.expires_at.map(Moment),
    };
    Ok((StatusCode::CREATED, Json(invitation)))
}

/// Ends a person's link to Slack
///
/// They answer in Slack no more until they link themselves again. Everybody may end their own
/// link, architects any.
#[utoipa::path(
    delete, path = "/v1/people/{id}/slack", tag = "people",
    params(("id" = String, Path, description = "The person's id.")),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "The person as they are now.", body = Person)),
)]
async fn unlink_slack(
    State(gate): State<Gate>,
    PlainPerson(caller): PlainPerson,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Person>> {
    let person = gate.unlink_slack(&caller, &id).await?;
    let groups = gate.groups_of(&caller, &id).await?;
    Ok(Json(Person::of(person, &groups)))
}
