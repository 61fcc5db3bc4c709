//! A session, as lists show it, and what is left of one that was closed.

use super::{lease::Lease, moment::Moment, words};
use portcullis_firewall::{
    firewall::Closing,
    scope::Mode,
    session::{self, HeldScope, SessionEnd, SessionStatus},
};
use portcullis_policy::command::policy::SessionPatterns;
use serde::Serialize;
use utoipa::ToSchema;

/// One piece of work: an agent, a workspace and scopes. What is minted for it dies with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// What actions name as `session_id`.
    #[schema(example = "ses_2f1c9a0b4d5e6f708192a3b4c5d6e7f8")]
    pub id: String,
    /// Whose work it is.
    pub agent_id: String,
    /// Where.
    pub workspace_id: String,
    /// What it may be done with.
    pub scopes: Vec<SessionScope>,
    /// The ticket it is about.
    pub ticket: Option<String>,
    /// What it says about commands; nothing when it says nothing.
    pub commands: Option<CommandsSaid>,
    /// The person who opened it; nothing when the agent did.
    pub opened_by: Option<String>,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it ends, unless it is renewed.
    pub ends_at: Moment,
    /// When it ends at the latest.
    pub until: Moment,
    /// Where it stands.
    #[schema(value_type = words::SessionStatus)]
    pub status: SessionStatus,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// By whom.
    pub ended_by: Option<String>,
    /// Why.
    pub ended_because: Option<String>,
}

/// What a session says about commands, beside what the tenant policy says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CommandsSaid {
    /// The project whose lists hold, too.
    pub project: Option<String>,
    /// Patterns of what may run without asking.
    pub allow: Vec<String>,
    /// Patterns of what never runs.
    pub block: Vec<String>,
    /// Whether everything may, as far as the session goes.
    pub approve_all: bool,
    /// Whether nothing runs.
    pub reject_all: bool,
}

/// A scope that a session has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionScope {
    /// Which.
    pub scope: String,
    /// What was granted.
    #[schema(value_type = words::Access)]
    pub mode: Mode,
    /// The person who gave it; nothing when the agent took it by itself.
    pub given_by: Option<String>,
}

/// A session that was closed, and what is left of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClosedSession {
    /// The session.
    pub session: Session,
    /// Everything that was minted for it and lived, as it is now.
    pub leases: Vec<Lease>,
    /// Why its directory is not cleared, when it is not; it is tried again.
    pub room: Option<String>,
}

impl CommandsSaid {
    fn of(said: SessionPatterns) -> Option<Self> {
        let silent = said.is_empty();
        let said = Self {
            project: said.project,
            allow: said.allow,
            block: said.block,
            approve_all: said.approve_all,
            reject_all: said.reject_all,
        };
        Some(said).filter(|_| !silent)
    }
}

impl From<HeldScope> for SessionScope {
    fn from(held: HeldScope) -> Self {
        Self {
            scope: held.name.to_string(),
            mode: held.mode,
            given_by: held.given_by.map(|person| person.to_string()),
        }
    }
}

impl From<session::Session> for Session {
    fn from(session: session::Session) -> Self {
        let end: Option<SessionEnd> = session.end;
        Self {
            id: session.id.to_string(),
            agent_id: session.agent.to_string(),
            workspace_id: session.workspace.to_string(),
            scopes: session.scopes.into_iter().map(Into::into).collect(),
            ticket: session.ticket,
            commands: CommandsSaid::of(session.commands),
            opened_by: session.opened_by.map(|person| person.to_string()),
            opened_at: session.opened_at.into(),
            ends_at: session.ends_at.into(),
            until: session.until.into(),
            status: session.status,
            ended_at: end.as_ref().map(|end| end.at.into()),
            ended_by: end.as_ref().map(|end| end.by.clone()),
            ended_because: end.map(|end| end.why),
        }
    }
}

impl From<Closing> for ClosedSession {
    fn from(closing: Closing) -> Self {
        Self {
            session: closing.session.into(),
            leases: closing.leases.into_iter().map(Into::into).collect(),
            room: closing.room,
        }
    }
}
