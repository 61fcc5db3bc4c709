//! An agent as lists show it.

use super::{moment::Moment, words};
use portcullis_firewall::{agent, firewall::AgentView, tally::AgentTally};
use portcullis_policy::{facts::AgentStatus, tier::Tier};
use serde::Serialize;
use utoipa::ToSchema;

/// A registered agent with its running counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Agent {
    /// Given by the gate, never changed.
    #[schema(example = "agt_2f61c0ffee00000000000001")]
    pub id: String,
    /// The same as `id`.
    pub agent_id: String,
    /// For people.
    pub name: String,
    /// What it does.
    pub description: String,
    /// A free label, e.g. `general`.
    pub agent_type: String,
    /// Its own account of itself.
    pub who_i_am: String,
    /// 1, and one more whenever `who_i_am` changes.
    pub who_i_am_version: u32,
    /// Where it is in its life.
    #[schema(value_type = words::AgentStatus)]
    pub status: AgentStatus,
    /// Why it is there.
    pub status_reason: Option<String>,
    /// Raises every action to at least this tier.
    #[schema(value_type = Option<words::Tier>)]
    pub tier_override: Option<Tier>,
    /// A floor over every dimension of confidence, 0 to 1; a shortfall holds.
    pub confidence_floor: Option<f64>,
    /// The person who answers for it.
    pub owner: Option<String>,
    /// Actions judged.
    pub total_governed: u64,
    /// Of these CLEARED.
    pub total_cleared: u64,
    /// Of these HELD.
    pub total_held: u64,
    /// Of these BLOCKED.
    pub total_blocked: u64,
    /// When it last asked for an action.
    pub last_seen: Option<Moment>,
    /// When it was registered.
    pub created_at: Moment,
}

impl From<AgentView> for Agent {
    fn from(view: AgentView) -> Self {
        let AgentView { agent, tally } = view;
        Self::of(agent, &tally)
    }
}

impl Agent {
    /// An agent that has just been registered.
    pub(crate) fn fresh(agent: agent::Agent) -> Self {
        Self::of(agent, &AgentTally::default())
    }

    fn of(agent: agent::Agent, tally: &AgentTally) -> Self {
        Self {
            id: agent.id.to_string(),
            agent_id: agent.id.to_string(),
            name: agent.name,
            description: agent.description,
            agent_type: agent.agent_type,
            who_i_am: agent.who_i_am,
            who_i_am_version: agent.who_i_am_version,
            status: agent.status,
            status_reason: agent.status_reason,
            tier_override: agent.tier_override,
            confidence_floor: agent.confidence_floor,
            owner: agent.owner.map(|owner| owner.to_string()),
            total_governed: tally.governed,
            total_cleared: tally.cleared,
            total_held: tally.held,
            total_blocked: tally.blocked,
            last_seen: tally.last_seen_ms.and_then(Moment::of_ms),
            created_at: agent.created_at.into(),
        }
    }
}
