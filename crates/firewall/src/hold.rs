//! A HELD action waiting for people.

use crate::{
    access::Resource,
    approval::Approval,
    chain::Hash,
    digest::{ActionDigest, Nonce},
    electorate::Electorate,
    error::GateError,
    moment,
};
use jiff::Timestamp;
use portcullis_policy::{
    action::Confidence,
    id::{AgentId, PersonId, PolicyId, WorkspaceId},
    tier::{RiskTier, Tier},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A hold as it is kept. What it holds never changes; who is asked may, level by level, and its
/// decision is written once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// `esc_…`
    pub id: String,
    /// Whose action it is.
    pub agent_id: AgentId,
    /// The key of who asked.
    #[serde(default)]
    pub asked_by: String,
    /// The person who asked, when it was one: who asks does not approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by_person: Option<PersonId>,
    /// The person who opened the session it belongs to: the agent works for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub works_for: Option<PersonId>,
    /// Where it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<WorkspaceId>,
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
    /// When this level ends: then the next is asked, or the hold ends by itself, refused.
    pub timeout_at: Timestamp,
    /// How long the first level is asked, in seconds.
    pub timeout_seconds: u32,
    /// Where it stands.
    pub status: HoldStatus,
    /// How many different people must approve, at every level.
    pub approvals_required: u8,
    /// Who is asked now, in the words of the rules; empty is anybody who decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// Everybody who is asked, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ladder: Vec<Rung>,
    /// Which of them is asked now.
    #[serde(default)]
    pub level: u8,
    /// When all asking ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling_at: Option<Timestamp>,
    /// Since when this level is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// Who that is.
    #[serde(default)]
    pub electorate: Electorate,
    /// The random bits of this level's request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
    /// Who said yes so far, at whichever level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// Who said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<Approval>,
    /// `release`, `kill`, `timeout` or `supersede`.
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

/// Whom a level of a hold asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// Who, in the words of the rules; empty is anybody who decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// The channel that is told of it, when it is another than the usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// How long, in seconds.
    pub seconds: u32,
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
    /// What people were asked is no longer what would happen: refused.
    Superseded,
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
            Self::Superseded => "SUPERSEDED",
        }
    }
}

impl Hold {
    /// Whether the time of the present level is over. At the very moment of its end it is.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status == HoldStatus::Held && now >= self.timeout_at
    }

    /// Whether its time is over and nobody else will be asked.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.is_overdue(now) && self.next_rung(now).is_none()
    }

    /// Who is asked next, as long as there is time.
    #[must_use]
    pub fn next_rung(&self, now: Timestamp) -> Option<&Rung> {
        let next = usize::from(self.level).saturating_add(1);
        self.ceiling_at
            .filter(|ceiling| now < *ceiling)
            .and_then(|_| self.ladder.get(next))
    }

    /// Asks the next level: a new request, for which no earlier answer counts.
    pub fn ask_next(&mut self, rung: &Rung, electorate: Electorate, nonce: Nonce, now: Timestamp) {
        let end = moment::later(now, rung.seconds);
        self.level = self.level.saturating_add(1);
        self.approvers.clone_from(&rung.approvers);
        self.timeout_at = self.ceiling_at.map_or(end, |ceiling| end.min(ceiling));
        self.asked_at = Some(now);
        self.electorate = electorate;
        self.nonce = Some(nonce);
    }

    /// What rights to decide it are checked against.
    #[must_use]
    pub fn resource(&self) -> Resource<'_> {
        Resource {
            workspace: self.workspace_id.as_ref(),
            agent: Some(&self.agent_id),
            scope: Some(&self.target_service),
        }
    }

    /// Since when the present level is asked.
    #[must_use]
    pub fn asked_at(&self) -> Timestamp {
        self.asked_at.unwrap_or(self.created_at)
    }

    /// Checks that it still waits for people.
    ///
    /// # Errors
    /// [`GateError::Conflict`] naming what it is instead.
    pub fn must_wait(&self, now: Timestamp) -> Result<(), GateError> {
        let message = match self.status {
            HoldStatus::Held if !self.is_overdue(now) => return Ok(()),
            HoldStatus::Held => {
                let message = format!("the time to decide hold `{}` is over", self.id);
                return Err(GateError::conflict("hold.expired", message));
            }
            other => format!(
                "hold `{}` is {} and cannot be decided again",
                self.id,
                other.as_str()
            ),
        };
        Err(GateError::conflict("hold.already_decided", message))
    }

    /// Why it gives no permit: it was taken already, or people did not release it.
    #[must_use]
    pub fn without_permit(&self) -> GateError {
        if self.claimed {
            let message = format!("the permit of hold `{}` was taken", self.id);
            return GateError::conflict("hold.claimed", message);
        }
        let message = format!("hold `{}` is {}", self.id, self.status.as_str());
        GateError::conflict("hold.not_released", message)
    }

    /// What was said yes to at the present level.
    pub fn approvals_now(&self) -> impl Iterator<Item = &Approval> {
        let now = |approval: &&Approval| approval.level == self.level;
        self.approvals.iter().filter(now)
    }

    /// Ends it for good.
    pub fn end(&mut self, status: HoldStatus, by: &str, now: Timestamp, why: Option<&str>) {
        let word = match status {
            HoldStatus::Held => return,
            HoldStatus::Released => "release",
            HoldStatus::Killed => "kill",
            HoldStatus::TimedOut => "timeout",
            HoldStatus::Superseded => "supersede",
        };
        self.status = status;
        self.decision = Some(word.to_owned());
        self.decided_by = Some(by.to_owned());
        self.decided_at = Some(now);
        self.decision_reason = why.map(str::to_owned);
    }
}
