//! `/v1/scopes`: what credentials are minted from.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        field::kind_of,
        id::Named,
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Architect, Gate, PlainWatcher, Watcher},
    wire::{scope::Scope, words},
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::{
    error::GateError,
    kept_scope::{Attachment, KeptScope, ScopeDraft},
    principal::Principal,
    scope::{self, Mode},
};
use portcullis_policy::{id::WorkspaceId, label::Label};
use serde_json::{Map, Value};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change, remove))
}

page! {
    /// A page of scopes, in the order of their names.
    pub(crate) struct ScopePage { scopes: Scope }
}

body! {
    /// A workspace that the scope may be used in.
    pub(crate) struct ScopePlace {
        /// Where.
        #[schema(value_type = String, example = "ops")]
        workspace: WorkspaceId,
        /// What an agent may take by itself when it opens a session; nothing when not given.
        #[schema(value_type = Option<words::Access>)]
        agents: Option<Mode>,
    }
}

body! {
    /// A scope to add.
    pub(crate) struct NewScope {
        /// Its name: lower-case letters, digits and `-_.:`, at most 64. It never changes.
        #[schema(example = "cluster:staging")]
        name: String,
        /// What it is for.
        description: Option<String>,
        /// The provider, by the operator's name for it.
        #[schema(example = "staging-cluster")]
        provider: String,
        /// Where it reaches.
        #[schema(example = "staging")]
        environment: String,
        /// The most that may be done with it; `read` when not given.
        #[schema(value_type = Option<words::Access>)]
        mode: Option<Mode>,
        /// How it narrows the provider; what the keys mean is for the provider's issuer to say.
        #[schema(value_type = Option<Object>)]
        filters: Option<Value>,
        /// Where it may be used.
        workspaces: Option<Vec<ScopePlace>>,
    }
}

body! {
    /// A scope as it is to be; its name stays.
    pub(crate) struct ScopeChange {
        /// What it is for.
        description: Option<String>,
        /// The provider, by the operator's name for it.
        provider: String,
        /// Where it reaches.
        environment: String,
        /// The most that may be done with it; `read` when not given.
        #[schema(value_type = Option<words::Access>)]
        mode: Option<Mode>,
        /// How it narrows the provider.
        #[schema(value_type = Option<Object>)]
        filters: Option<Value>,
        /// Where it may be used.
        workspaces: Option<Vec<ScopePlace>>,
    }
}

impl NewScope {
    /// The scope to be added.
    ///
    /// # Errors
    /// 422 for filters that are no object.
    pub(crate) fn draft(self) -> Result<ScopeDraft, Refusal> {
        let places = self.workspaces.unwrap_or_default().into_iter();
        Ok(ScopeDraft {
            scope: scope::Scope {
                name: self.name,
                description: self.description.unwrap_or_default(),
                provider: self.provider,
                environment: Label::new(&self.environment),
                mode: self.mode.unwrap_or_default(),
                filters: filters(self.filters)?,
            },
            workspaces: places
                .map(|place| Attachment {
                    workspace: place.workspace,
                    agents: place.agents,
                })
                .collect(),
        })
    }
}

impl ScopeChange {
    /// The same as a scope of a name.
    pub(crate) fn named(self, name: String) -> NewScope {
        NewScope {
            name,
            description: self.description,
            provider: self.provider,
            environment: self.environment,
            mode: self.mode,
            filters: self.filters,
            workspaces: self.workspaces,
        }
    }
}

fn filters(sent: Option<Value>) -> Result<Map<String, Value>, Refusal> {
    match sent {
        None => Ok(Map::new()),
        Some(Value::Object(filters)) => Ok(filters),
        Some(other) => {
            let message = format!("expected an object, not {}", kind_of(&other));
            Err(Refusal::invalid("filters", message))
        }
    }
}

/// A scope that the caller may look at.
async fn find(gate: &Gate, caller: &Principal, name: &str) -> Result<KeptScope, GateError> {
    let mut scopes = gate.scopes(caller).await?.into_iter();
    let found = scopes.find(|kept| kept.scope.name == name);
    found.ok_or_else(|| GateError::NotFound("scope", name.to_owned()))
}

/// Lists scopes
///
/// Those that the caller may look at, in the tenant or in a workspace that they are for. None of
/// them holds a credential.
#[utoipa::path(
    get, path = "/v1/scopes", operation_id = "list_scopes", tag = "sessions",
    params(PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of scopes.", body = ScopePage)),
)]
async fn list(
    State(gate): State<Gate>,
    Watcher(caller): Watcher,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<ScopePage>> {
    Ok(Json(paging.cut(gate.scopes(&caller).await?).into()))
}

/// Adds a scope
///
/// Sessions can be opened with it from now on, in the workspaces it is for. What its provider cannot
/// enforce is refused.
#[utoipa::path(
    post, path = "/v1/scopes", operation_id = "add_scope", tag = "sessions",
    request_body = NewScope,
    security(("bearer" = ["architect"])),
    responses(
        (status = 201, description = "The scope.", body = Scope),
        (status = 409, description = "The name is taken, or there is no room for another."),
    ),
)]
async fn add(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(new): Sent<NewScope>,
) -> Reply<(StatusCode, Json<Scope>)> {
    let added = gate.add_scope(&caller, new.draft()?).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Shows a scope
///
/// One that the caller may look at nowhere is not there.
#[utoipa::path(
    get, path = "/v1/scopes/{name}", operation_id = "show_scope", tag = "sessions",
    params(("name" = String, Path, description = "The scope's name.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The scope.", body = Scope)),
)]
async fn show(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
    Named(name): Named,
) -> Reply<Json<Scope>> {
    Ok(Json(find(&gate, &caller, &name).await?.into()))
}

/// Changes a scope
///
/// All of it but its name. When it reaches something else from now on, every credential that was
/// minted from it is ended, and sessions that had it must be given it anew.
#[utoipa::path(
    put, path = "/v1/scopes/{name}", operation_id = "change_scope", tag = "sessions",
    params(("name" = String, Path, description = "The scope's name.")),
    request_body = ScopeChange,
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The scope as it is now.", body = Scope)),
)]
async fn change(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(name): Named,
    Sent(new): Sent<ScopeChange>,
) -> Reply<Json<Scope>> {
    let draft = new.named(name).draft()?;
    Ok(Json(gate.change_scope(&caller, draft).await?.into()))
}

/// Removes a scope
///
/// Every credential that was minted from it is ended.
#[utoipa::path(
    delete, path = "/v1/scopes/{name}", operation_id = "remove_scope", tag = "sessions",
    params(("name" = String, Path, description = "The scope's name.")),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The scope as it was.", body = Scope)),
)]
async fn remove(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(name): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Scope>> {
    Ok(Json(gate.remove_scope(&caller, &name).await?.into()))
}
