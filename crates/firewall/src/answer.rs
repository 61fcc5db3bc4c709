//! What the gate answers to a request to judge.

use crate::{chain::Hash, digest::ActionDigest, hold::Fired};
use jiff::Timestamp;
use portcullis_policy::{
    facts::Mode,
    tier::{RiskTier, Tier, Verdict},
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::sync::Arc;

/// A verdict that is sealed and durable, with its reasons.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// What is enforced.
    pub verdict: Verdict,
    /// Who decides.
    pub tier: Tier,
    /// How risky the action is.
    pub risk_tier: RiskTier,
    /// What would be enforced without audit-only mode and log-only policies.
    pub would: (Verdict, Tier),
    /// How the tenant is governed.
    pub mode: Mode,
    /// The record.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// What exactly was judged.
    pub action_digest: ActionDigest,
    /// The rule that a BLOCKED verdict names, e.g. `SGP-13`, a policy's id or a reason's code.
    pub rule_violated: Option<String>,
    /// Why, in one text.
    pub reasoning: String,
    /// The reasons as JSON, as in the record.
    pub reasons: Arc<RawValue>,
    /// The policies that changed the outcome.
    pub policies_fired: Vec<Fired>,
    /// The hold, when HELD.
    pub hold: Option<HoldTicket>,
    /// A permit, when CLEARED and asked for.
    pub permit: Option<String>,
    /// Why there is no permit although it was asked for.
    pub permit_withheld: Option<String>,
    /// Whether a dry run must come before acting.
    pub dry_run_required: bool,
    /// Budgets that pass their warning line with this action.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Whether this is the answer of an earlier sending of the same request.
    pub repeated: bool,
}

/// How to follow a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldTicket {
    /// `esc_…`
    pub id: String,
    /// When it ends by itself, refused.
    pub timeout_at: Timestamp,
    /// How many different people must approve.
    pub approvals_required: u8,
}

impl Answer {
    /// Whether the agent may act: only ever on CLEARED.
    #[must_use]
    pub fn execute(&self) -> bool {
        self.verdict == Verdict::Cleared
    }
}
