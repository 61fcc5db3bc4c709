//! An action that the gate carries out itself, as lists show it.

use super::moment::Moment;
use portcullis_firewall::execution;
use serde::Serialize;
use utoipa::ToSchema;

/// An action that the gate began and whose end is not known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenExecution)]
pub(crate) struct Execution {
    /// The record of the action's verdict.
    pub seq: u64,
    /// `started`, or `unknown`: then a person finds out.
    #[schema(example = "unknown")]
    pub stage: &'static str,
    /// Whose action.
    pub agent_id: String,
    /// What exactly, 64 hex digits.
    pub action_digest: String,
    /// The action type.
    #[schema(example = "tickets.create")]
    pub action_type: String,
    /// On what.
    pub target_service: String,
    /// What was tried and what came of it; empty while it runs.
    pub summary: String,
    /// When it was begun.
    pub started_at: Moment,
    /// When it counts as unknown if nothing was heard.
    pub due_at: Moment,
}

impl From<execution::Execution> for Execution {
    fn from(execution: execution::Execution) -> Self {
        Self {
            seq: execution.seq,
            stage: execution.stage.as_str(),
            agent_id: execution.agent_id.to_string(),
            action_digest: execution.action_digest.to_string(),
            action_type: execution.action_type,
            target_service: execution.target,
            summary: execution.summary,
            started_at: execution.started_at.into(),
            due_at: execution.due_at.into(),
        }
    }
}
