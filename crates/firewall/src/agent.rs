//! A registered agent and its life.

use crate::error::GateError;
use jiff::Timestamp;
use portcullis_policy::{
    facts::{AgentStatus, Standing},
    id::{AgentId, PersonId},
    tier::Tier,
};
use serde::{Deserialize, Serialize};

/// An agent as it is kept. Its running counts live in the tally.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// Given by the gate, never changed (principle 16).
    pub id: AgentId,
    /// For people.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub description: String,
    /// A free label, e.g. `general`.
    pub agent_type: String,
    /// Its own account of itself.
    #[serde(default)]
    pub who_i_am: String,
    /// 1, and one more whenever `who_i_am` changes.
    pub who_i_am_version: u32,
    /// Where it is in its life.
    pub status: AgentStatus,
    /// Why it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// Raises every action to at least this tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier_override: Option<Tier>,
    /// A floor over every dimension of confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_floor: Option<f64>,
    /// Who answers for it; they do not approve what it asks, unless the rules let them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A step in an agent's life.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Step {
    /// Where it may begin, when not wherever there is a way.
    pub from: Option<AgentStatus>,
    /// Where it leads.
    pub to: AgentStatus,
}

impl From<AgentStatus> for Step {
    fn from(to: AgentStatus) -> Self {
        Self { from: None, to }
    }
}

impl Agent {
    /// How it stands, for judging.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        Standing {
            status: self.status,
            confidence_floor: self.confidence_floor,
            tier_override: self.tier_override,
        }
    }

    /// Moves to another status.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when there is no way from here to there.
    pub fn become_status(
        &mut self,
        step: impl Into<Step>,
        why: Option<&str>,
    ) -> Result<(), GateError> {
        let Step { from, to } = step.into();
        if let Some(from) = from.filter(|from| *from != self.status) {
            return Err(GateError::conflict(
                "agent.status",
                format!(
                    "the agent is {}, not {}",
                    self.status.as_str(),
                    from.as_str()
                ),
            ));
        }
        if !may_become(self.status, to) {
            return Err(GateError::conflict(
                "agent.status",
                format!(
                    "an agent that is {} cannot become {}",
                    self.status.as_str(),
                    to.as_str()
                ),
            ));
        }
        self.status = to;
        self.status_reason = why.map(str::to_owned);
        Ok(())
    }
}

/// The ways through an agent's life; a revoked identity leads nowhere.
const fn may_become(from: AgentStatus, to: AgentStatus) -> bool {
    use AgentStatus::{Active, Blocked, Deregistered, IdentityRevoked, Paused};
    matches!(
        (from, to),
        (Active, Paused | Blocked | Deregistered | IdentityRevoked)
            | (Paused, Active | Blocked | Deregistered | IdentityRevoked)
            | (Blocked, Active | Deregistered | IdentityRevoked)
            | (Deregistered, Active | IdentityRevoked)
    )
}
