//! Registering agents and changing them.

use super::{Turn, details, json};
use crate::{
    agent::{Agent, Step},
    batch::{DocumentKind, RecordKind},
    error::GateError,
};
use portcullis_policy::{
    facts::AgentStatus,
    id::{AgentId, PersonId},
    tier::Tier,
};
use serde_json::Value;

/// The longest name or description, in bytes.
const TEXT_MAX_BYTES: usize = 4_096;

/// An agent to be registered.
#[derive(Clone, Debug, Default)]
pub struct NewAgent {
    /// For people.
    pub name: String,
    /// What it does.
    pub description: String,
    /// A free label; `general` when empty.
    pub agent_type: String,
    /// Its own account of itself.
    pub who_i_am: String,
    /// The person who answers for it.
    pub owner: Option<String>,
}

/// What to change of an agent; `None` leaves it. `Some(None)` takes it away.
#[derive(Clone, Debug, Default)]
pub struct AgentPatch {
    /// For people.
    pub name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// A free label.
    pub agent_type: Option<String>,
    /// Its own account of itself.
    pub who_i_am: Option<String>,
    /// Raises every action to at least this tier.
    pub tier_override: Option<Option<Tier>>,
    /// A floor over every dimension of confidence.
    pub confidence_floor: Option<Option<f64>>,
    /// The person who answers for it.
    pub owner: Option<Option<String>>,
}

impl Turn<'_> {
    /// Registers an agent under an id of the gate's choosing (principle 16).
    ///
    /// # Errors
    /// [`GateError::Invalid`] for an empty or overlong text.
    pub fn register_agent(&mut self, actor: &str, new: NewAgent) -> Result<Agent, GateError> {
        check_text("name", &new.name, true)?;
        check_text("description", &new.description, false)?;
        check_text("who_i_am", &new.who_i_am, false)?;
        check_text("agent_type", &new.agent_type, false)?;
        let id = self.house.id("agt_")?;
        let agent = Agent {
            id: AgentId::new(&id).map_err(|e| GateError::invalid("id", e.to_string()))?,
            name: new.name,
            description: new.description,
            agent_type: if new.agent_type.is_empty() {
                "general".into()
            } else {
                new.agent_type
            },
            who_i_am: new.who_i_am,
            who_i_am_version: 1,
            status: AgentStatus::Active,
            status_reason: None,
            tier_override: None,
            confidence_floor: None,
            owner: new.owner.map(|owner| self.owner(&owner)).transpose()?,
            created_at: self.now,
        };
        self.change_agent(actor, agent, "registered")
    }

    /// Changes an agent's description or limits; never its id or status.
    ///
    /// # Errors
    /// [`GateError::NotFound`], or [`GateError::Invalid`] for a bad value.
    pub fn update_agent(
        &mut self,
        actor: &str,
        id: &str,
        patch: AgentPatch,
    ) -> Result<Agent, GateError> {
        let mut agent = self.agent(id)?.clone();
        if let Some(floor) = patch.confidence_floor {
            if floor.is_some_and(|f| !(0.0..=1.0).contains(&f)) {
                return Err(GateError::invalid("confidence_floor", "expected 0 to 1"));
            }
            agent.confidence_floor = floor;
        }
        for (name, text, place, required) in [
            ("name", patch.name, &mut agent.name, true),
            (
                "description",
                patch.description,
                &mut agent.description,
                false,
            ),
            ("agent_type", patch.agent_type, &mut agent.agent_type, true),
        ] {
            if let Some(text) = text {
                check_text(name, &text, required)?;
                *place = text;
            }
        }
        if let Some(text) = patch.who_i_am.filter(|text| *text != agent.who_i_am) {
            check_text("who_i_am", &text, false)?;
            agent.who_i_am = text;
            agent.who_i_am_version += 1;
        }
        if let Some(tier) = patch.tier_override {
            agent.tier_override = tier;
        }
        if let Some(owner) = patch.owner {
            agent.owner = owner.map(|owner| self.owner(&owner)).transpose()?;
        }
        self.change_agent(actor, agent, "updated")
    }

    /// Moves an agent to another status.
    ///
    /// # Errors
    /// [`GateError::NotFound`], or [`GateError::Conflict`] when there is no way from its status.
    pub fn move_agent(
        &mut self,
        actor: &str,
        id: &str,
        step: Step,
        why: Option<&str>,
    ) -> Result<Agent, GateError> {
        check_text("reason", why.unwrap_or_default(), false)?;
        let mut agent = self.agent(id)?.clone();
        agent.become_status(step, why)?;
        self.change_agent(actor, agent, why.unwrap_or(step.to.as_str()))
    }

    fn owner(&self, id: &str) -> Result<PersonId, GateError> {
        let person = self.state.people.persons.get(id);
        person
            .map(|person| person.id.clone())
            .ok_or_else(|| GateError::invalid("owner", format!("there is no person `{id}`")))
    }

    fn agent(&self, id: &str) -> Result<&Agent, GateError> {
        self.state
            .agents
            .get(id)
            .ok_or_else(|| GateError::NotFound("agent", id.to_owned()))
    }

    /// Seals a change of an agent with what it was before, and keeps it.
    pub(super) fn change_agent(
        &mut self,
        actor: &str,
        agent: Agent,
        why: &str,
    ) -> Result<Agent, GateError> {
        let before = self.state.agents.get(&agent.id).map(json).transpose()?;
        let members = details([
            ("before", before.unwrap_or(Value::Null)),
            ("after", json(&agent)?),
            ("reason", why.into()),
        ]);
        self.seal_event(RecordKind::AgentChange, (actor, agent.id.as_str()), members)?;
        let labels = (agent.status.as_str(), agent.id.as_str(), agent.created_at);
        self.keep(DocumentKind::Agent, agent.id.as_str(), labels, &agent)?;
        self.state.agents.insert(agent.id.clone(), agent.clone());
        Ok(agent)
    }
}

pub(super) fn check_text(name: &str, text: &str, required: bool) -> Result<(), GateError> {
    if required && text.trim().is_empty() {
        return Err(GateError::invalid(name, "must not be empty"));
    }
    if text.len() > TEXT_MAX_BYTES {
        return Err(GateError::invalid(
            name,
            format!("has at most {TEXT_MAX_BYTES} bytes"),
        ));
    }
    Ok(())
}
