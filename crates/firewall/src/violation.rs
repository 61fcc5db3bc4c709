//! A refused action, to be looked at by people.

use jiff::Timestamp;
use portcullis_policy::{cham::Severity, code::Code, id::AgentId, tier::Tier};
use serde::{Deserialize, Serialize};

use crate::hold::Fired;

/// A violation as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// `vio_…`
    pub id: String,
    /// What was violated.
    #[serde(rename = "type")]
    pub kind: ViolationKind,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub status: ViolationStatus,
    /// Whose action.
    pub agent_id: AgentId,
    /// The agent's name then.
    pub agent_name: String,
    /// What was asked.
    pub action_type: String,
    /// On what.
    pub target_service: String,
    /// Where.
    pub environment: String,
    /// Which rule.
    #[serde(default)]
    pub rule_violated: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// The policies that fired.
    pub fired_policies: Vec<Fired>,
    /// The record of the BLOCKED verdict.
    pub seq: u64,
    /// When.
    pub timestamp: Timestamp,
    /// Who resolved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// With what words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// What was violated.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ViolationKind {
    /// A principle.
    SgpViolation,
    /// A CHAM policy.
    ChamViolation,
    /// The tenant policy: not allowed, over a cap, a budget or a rate.
    TenantPolicyViolation,
    /// The agent is blocked.
    AgentBlocked,
    /// No grant where one is required.
    NoValidGrant,
    /// The gate failed and refused.
    GateFailure,
}

impl ViolationKind {
    /// The kind and usual severity of a refusal for a reason.
    #[must_use]
    pub const fn of(code: Code, tier: Tier) -> (Self, Severity) {
        match code {
            Code::Principle => (Self::SgpViolation, Severity::Critical),
            Code::AgentBlocked | Code::AgentPaused => (Self::AgentBlocked, Severity::High),
            Code::NoValidGrant => (Self::NoValidGrant, Severity::Medium),
            Code::StageFailed => (Self::GateFailure, Severity::High),
            Code::TierProhibited | Code::Denied | Code::CrossTenant | Code::CommandBlocked => {
                (Self::TenantPolicyViolation, Severity::High)
            }
            Code::SessionMissing
            | Code::SessionNotOpen
            | Code::ScopeNotHeld
            | Code::ScopeEnvironment
            | Code::ScopeReadOnly
            | Code::NotAllowed
            | Code::CapExceeded
            | Code::OutOfScope
            | Code::CommandMalformed
            | Code::BudgetAction
            | Code::BudgetDaily
            | Code::BudgetMonthly
            | Code::BudgetUnknown => (Self::TenantPolicyViolation, Severity::Medium),
            _ => (
                Self::ChamViolation,
                match tier {
                    Tier::X => Severity::Critical,
                    Tier::A | Tier::B | Tier::C => Severity::Medium,
                },
            ),
        }
    }

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SgpViolation => "SGP_VIOLATION",
            Self::ChamViolation => "CHAM_VIOLATION",
            Self::TenantPolicyViolation => "TENANT_POLICY_VIOLATION",
            Self::AgentBlocked => "AGENT_BLOCKED",
            Self::NoValidGrant => "NO_VALID_GRANT",
            Self::GateFailure => "GATE_FAILURE",
        }
    }
}

/// Where a violation stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ViolationStatus {
    /// Nobody has dealt with it.
    Open,
    /// Somebody has.
    Resolved,
}
