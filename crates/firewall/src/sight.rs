//! What people are shown of a hold before they decide: rendered by the gate from the frozen bytes.
//!
//! Every text in here can be shown as it is, in any medium that escapes its own markup: control,
//! invisible and bidirectional characters stand as escapes. The agent's own words are apart from
//! what the gate knows.

mod budget;
mod command;
mod difference;
mod dry_run;
mod render;
mod workload;

pub use budget::BudgetLeft;
pub use difference::{Change, Line};
pub use dry_run::Foreseen;
pub(crate) use render::{Around, render};
pub use workload::Workload;

use crate::{
    approval::{Choice, Way},
    hold::HoldStatus,
};
use jiff::Timestamp;
use portcullis_policy::tier::{RiskTier, Tier};
use serde::Serialize;

/// A hold as an approver sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sight {
    /// The tenant.
    pub tenant: String,
    /// `esc_…`
    pub hold: String,
    /// Where it stands.
    pub status: HoldStatus,
    /// The agent's id.
    pub agent: String,
    /// The agent's name.
    pub agent_name: String,
    /// What it wants to do.
    pub action_type: String,
    /// On what.
    pub target: String,
    /// Where.
    pub environment: String,
    /// In which workspace.
    pub workspace: Option<String>,
    /// The scope whose credentials it is to be done with, its session, and what for, in words.
    pub scope: Option<String>,
    /// The name of the person who opened the session: the agent works for them.
    pub works_for: Option<String>,
    /// Names the exact action, as hex.
    pub digest: String,
    /// The parameters as indented JSON, line by line, marked against the previous decision.
    pub parameters: Vec<Line>,
    /// What a command does, told from its words, line by line; empty for other actions.
    pub command: Vec<String>,
    /// The decision of the same agent, type and target that the lines are compared with.
    pub previous: Option<Previous>,
    /// The tier.
    pub tier: Tier,
    /// How risky it is.
    pub risk_tier: RiskTier,
    /// Why people must decide, in the gate's words.
    pub why: String,
    /// The policies that fired, by name, with what they say for themselves.
    pub policies: Vec<(String, Option<String>)>,
    /// What it would cost, in words; `None` when it costs nothing that is counted.
    pub cost: Option<String>,
    /// What it would do, when that was looked at.
    pub dry_run: Option<Foreseen>,
    /// What a release would touch that runs now.
    pub workloads: Vec<Workload>,
    /// What is left in the budgets this action would draw on.
    pub budgets: Vec<BudgetLeft>,
    /// What the agent points to, each piece as JSON. The agent's claim.
    pub evidence: Vec<String>,
    /// How sure the agent says it is, by dimension, 0 to 1. The agent's claim.
    pub confidence: Vec<(String, f64)>,
    /// The agent's own words. Never to be trusted.
    pub words: Option<String>,
    /// How many bytes of the action are not shown here; such a hold is decided where all is shown.
    pub hidden_bytes: usize,
    /// How many parts of the action are hidden from everybody, as secrets or personal data.
    pub hidden_parts: u64,
    /// Who decided so far.
    pub votes: Vec<Vote>,
    /// How many different people must approve.
    pub approvals_required: u8,
    /// Who is asked, as the rules name them; empty is anybody who decides.
    pub asked: Vec<String>,
    /// 1 for who is asked first; one more each time others are asked.
    pub level: u8,
    /// How many levels there are.
    pub levels: u8,
    /// The channel this level is asked in, by name or id, when the rules name one.
    pub channel: Option<String>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When this level ends: then the next is asked, or the hold ends refused.
    pub ends_at: Timestamp,
    /// How it ended.
    pub ending: Option<Ending>,
}

/// An earlier decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Previous {
    /// Its record.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
}

/// What one person said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Vote {
    /// Their name.
    pub name: String,
    /// What they said.
    pub choice: Choice,
    /// When.
    pub at: Timestamp,
    /// Where.
    pub way: Way,
}

/// How a hold ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ending {
    /// The name of who decided; `portcullis` when nobody did.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<String>,
}

impl Sight {
    /// Whether all of the action is shown, so that it can be decided from what is seen.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.hidden_bytes == 0
    }
}
