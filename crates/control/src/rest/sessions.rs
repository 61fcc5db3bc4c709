//! `/v1/sessions`: pieces of work, for the agents that do them and the people who open them.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        id::Named,
        page::{Paging, PagingParams, page},
        query::{Asked, query},
    },
    rights::{Anybody, Gate},
    wire::{
        session::{ClosedSession, Session},
        words,
    },
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::{
    caller::Caller,
    reply::{Refusal, Reply},
};
use portcullis_firewall::{
    principal::Principal, scope::Mode, session::SessionDraft, turn::ScopePatch,
};
use portcullis_policy::{
    command::policy::SessionPatterns,
    id::{AgentId, ScopeName, WorkspaceId},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, open))
        .routes(routes!(show))
        .routes(routes!(renew))
        .routes(routes!(close))
        .routes(routes!(change))
}

query! {
    /// Which sessions.
    pub(crate) struct SessionFilter {
        /// Only those that are open, unless this is `false`.
        open: bool,
    }
}

page! {
    /// A page of sessions, newest first.
    pub(crate) struct SessionPage { sessions: Session }
}

body! {
    /// A scope for a session.
    pub(crate) struct WantedScope {
        /// Which.
        #[schema(value_type = String, example = "cluster:staging")]
        scope: ScopeName,
        /// `read` when not given. `write` must be granted by a person who may, or by the workspace.
        #[schema(value_type = Option<words::Access>)]
        mode: Option<Mode>,
    }
}

body! {
    /// What a session says about commands, beside what the tenant policy says. It only narrows:
    /// nothing in it allows what another level does not, or overrules a block.
    pub(crate) struct SessionCommands {
        /// The project whose lists hold, too; a person names it.
        #[schema(example = "migration")]
        project: Option<String>,
        /// Patterns of what may run without asking, at most 20: what fits none of them waits for a
        /// person.
        #[schema(example = json!(["^kubectl (get|describe) "]))]
        allow: Option<Vec<String>>,
        /// Patterns of what never runs, at most 20.
        #[schema(example = json!(["--force"]))]
        block: Option<Vec<String>>,
        /// Everything may, as far as the session goes.
        approve_all: Option<bool>,
        /// Nothing runs.
        reject_all: Option<bool>,
    }
}

body! {
    /// A session to open.
    pub(crate) struct NewSession {
        /// Whose work it is; may be left out with the agent's own key.
        #[schema(value_type = Option<String>)]
        agent_id: Option<AgentId>,
        /// Where.
        #[schema(value_type = String, example = "ops")]
        workspace_id: WorkspaceId,
        /// With which scopes: 1 to 32.
        scopes: Vec<WantedScope>,
        /// The ticket it is about.
        #[schema(example = "OPS-17")]
        ticket: Option<String>,
        /// What it says about commands; it cannot be changed later.
        commands: Option<SessionCommands>,
        /// How long it lives at most, in seconds, if it is renewed every 15 minutes; 8 hours when
        /// not given.
        #[schema(minimum = 60, maximum = 86400)]
        seconds: Option<u32>,
    }
}

body! {
    /// What to change of a session's scopes.
    pub(crate) struct SessionScopes {
        /// Scopes to give, or to give in another mode.
        add: Option<Vec<WantedScope>>,
        /// Scopes to take away; the last one stays.
        #[schema(value_type = Option<Vec<String>>)]
        remove: Option<Vec<ScopeName>>,
    }
}

body! {
    /// Why a session is closed.
    pub(crate) struct Ending {
        /// In words, for the record.
        reason: Option<String>,
    }
}

impl WantedScope {
    fn into_pair(self) -> (ScopeName, Mode) {
        (self.scope, self.mode.unwrap_or_default())
    }
}

impl SessionCommands {
    fn patterns(self) -> SessionPatterns {
        SessionPatterns {
            project: self.project,
            allow: self.allow.unwrap_or_default(),
            block: self.block.unwrap_or_default(),
            approve_all: self.approve_all.unwrap_or_default(),
            reject_all: self.reject_all.unwrap_or_default(),
        }
    }
}

impl NewSession {
    fn draft(self, caller: &Principal) -> Result<SessionDraft, Refusal> {
        let own = caller.role.agent().cloned();
        let agent = self.agent_id.or(own);
        Ok(SessionDraft {
            agent: agent.ok_or_else(|| Refusal::invalid("agent_id", "is required"))?,
            workspace: self.workspace_id,
            scopes: self
                .scopes
                .into_iter()
                .map(WantedScope::into_pair)
                .collect(),
            ticket: self.ticket,
            commands: self
                .commands
                .map_or_else(SessionPatterns::default, SessionCommands::patterns),
            seconds: self.seconds,
        })
    }
}

/// Lists sessions
///
/// The caller's own, and those that they may look at.
#[utoipa::path(
    get, path = "/v1/sessions", operation_id = "list_sessions", tag = "sessions",
    params(SessionFilter, PagingParams),
    security(("bearer" = ["agent"])),
    responses((status = 200, description = "A page of sessions.", body = SessionPage)),
)]
async fn list(
    State(gate): State<Gate>,
    caller: Caller,
    Asked((filter, paging)): Asked<(SessionFilter, Paging)>,
) -> Reply<Json<SessionPage>> {
    let open = filter.open.unwrap_or(true);
    let sessions = gate.sessions(&caller.principal, open).await?;
    Ok(Json(paging.cut(sessions).into()))
}

/// Opens a session
///
/// An agent opens its own, with scopes that its workspace lets agents take. A person opens one for an
/// agent, if they may have credentials issued for the agent, the workspace and every scope. Actions
/// name it as `session_id`, and one of its scopes as `scope`.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "open_session", tag = "sessions",
    request_body = NewSession,
    security(("bearer" = ["agent"])),
    responses(
        (status = 201, description = "The session.", body = Session),
        (status = 404, description = "The agent, the workspace or a scope is not there for the caller."),
        (status = 409, description = "The agent is not active, or too many sessions are open."),
    ),
)]
async fn open(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Sent(new): Sent<NewSession>,
) -> Reply<(StatusCode, Json<Session>)> {
    let draft = new.draft(&caller)?;
    let session = gate.open_session(&caller, draft).await?;
    Ok((StatusCode::CREATED, Json(session.into())))
}

/// Shows a session
///
/// Another's is not there.
#[utoipa::path(
    get, path = "/v1/sessions/{id}", operation_id = "show_session", tag = "sessions",
    params(("id" = String, Path, description = "The session's id.")),
    security(("bearer" = ["agent"])),
    responses((status = 200, description = "The session.", body = Session)),
)]
async fn show(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
) -> Reply<Json<Session>> {
    Ok(Json(gate.session(&caller, &id).await?.into()))
}

/// Renews a session
///
/// It lives for 15 minutes more, but never beyond its end. Everybody's rights are looked at anew.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/renew", operation_id = "renew_session", tag = "sessions",
    params(("id" = String, Path, description = "The session's id.")),
    security(("bearer" = ["agent"])),
    responses(
        (status = 200, description = "The session as it is now.", body = Session),
        (status = 409, description = "It is over, or nothing is left of its scopes."),
    ),
)]
async fn renew(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Session>> {
    Ok(Json(gate.renew_session(&caller, &id).await?.into()))
}

/// Closes a session
///
/// Nothing is minted for it from now on, everything that was is ended, and its directory is cleared.
/// The answer says what is dead, and what lives until when.
#[utoipa::path(
    post, path = "/v1/sessions/{id}/close", operation_id = "close_session", tag = "sessions",
    params(("id" = String, Path, description = "The session's id.")),
    request_body = Ending,
    security(("bearer" = ["agent"])),
    responses(
        (status = 200, description = "The session, and what is left of it.", body = ClosedSession),
        (status = 409, description = "It is over."),
    ),
)]
async fn close(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
    MaybeSent(ending): MaybeSent<Ending>,
) -> Reply<Json<ClosedSession>> {
    let why = ending.reason.unwrap_or_else(|| "it was closed".to_owned());
    Ok(Json(gate.close_session(&caller, &id, &why).await?.into()))
}

/// Changes a session's scopes
///
/// What is given is looked at as when a session is opened; what was minted from a scope that is taken
/// away is ended.
#[utoipa::path(
    patch, path = "/v1/sessions/{id}/scopes", operation_id = "change_session_scopes", tag = "sessions",
    params(("id" = String, Path, description = "The session's id.")),
    request_body = SessionScopes,
    security(("bearer" = ["agent"])),
    responses(
        (status = 200, description = "The session as it is now.", body = Session),
        (status = 409, description = "It is over, or no scope would be left."),
    ),
)]
async fn change(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
    Sent(wanted): Sent<SessionScopes>,
) -> Reply<Json<Session>> {
    let add = wanted.add.unwrap_or_default().into_iter();
    let patch = ScopePatch {
        add: add.map(WantedScope::into_pair).collect(),
        remove: wanted.remove.unwrap_or_default(),
    };
    let session = gate.change_session_scopes(&caller, &id, patch).await?;
    Ok(Json(session.into()))
}
