//! An action that the gate carries out itself: begun once, and ended by an outcome.

use crate::digest::ActionDigest;
use jiff::Timestamp;
use portcullis_policy::id::AgentId;
use serde::{Deserialize, Serialize};

/// How far an execution is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The permit is spent and the order is out.
    Started,
    /// Nobody can tell what became of it; a person must find out.
    Unknown,
    /// It was done.
    Done,
    /// It was not done.
    Failed,
}

impl Stage {
    /// The word that lists filter by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Unknown => "unknown",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// An action that was begun.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// The record of the action's decision.
    pub seq: u64,
    /// Whose action.
    pub agent_id: AgentId,
    /// What exactly.
    pub action_digest: ActionDigest,
    /// The action type.
    pub action_type: String,
    /// The target as the action names it.
    pub target: String,
    /// How far it is.
    pub stage: Stage,
    /// What was tried and what came of it; empty while it runs.
    pub summary: String,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it counts as unknown if nothing was heard: then a person must find out.
    pub due_at: Timestamp,
}
