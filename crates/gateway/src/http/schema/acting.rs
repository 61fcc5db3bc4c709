//! The shapes of what the gate does for an agent.

use super::{GovernReply, GovernRequest};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An action to be judged and done. Unknown fields are refused; `permit` means nothing here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActRequest {
    /// The action.
    #[serde(flatten)]
    pub action: GovernRequest,
    /// The dry run that looked at this very action; what it looked at is done.
    pub dry_run_id: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActReply {
    /// The verdict, when it was judged just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<GovernReply>,
    /// The dry run that had to come first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<DryRunShape>,
    /// What was done; `null` when nothing was.
    pub execution: Option<ExecutionShape>,
    /// The name of this request.
    pub request_id: String,
}

/// What would be done.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunReply {
    /// The verdict, when it was judged just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<GovernReply>,
    /// What would happen; `null` for what is refused.
    pub dry_run: Option<DryRunShape>,
    /// The permit that was owed as long as the dry run was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permit: Option<String>,
    /// The name of this request.
    pub request_id: String,
}

/// An action that was carried out, or tried.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Execution)]
pub struct ExecutionShape {
    /// What it really cost, in US dollars, when the target tells.
    pub cost_usd: Option<f64>,
    /// `done`, `failed`, or `unknown`: then it may have been done, and a person finds out. An
    /// earlier sending of the same request may still be `started`.
    pub ended: String,
    /// What it really took, in GPU-hours, when the target tells.
    pub gpu_hours: Option<f64>,
    /// The hash of the outcome's record.
    pub hash: Option<String>,
    /// What the target answered, screened: JSON as JSON, anything else as text.
    #[schema(value_type = Option<Object>)]
    pub output: Option<Value>,
    /// The record of the outcome.
    pub outcome_seq: Option<u64>,
    /// Present and true when this was done at an earlier sending; its output is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated: Option<bool>,
    /// The record of the verdict.
    pub seq: u64,
    /// What was tried and what came of it.
    pub summary: String,
    /// Whether there was more output than is given.
    pub truncated: Option<bool>,
}

/// What an action would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DryRun)]
pub struct DryRunShape {
    /// The action that was looked at.
    pub action_digest: String,
    /// Whether this look found the same as the dry run that counts.
    pub agrees: bool,
    /// What would change, from what to what.
    pub changes: Vec<String>,
    /// What was looked at.
    pub checks: Vec<CheckShape>,
    /// What it would cost, in US dollars.
    pub cost_usd: Option<f64>,
    /// `dry_…`
    pub dry_run_id: String,
    /// Until when it counts.
    pub fresh_until: String,
    /// What it would take, in GPU-hours.
    pub gpu_hours: Option<f64>,
    /// The hold whose people are shown it.
    pub hold_id: Option<String>,
    /// When it was made.
    pub made_at: String,
    /// Whether every check passed: only then may the action happen.
    pub passed: bool,
    /// How the target would go about it.
    pub plan: Option<String>,
    /// What it would take, e.g. `gpus`.
    #[schema(value_type = Object)]
    pub resources: Value,
    /// How many rows it would touch.
    pub rows: Option<u64>,
    /// The record of the verdict.
    pub seq: u64,
}

/// One thing that a dry run looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Check)]
pub struct CheckShape {
    /// What was found.
    pub detail: String,
    /// What, e.g. `statement`.
    pub name: String,
    /// Whether it was well.
    pub passed: bool,
}
