//! `/v1/workspaces`: the parts of the tenant.

use crate::{
    intake::{
        body::{Sent, body},
        id::Named,
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Architect, Gate, PlainWatcher, Watcher},
    wire::workspace::Workspace,
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    error::GateError, principal::Principal, turn::WorkspaceDraft, workspace,
};
use portcullis_policy::id::WorkspaceId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
}

page! {
    /// A page of workspaces, in the order of their names.
    pub(crate) struct WorkspacePage { workspaces: Workspace }
}

body! {
    /// A workspace to make.
    pub(crate) struct NewWorkspace {
        /// Its name: lower case, never changed.
        #[schema(value_type = String, example = "training")]
        id: WorkspaceId,
        /// What its tickets begin with; made from the name when not given.
        short_name: Option<String>,
        /// What it is for.
        description: Option<String>,
    }
}

body! {
    /// What to change of a workspace; what is not sent stays.
    pub(crate) struct WorkspaceChange {
        /// What its tickets begin with.
        short_name: Option<String>,
        /// What it is for.
        description: Option<String>,
        /// Whether it can be used.
        active: Option<bool>,
    }
}

/// A workspace that the caller has to do with.
async fn find(
    gate: &Gate,
    caller: &Principal,
    id: &str,
) -> Result<workspace::Workspace, GateError> {
    let mut workspaces = gate.workspaces(caller).await?.into_iter();
    let found = workspaces.find(|workspace| workspace.id.as_str() == id);
    found.ok_or_else(|| GateError::NotFound("workspace", id.to_owned()))
}

/// Lists workspaces
///
/// All of them, or those in which the caller has a role when they have none in the whole tenant.
#[utoipa::path(
    get, path = "/v1/workspaces", tag = "workspaces",
    params(PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of workspaces.", body = WorkspacePage)),
)]
async fn list(
    State(gate): State<Gate>,
    Watcher(caller): Watcher,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<WorkspacePage>> {
    Ok(Json(paging.cut(gate.workspaces(&caller).await?).into()))
}

/// Makes a workspace
///
/// Roles, permission sets and the tenant policy can name it from now on.
#[utoipa::path(
    post, path = "/v1/workspaces", tag = "workspaces",
    request_body = NewWorkspace,
    security(("bearer" = ["architect"])),
    responses(
        (status = 201, description = "The workspace.", body = Workspace),
        (status = 409, description = "The name or the short name is taken."),
    ),
)]
async fn create(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(new): Sent<NewWorkspace>,
) -> Reply<(StatusCode, Json<Workspace>)> {
    let draft = WorkspaceDraft {
        short_name: new.short_name,
        description: new.description.unwrap_or_default(),
        active: true,
    };
    let workspace = gate.create_workspace(&caller, new.id, draft).await?;
    Ok((StatusCode::CREATED, Json(workspace.into())))
}

/// Shows a workspace
///
/// One in which the caller has no role is not there for who has none in the whole tenant.
#[utoipa::path(
    get, path = "/v1/workspaces/{id}", tag = "workspaces",
    params(("id" = String, Path, description = "The workspace's name.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The workspace.", body = Workspace)),
)]
async fn show(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
    Named(id): Named,
) -> Reply<Json<Workspace>> {
    Ok(Json(find(&gate, &caller, &id).await?.into()))
}

/// Changes a workspace
///
/// But never its name.
#[utoipa::path(
    patch, path = "/v1/workspaces/{id}", tag = "workspaces",
    params(("id" = String, Path, description = "The workspace's name.")),
    request_body = WorkspaceChange,
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The workspace as it is now.", body = Workspace),
        (status = 409, description = "The short name is taken."),
    ),
)]
async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(change): Sent<WorkspaceChange>,
) -> Reply<Json<Workspace>> {
    let known = find(&gate, &caller, &id).await?;
    let draft = WorkspaceDraft {
        short_name: Some(change.short_name.unwrap_or(known.short_name)),
        description: change.description.unwrap_or(known.description),
        active: change.active.unwrap_or(known.active),
    };
    let workspace = gate.update_workspace(&caller, &id, draft).await?;
    Ok(Json(workspace.into()))
}
