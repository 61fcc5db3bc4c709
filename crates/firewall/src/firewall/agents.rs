//! Agents: who registers and changes them, and who sees them.

use super::{
    Firewall,
    entry::architect,
    seen::{may_watch, sees_agent},
};
use crate::{
    agent::{Agent, Step},
    error::GateError,
    principal::Principal,
    tally::AgentTally,
    turn::{AgentPatch, NewAgent, Turn},
};
use portcullis_policy::id::AgentId;

/// An agent with its running counts.
#[derive(Clone, Debug)]
pub struct AgentView {
    /// The agent.
    pub agent: Agent,
    /// Its counts.
    pub tally: AgentTally,
}

impl Firewall {
    /// Registers an agent.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, else as
    /// [`crate::turn::Turn::register_agent`].
    pub async fn register_agent(
        &self,
        principal: &Principal,
        new: NewAgent,
    ) -> Result<Agent, GateError> {
        let actor = architect(principal)?;
        self.on_lane(principal, move |turn| turn.register_agent(&actor, new))
            .await
    }

    /// Changes an agent.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, else as
    /// [`crate::turn::Turn::update_agent`].
    pub async fn update_agent(
        &self,
        principal: &Principal,
        id: &str,
        patch: AgentPatch,
    ) -> Result<Agent, GateError> {
        let (actor, id) = (architect(principal)?, id.to_owned());
        self.on_lane(principal, move |turn| turn.update_agent(&actor, &id, patch))
            .await
    }

    /// Moves an agent to another status.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, else as
    /// [`crate::turn::Turn::move_agent`].
    pub async fn move_agent(
        &self,
        principal: &Principal,
        id: &str,
        step: impl Into<Step>,
        why: Option<&str>,
    ) -> Result<Agent, GateError> {
        let (actor, id, step) = (architect(principal)?, id.to_owned(), step.into());
        let why = self.screened_reason(&principal.tenant, why.map(str::to_owned))?;
        self.on_lane(principal, move |turn| {
            turn.move_agent(&actor, &id, step, why.as_deref())
        })
        .await
    }

    /// Every agent that the caller sees, in order of id. For who sees some of its actions alone,
    /// those are what is counted.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn agents(&self, principal: &Principal) -> Result<Vec<AgentView>, GateError> {
        may_watch(principal)?;
        let caller = principal.clone();
        let mut views: Vec<AgentView> = self
            .on_lane(principal, move |turn| {
                let all = turn.state.agents.values();
                let seen = all.filter(|agent| sees_agent(turn, &caller, &agent.id));
                Ok(seen.map(|agent| agent_view(turn, agent)).collect())
            })
            .await?;
        if !principal.sees_all() {
            let mut counts = self.counts_seen(principal, None).await?;
            for view in &mut views {
                view.tally = counts.remove(view.agent.id.as_str()).unwrap_or_default();
            }
        }
        Ok(views)
    }

    /// What the agents that the caller sees are called, by id.
    ///
    /// # Errors
    /// As [`Self::agents`].
    pub async fn agent_names(
        &self,
        principal: &Principal,
    ) -> Result<Vec<(AgentId, String)>, GateError> {
        may_watch(principal)?;
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let all = turn.state.agents.values();
            let seen = all.filter(|agent| sees_agent(turn, &caller, &agent.id));
            Ok(seen
                .map(|agent| (agent.id.clone(), agent.name.clone()))
                .collect())
        })
        .await
    }

    /// One agent. An agent's own key may look at itself.
    ///
    /// # Errors
    /// [`GateError::Forbidden`]; [`GateError::NotFound`], also for one that the caller does not see.
    pub async fn agent(&self, principal: &Principal, id: &str) -> Result<AgentView, GateError> {
        let is_own = principal.role.agent().is_some_and(|own| own.as_str() == id);
        if !is_own {
            may_watch(principal)?;
        }
        let (caller, wanted) = (principal.clone(), id.to_owned());
        let mut view = self
            .on_lane(principal, move |turn| {
                let agent = turn.state.agents.get(wanted.as_str());
                let seen = agent.filter(|agent| sees_agent(turn, &caller, &agent.id));
                let agent = seen.ok_or(GateError::NotFound("agent", wanted))?;
                Ok(agent_view(turn, agent))
            })
            .await?;
        if !is_own && !principal.sees_all() {
            let mut counts = self.counts_seen(principal, Some(id)).await?;
            view.tally = counts.remove(id).unwrap_or_default();
        }
        Ok(view)
    }
}

fn agent_view(turn: &Turn<'_>, agent: &Agent) -> AgentView {
    let tally = turn
        .state
        .tally
        .agent(&agent.id)
        .cloned()
        .unwrap_or_default();
    AgentView {
        agent: agent.clone(),
        tally,
    }
}
