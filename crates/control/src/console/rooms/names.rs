//! What ids are called.

use super::agents::people;
use crate::{
    console::{parts::actor::Actor, paths},
    rights::Gate,
};
use portcullis_firewall::{error::GateError, principal::Principal};
use portcullis_policy::id::{AgentId, PersonId};
use std::collections::HashMap;

/// The agents that somebody sees, by id.
pub(super) struct Agents(HashMap<String, String>);

impl Agents {
    /// Reads them.
    ///
    /// # Errors
    /// As [`portcullis_firewall::firewall::Firewall::agent_names`].
    pub(super) async fn read(gate: &Gate, caller: &Principal) -> Result<Self, GateError> {
        let named = |(id, name): (AgentId, String)| (id.to_string(), name);
        let agents = gate.agent_names(caller).await?;
        Ok(Self(agents.into_iter().map(named).collect()))
    }

    /// The name of an agent, or its id when it has none.
    pub(super) fn name(&self, id: &str) -> String {
        self.0.get(id).map_or_else(|| id.to_owned(), Clone::clone)
    }

    /// An agent by name, or by id when it has none.
    pub(super) fn actor(&self, id: &str) -> Actor {
        if self.0.contains_key(id) {
            let path = paths::one(paths::AGENTS, id);
            return Actor {
                name: self.name(id),
                path,
            };
        }
        Actor::plain(id.to_owned())
    }

    /// The id that a person means by an id or a name; what names no agent stands for itself.
    pub(super) fn meant(&self, word: &str) -> Option<String> {
        if word.is_empty() {
            return None;
        }
        let by_name = || {
            self.0
                .iter()
                .find(|(_, name)| name.eq_ignore_ascii_case(word))
        };
        let id = if self.0.contains_key(word) {
            None
        } else {
            by_name().map(|(id, _)| id.clone())
        };
        Some(id.unwrap_or_else(|| word.to_owned()))
    }
}

/// The people that somebody sees, by id.
pub(super) struct People(HashMap<String, String>);

impl People {
    /// Reads them; nobody for who does not look at people.
    ///
    /// # Errors
    /// As [`portcullis_firewall::firewall::Firewall::people`].
    pub(super) async fn read(gate: &Gate, caller: &Principal) -> Result<Self, GateError> {
        let people = people(gate, caller).await?.into_iter();
        let named = people.map(|person| (person.id.to_string(), person.name));
        Ok(Self(named.collect()))
    }

    /// Somebody as records name them; by the given name when it is nobody that the caller sees.
    pub(super) fn actor(&self, by: &str, name: &str) -> Actor {
        let known = by
            .strip_prefix("person:")
            .and_then(|id| self.0.get_key_value(id));
        known.map_or_else(
            || Actor::plain(name.to_owned()),
            |(id, name)| Actor {
                name: name.clone(),
                path: paths::one(paths::PEOPLE, id),
            },
        )
    }

    /// Somebody by their id alone.
    pub(super) fn one(&self, id: &PersonId) -> Actor {
        self.actor(&format!("person:{id}"), id.as_str())
    }
}

/// Whoever did something, as records name them: an agent, a person, or the gate itself.
pub(super) fn whoever(by: &str, agents: &Agents, people: &People) -> Actor {
    match by.strip_prefix("agent:") {
        Some(id) => agents.actor(id),
        None => people.actor(by, by),
    }
}
