//! A HELD action waiting for people.

use crate::{chain::Hash, digest::ActionDigest, error::GateError};
use jiff::Timestamp;
use portcullis_policy::{
    action::Confidence,
    id::{AgentId, PolicyId},
    tier::{RiskTier, Tier},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A hold as it is kept. What it holds never changes; only its decision is written, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// `esc_…`
    pub id: String,
    /// Whose action it is.
    pub agent_id: AgentId,
    /// The key of who asked: a person who asks does not approve.
    #[serde(default)]
    pub asked_by: String,
    /// For what.
    pub action_type: String,
    /// On what.
    pub target_service: String,
    /// Where.
    pub environment: String,
    /// With what.
    pub parameters: Value,
    /// The tier that holds it.
    pub tier: Tier,
    /// How risky it is.
    pub risk_tier: RiskTier,
    /// The agent's own words.
    #[serde(default)]
    pub reasoning: Option<String>,
    /// How sure the agent says it is.
    pub confidence: Confidence,
    /// Why it is held, in the gate's words.
    pub decision_reasoning: String,
    /// The reasons, as in the record.
    pub reasons: Value,
    /// The policies that fired.
    pub policies_fired: Vec<Fired>,
    /// The record of the HELD verdict.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// What exactly is held.
    pub action_digest: ActionDigest,
    /// The request it came from, so that a retry finds it.
    pub request_digest: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself, refused.
    pub timeout_at: Timestamp,
    /// Its whole life, in seconds.
    pub timeout_seconds: u32,
    /// Where it stands.
    pub status: HoldStatus,
    /// How many different people must approve.
    pub approvals_required: u8,
    /// Who may; empty is any operator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// Who did so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// `release`, `kill` or `timeout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_reason: Option<String>,
    /// Whether the permit of a released hold was taken; it is given once.
    #[serde(default)]
    pub claimed: bool,
}

/// A policy that fired, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fired {
    /// Its id.
    pub policy_id: PolicyId,
    /// Its name.
    pub policy_name: String,
    /// Its type.
    pub policy_type: String,
    /// What it says for itself.
    #[serde(default)]
    pub reason: Option<String>,
}

/// One person's yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who, as records name them.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Where a hold stands; all but HELD are final.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HoldStatus {
    /// Waiting.
    Held,
    /// Approved.
    Released,
    /// Refused.
    Killed,
    /// Nobody decided in time: refused.
    TimedOut,
}

impl HoldStatus {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "HELD",
            Self::Released => "RELEASED",
            Self::Killed => "KILLED",
            Self::TimedOut => "TIMED_OUT",
        }
    }
}

impl Hold {
    /// Whether its time is over. At the very moment of the timeout it is.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status == HoldStatus::Held && now >= self.timeout_at
    }

    /// Checks that it still waits for people.
    ///
    /// # Errors
    /// [`GateError::Conflict`] naming what it is instead.
    pub fn must_wait(&self, now: Timestamp) -> Result<(), GateError> {
        let status = if self.is_overdue(now) {
            HoldStatus::TimedOut
        } else {
            self.status
        };
        if status == HoldStatus::Held {
            return Ok(());
        }
        Err(GateError::conflict(
            "hold.already_decided",
            format!(
                "hold `{}` is {} and cannot be decided again",
                self.id,
                status.as_str()
            ),
        ))
    }

    /// Whether an approver list lets this operator decide.
    #[must_use]
    pub fn may_decide(&self, name: &str, groups: &[String]) -> bool {
        self.approvers.is_empty()
            || self.approvers.iter().any(|listed| {
                listed == name
                    || listed.strip_prefix("person:") == Some(name)
                    || listed
                        .strip_prefix("group:")
                        .is_some_and(|group| groups.iter().any(|own| own == group))
            })
    }

    /// Notes an approval, and releases the hold when there are enough by different people.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when the same person approves twice.
    pub fn approve(&mut self, by: &str, now: Timestamp) -> Result<(), GateError> {
        if self.approvals.iter().any(|approval| approval.by == by) {
            return Err(GateError::conflict(
                "approval.same_person",
                format!("`{by}` has already approved; another person must"),
            ));
        }
        self.approvals.push(Approval {
            by: by.to_owned(),
            at: now,
        });
        if self.approvals.len() >= usize::from(self.approvals_required.max(1)) {
            self.end(HoldStatus::Released, by, now, None);
        }
        Ok(())
    }

    /// Ends it for good.
    pub fn end(&mut self, status: HoldStatus, by: &str, now: Timestamp, why: Option<&str>) {
        let word = match status {
            HoldStatus::Held => return,
            HoldStatus::Released => "release",
            HoldStatus::Killed => "kill",
            HoldStatus::TimedOut => "timeout",
        };
        self.status = status;
        self.decision = Some(word.to_owned());
        self.decided_by = Some(by.to_owned());
        self.decided_at = Some(now);
        self.decision_reason = why.map(str::to_owned);
    }
}
