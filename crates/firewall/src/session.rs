//! One piece of work: an agent, a workspace, scopes, and a private directory. What was minted for
//! it dies with it.
//!
//! Source: DuploCloud AI Suite, "Session Isolation" and "Scoped, Just-in-Time Credentials".

use crate::{access::Resource, moment, scope::Mode};
use jiff::Timestamp;
use portcullis_policy::{
    command::policy::SessionPatterns,
    id::{AgentId, PersonId, ScopeName, SessionId, WorkspaceId},
};
use serde::{Deserialize, Serialize};

/// How long a session lives without being renewed, in seconds.
pub const TERM_SECONDS: u32 = 900;
/// How long a session lives at most when nothing is said, in seconds.
pub const USUAL_SECONDS: u32 = 28_800;
/// How long a session lives at most, in seconds.
pub const MOST_SECONDS: u32 = 86_400;
/// The most scopes of a session.
pub const SCOPES_MAX: usize = 32;
/// The longest reference to a ticket, in bytes.
pub const TICKET_MAX_BYTES: usize = 256;

/// A session as it is kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// `ses_` and 32 lower-case hex digits.
    pub id: SessionId,
    /// Whose work it is.
    pub agent: AgentId,
    /// Where.
    pub workspace: WorkspaceId,
    /// What it may be done with; at least one.
    pub scopes: Vec<HeldScope>,
    /// The ticket it is about, in the words of whoever opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// What it says about commands. It was said at the opening, and stays.
    #[serde(default, skip_serializing_if = "SessionPatterns::is_empty")]
    pub commands: SessionPatterns,
    /// The person who opened it; `None` when the agent did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<PersonId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ends, unless it is renewed.
    pub ends_at: Timestamp,
    /// When it ends at the latest.
    pub until: Timestamp,
    /// Where it stands.
    pub status: SessionStatus,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<SessionEnd>,
}

/// A scope that a session has.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldScope {
    /// Which.
    pub name: ScopeName,
    /// What was granted.
    pub mode: Mode,
    /// The scope's revision then: it is not had as it became later.
    pub revision: u32,
    /// The person who gave it; `None` when the agent took it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<PersonId>,
}

/// How a session ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SessionEnd {
    /// When.
    pub at: Timestamp,
    /// By whom, as records name them.
    pub by: String,
    /// Why.
    pub why: String,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// It may be worked in.
    Open,
    /// It is over, and its room is not known to be cleared.
    Closing,
    /// It is over.
    Closed,
}

impl SessionStatus {
    /// The words of those that something is still to be done about.
    pub const LIVE: [&'static str; 2] = ["open", "closing"];

    /// The word that lists filter by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closing => "closing",
            Self::Closed => "closed",
        }
    }
}

/// A session to be opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionDraft {
    /// Whose work it is.
    pub agent: AgentId,
    /// Where.
    pub workspace: WorkspaceId,
    /// With which scopes, each to read or to write.
    pub scopes: Vec<(ScopeName, Mode)>,
    /// The ticket it is about.
    pub ticket: Option<String>,
    /// What it says about commands, beside what the tenant policy says.
    pub commands: SessionPatterns,
    /// How long it lives at most, in seconds; the usual time when not given.
    pub seconds: Option<u32>,
}

impl Session {
    /// Whether it may be worked in at a moment.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == SessionStatus::Open && now < self.ends_at
    }

    /// What it has of a scope.
    #[must_use]
    pub fn held(&self, scope: &str) -> Option<&HeldScope> {
        let mut scopes = self.scopes.iter();
        scopes.find(|held| held.name.as_str() == scope)
    }

    /// When it would end if it were renewed at a moment.
    #[must_use]
    pub fn next_end(&self, now: Timestamp) -> Timestamp {
        moment::later(now, TERM_SECONDS).min(self.until)
    }

    /// What rights over it are about.
    #[must_use]
    pub const fn resource(&self) -> Resource<'_> {
        Resource {
            workspace: Some(&self.workspace),
            agent: Some(&self.agent),
            scope: None,
        }
    }
}
