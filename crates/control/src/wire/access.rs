//! What people may reach.

use super::words;
use portcullis_firewall::{
    access::{self, Effect},
    firewall,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What the members of groups may and may not reach, by workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PermissionSet {
    /// Given by the gate, never changed.
    #[schema(example = "set_2f61c0ffee00000000000001")]
    pub id: String,
    /// Its name, unique in the tenant whatever its case.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows and denies; their order does not matter.
    pub entries: Vec<SetEntry>,
}

/// Agents and scopes of one workspace, allowed or denied.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetEntry {
    /// Where.
    pub workspace: String,
    /// Whether what is covered is allowed or denied.
    #[schema(value_type = words::Effect)]
    pub effect: Effect,
    /// Ids of agents, or patterns over them.
    pub agents: Vec<String>,
    /// Scopes, or patterns over them; of an action, its target.
    pub scopes: Vec<String>,
}

/// Whether a person may do something, with what decided it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Explanation {
    /// Whether they may.
    pub may: bool,
    /// The stable code of the reason, e.g. `access.denied`.
    #[schema(example = "access.denied")]
    pub code: &'static str,
    /// The reason, for people.
    pub why: String,
}

impl From<access::PermissionSet> for PermissionSet {
    fn from(set: access::PermissionSet) -> Self {
        Self {
            id: set.id,
            name: set.name,
            description: set.description,
            entries: set.entries.into_iter().map(SetEntry::from).collect(),
        }
    }
}

impl From<access::Entry> for SetEntry {
    fn from(entry: access::Entry) -> Self {
        let texts = |patterns: Vec<access::Pattern>| patterns.into_iter().map(String::from);
        Self {
            workspace: entry.workspace.to_string(),
            effect: entry.effect,
            agents: texts(entry.agents).collect(),
            scopes: texts(entry.scopes).collect(),
        }
    }
}

impl From<firewall::Explanation> for Explanation {
    fn from(explanation: firewall::Explanation) -> Self {
        let firewall::Explanation { may, code, why } = explanation;
        Self { may, code, why }
    }
}
