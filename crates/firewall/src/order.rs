//! What is handed to whoever acts for the gate, and what comes back.

use crate::{digest::ActionDigest, lease::InHand, live::Live};
use portcullis_policy::{
    amount::Micros,
    id::{AgentId, ScopeName, SessionId, TenantId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most bytes of a summary that are kept.
pub const SUMMARY_MAX_BYTES: usize = 1_024;

/// One action that may be done now, once. Its permit is spent.
///
/// Only the frozen bytes say what to do: nothing that came after the verdict is in here.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Whose action.
    pub agent: AgentId,
    /// The record of its decision: the action's number.
    pub seq: u64,
    /// What exactly was judged.
    pub digest: ActionDigest,
    /// The action type, e.g. `workloads.submit`.
    pub action_type: String,
    /// The target as the action names it.
    pub target: String,
    /// The environment as the action names it.
    pub environment: String,
    /// The parameters that were frozen.
    pub parameters: Map<String, Value>,
    /// The canonical bytes that were digested, parameters among them.
    pub action: Vec<u8>,
    /// The same for every order of one action and for no other; for targets that take such a key.
    pub idempotency_key: String,
    /// How many rows the dry run of this action found; whoever acts on rows touches so many or
    /// none.
    pub expected_rows: Option<u64>,
    /// The piece of work it belongs to, when that is one of the gate's sessions.
    pub work: Option<Work>,
    /// The credential that was minted for it, when the action names a scope.
    pub lease: Option<InHand>,
    /// Who hears what it says while it runs.
    pub live: Option<Live>,
}

/// The piece of work that an order belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Work {
    /// The session: it was open when the order was made.
    pub session: SessionId,
    /// The scope that the action names.
    pub scope: Option<ScopeName>,
    /// The hold that people released, when there was one.
    pub hold: Option<String>,
    /// Whether the action was judged to write.
    pub writes: bool,
}

impl Order {
    /// The idempotency key of an action: its number in its tenant's chain and its digest.
    #[must_use]
    pub fn key_of(tenant: &TenantId, seq: u64, digest: &ActionDigest) -> String {
        format!("{tenant}-{seq}-{digest}")
    }
}

/// How acting ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The target said that it was done.
    Done,
    /// It surely did not happen, or the target said that it failed.
    Failed,
    /// Nobody can tell; a person must find out.
    Unknown,
}

/// What became of an order.
///
/// *Fails closed:* whoever acts and cannot tell whether the order took effect says
/// [`Ended::Unknown`], never [`Ended::Failed`].
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// How it ended.
    pub result: Ended,
    /// What was tried and what came of it, in words; no secrets.
    pub summary: String,
    /// What the target answered.
    pub output: Vec<u8>,
    /// Whether there was more output than is kept.
    pub truncated: bool,
    /// What it really cost in US dollars, when the target tells.
    pub cost_usd: Option<Micros>,
    /// What it really took in GPU-hours, when the target tells.
    pub gpu_hours: Option<Micros>,
}

impl Effect {
    /// An effect without output and costs.
    #[must_use]
    pub fn new(result: Ended, summary: impl Into<String>) -> Self {
        Self {
            result,
            summary: summary.into(),
            output: Vec::new(),
            truncated: false,
            cost_usd: None,
            gpu_hours: None,
        }
    }
}

/// What would happen if an order were carried out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DryRun {
    /// Whether every check passed: only then may the action happen.
    pub passed: bool,
    /// What was looked at.
    pub checks: Vec<Check>,
    /// What it would take, e.g. `gpus`.
    pub resources: Map<String, Value>,
    /// The configuration that would change, from what to what.
    pub changes: Vec<String>,
    /// How many rows it would touch.
    pub rows: Option<u64>,
    /// How the target would go about it, e.g. a query plan.
    pub plan: Option<String>,
    /// What it would cost in US dollars.
    pub cost_usd: Option<Micros>,
    /// What it would take in GPU-hours.
    pub gpu_hours: Option<Micros>,
}

/// One thing that a dry run looked at.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What, e.g. `statement`.
    pub name: String,
    /// Whether it was well.
    pub passed: bool,
    /// What was found.
    pub detail: String,
}
