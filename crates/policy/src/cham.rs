//! The CHAM policies of seed 001: configurable, hot-swappable, auditable, measurable.
//!
//! Each type has a file of its own below `cham/` with its configuration as it is kept inside.
//! What a person may write (seed 001 and the dialects of the documentation) is read and checked
//! by [`read`].

pub mod action_type_block;
pub mod compliance_pack;
pub mod confidence_floor;
pub mod environment_restriction;
pub mod grant_lifecycle;
pub mod rate_limit;
pub mod read;
pub mod require_reasoning;
pub mod time_window;

use crate::id::{AgentId, PolicyId};
use action_type_block::ActionTypeBlock;
use compliance_pack::CompliancePack;
use confidence_floor::ConfidenceFloor;
use environment_restriction::EnvironmentRestriction;
use grant_lifecycle::GrantLifecycle;
use jiff::Timestamp;
use rate_limit::RateLimit;
use require_reasoning::RequireReasoning;
use serde::{Deserialize, Serialize};
use time_window::TimeWindow;

/// One policy as the gate keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Given by the gate, `pol_…`.
    pub id: PolicyId,
    /// For people.
    pub name: String,
    /// The agent it is for; `None` is tenant-wide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// What it says.
    #[serde(flatten)]
    pub rule: Rule,
    /// Loaded for judging; deactivated policies are kept, never deleted.
    pub active: bool,
    /// Recorded but not enforced.
    #[serde(default)]
    pub log_only: bool,
    /// How long a hold it causes lives, instead of the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_minutes: Option<u32>,
    /// How bad a violation of it is, instead of the default for its tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// When it was made; the newer of two equals wins a conflict.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// 1, and one more with every change.
    pub version: u32,
}

/// The eight types, each with its configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "config", rename_all = "snake_case")]
pub enum Rule {
    /// Minimum confidence per dimension.
    ConfidenceFloor(ConfidenceFloor),
    /// The most autonomy an environment permits.
    EnvironmentRestriction(EnvironmentRestriction),
    /// Action types refused outright.
    ActionTypeBlock(ActionTypeBlock),
    /// The most actions in a time.
    RateLimit(RateLimit),
    /// Fields an action must bring.
    RequireReasoning(RequireReasoning),
    /// A pre-approval with limited uses and an end.
    GrantLifecycle(GrantLifecycle),
    /// A set of regulatory rules.
    CompliancePack(CompliancePack),
    /// Approved change windows.
    TimeWindow(TimeWindow),
}

impl Rule {
    /// The name of the type on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ConfidenceFloor(_) => "confidence_floor",
            Self::EnvironmentRestriction(_) => "environment_restriction",
            Self::ActionTypeBlock(_) => "action_type_block",
            Self::RateLimit(_) => "rate_limit",
            Self::RequireReasoning(_) => "require_reasoning",
            Self::GrantLifecycle(_) => "grant_lifecycle",
            Self::CompliancePack(_) => "compliance_pack",
            Self::TimeWindow(_) => "time_window",
        }
    }

    /// What the policy says for itself, shown with the verdict.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::EnvironmentRestriction(rule) => rule.reason.as_deref(),
            Self::ActionTypeBlock(rule) => rule.reason.as_deref(),
            Self::RateLimit(rule) => rule.reason.as_deref(),
            Self::RequireReasoning(rule) => rule.reason.as_deref(),
            Self::TimeWindow(rule) => rule.reason.as_deref(),
            Self::ConfidenceFloor(_) | Self::GrantLifecycle(_) | Self::CompliancePack(_) => None,
        }
    }
}

/// What a breached policy does.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnBreach {
    /// BLOCKED.
    #[default]
    Block,
    /// HELD.
    Hold,
}

/// How bad a violation is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Kept for patterns.
    Low,
    /// Caught; to be reviewed.
    Medium,
    /// Denied; operators are told.
    High,
    /// The agent is blocked by itself.
    Critical,
}
