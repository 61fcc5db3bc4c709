//! One line of a permission set.

use portcullis_policy::id::{AgentId, IdError, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::{pattern::Pattern, resource::Resource};

/// What an entry does with what it covers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Effect {
    /// Opens it to a role of the workspace.
    Allow,
    /// Closes it to every role but an architect's.
    Deny,
}

/// Agents and scopes of one workspace, allowed or denied.
///
/// An entry covers a thing of its workspace when both of its lists do. What a list leaves open never
/// widens what a person may reach:
///
/// | | the thing has a name of the kind | the thing has none |
/// |---|---|---|
/// | empty allow list | not covered | not covered |
/// | allow list | covered when a pattern matches | covered |
/// | deny list | covered when a pattern matches | covered when a pattern matches the empty text |
/// | empty deny list | covered | covered |
///
/// So an allow entry needs both lists, `regex:.*` for everything of a kind; a deny entry with
/// scopes alone denies them whoever the agent is; one with no list denies the workspace; and
/// `regex:.*` in a deny list leaves out nothing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawEntry")]
pub struct Entry {
    /// Where.
    pub workspace: WorkspaceId,
    /// Whether what is covered is allowed or denied.
    pub effect: Effect,
    /// Ids of agents.
    pub agents: Vec<Pattern>,
    /// Scopes; of an action, its target.
    pub scopes: Vec<Pattern>,
}

/// Why an entry is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EntryError {
    /// No agent can have that id, so that the pattern would match nothing.
    #[error("`{name}` is no agent's id: {error}")]
    Agent {
        /// What was written.
        name: String,
        /// What is wrong with it.
        error: IdError,
    },
}

impl EntryError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Agent { .. } => "entry.agent",
        }
    }
}

impl Entry {
    /// Whether every name among the agents can be an agent's id.
    ///
    /// # Errors
    /// [`EntryError::Agent`] names the first that cannot.
    pub fn check(&self) -> Result<(), EntryError> {
        for name in self.agents.iter().filter_map(Pattern::name) {
            AgentId::new(name).map_err(|error| EntryError::Agent {
                name: name.to_owned(),
                error,
            })?;
        }
        Ok(())
    }

    /// Whether the entry covers a thing; see the table above.
    #[must_use]
    pub fn covers(&self, resource: &Resource<'_>) -> bool {
        resource.workspace == Some(&self.workspace)
            && self.lists(&self.agents, resource.agent.map(AgentId::as_str))
            && self.lists(&self.scopes, resource.scope)
    }

    fn lists(&self, patterns: &[Pattern], name: Option<&str>) -> bool {
        let any = |name: &str| patterns.iter().any(|pattern| pattern.matches(name));
        match (self.effect, name) {
            (Effect::Allow, Some(name)) => any(name),
            (Effect::Allow, None) => !patterns.is_empty(),
            (Effect::Deny, name) => patterns.is_empty() || any(name.unwrap_or_default()),
        }
    }
}

/// An entry as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    workspace: WorkspaceId,
    effect: Effect,
    agents: Vec<Pattern>,
    scopes: Vec<Pattern>,
}

impl TryFrom<RawEntry> for Entry {
    type Error = EntryError;

    fn try_from(raw: RawEntry) -> Result<Self, EntryError> {
        let entry = Self {
            workspace: raw.workspace,
            effect: raw.effect,
            agents: raw.agents,
            scopes: raw.scopes,
        };
        entry.check().map(|()| entry)
    }
}
