//! Who is calling: an agent, a tenant's client, or a person.

use crate::access::{PersonRole, Resource, Rights, Verb};
use portcullis_policy::id::{AgentId, PersonId, TenantId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A caller whose credential was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    /// The tenant of the credential.
    pub tenant: TenantId,
    /// The credential's id, never its secret.
    pub key: String,
    /// What the credential is for.
    pub role: Role,
    /// The person whose credential it is. A person's role without one is that of somebody who
    /// looks at the gate on its own machine.
    pub person: Option<Badge>,
}

/// A person as callers are known.
#[derive(Clone, Debug)]
pub struct Badge {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: Arc<str>,
    /// What they may reach.
    pub rights: Arc<Rights>,
}

impl Eq for Badge {}

impl PartialEq for Badge {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// What a credential is for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "agent")]
pub enum Role {
    /// One agent asks for itself.
    Agent(AgentId),
    /// A client of the tenant names the agent in each request; it may read lists, not decide.
    Client,
    /// A person who may do everything.
    Architect,
    /// A person who decides holds and resolves violations, and does not configure.
    Operator,
    /// A person who reads.
    Viewer,
    /// A person with roles in single workspaces alone.
    Member,
}

impl Role {
    /// The word seed 001's world uses; agents, clients and members have none.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Agent(_) => "AGENT",
            Self::Client => "CLIENT",
            Self::Architect => "ARCHITECT",
            Self::Operator => "OPERATOR",
            Self::Viewer => "VIEWER",
            Self::Member => "MEMBER",
        }
    }

    /// Whether a person holds the credential (principle 8: agents never decide).
    #[must_use]
    pub const fn is_person(&self) -> bool {
        !matches!(self, Self::Agent(_) | Self::Client)
    }

    /// The agent it belongs to.
    #[must_use]
    pub const fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Agent(agent) => Some(agent),
            _ => None,
        }
    }

    /// The role a person holds in the whole tenant.
    #[must_use]
    pub const fn tenant_role(&self) -> Option<PersonRole> {
        match self {
            Self::Architect => Some(PersonRole::Architect),
            Self::Operator => Some(PersonRole::Operator),
            Self::Viewer => Some(PersonRole::Viewer),
            Self::Agent(_) | Self::Client | Self::Member => None,
        }
    }

    /// The role of somebody who holds this one in the whole tenant, or none.
    #[must_use]
    pub const fn of(role: Option<PersonRole>) -> Self {
        match role {
            Some(PersonRole::Architect) => Self::Architect,
            Some(PersonRole::Operator) => Self::Operator,
            Some(PersonRole::Viewer) => Self::Viewer,
            None => Self::Member,
        }
    }
}

impl Principal {
    /// Somebody who looks at the gate on its own machine: they hold its data in their hands.
    #[must_use]
    pub fn local(tenant: TenantId) -> Self {
        Self {
            tenant,
            key: "local".to_owned(),
            role: Role::Viewer,
            person: None,
        }
    }

    /// How records name the caller: `agent:agt_…`, `client:key_…`, `person:per_…`.
    #[must_use]
    pub fn actor(&self) -> String {
        match (&self.role, &self.person) {
            (Role::Agent(agent), _) => format!("agent:{agent}"),
            (Role::Client, _) => format!("client:{}", self.key),
            (_, Some(badge)) => format!("person:{}", badge.id),
            (_, None) => format!("local:{}", self.key),
        }
    }

    /// Whether the caller may change rules, agents, keys, people and settings.
    #[must_use]
    pub const fn configures(&self) -> bool {
        matches!(self.role, Role::Architect)
    }

    /// Whether the caller may decide holds and resolve violations, as far as they reach.
    #[must_use]
    pub const fn decides(&self) -> bool {
        matches!(self.role, Role::Architect | Role::Operator | Role::Member)
    }

    /// Whether the caller may read the tenant's lists and records.
    #[must_use]
    pub const fn reads(&self) -> bool {
        !matches!(self.role, Role::Agent(_) | Role::Member)
    }

    /// Whether the caller may do something to this.
    ///
    /// Callers answer a denied [`Verb::View`] as if the thing were not there.
    #[must_use]
    pub fn may(&self, verb: Verb, resource: &Resource<'_>) -> bool {
        match (&self.role, &self.person) {
            (Role::Agent(own), _) => verb == Verb::View && resource.agent == Some(own),
            (Role::Client, _) => verb == Verb::View,
            (_, Some(badge)) => self.token_allows(verb) && badge.rights.may(verb, resource),
            (_, None) => self.token_allows(verb),
        }
    }

    /// Whether everything in the tenant may be looked at, so that nothing need be asked about
    /// single things.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        match (&self.role, &self.person) {
            (Role::Agent(_), _) => false,
            (Role::Client, _) | (_, None) => true,
            (_, Some(badge)) => badge.rights.reach_all(Verb::View),
        }
    }

    /// A personal token may be for less than the person it belongs to.
    const fn token_allows(&self, verb: Verb) -> bool {
        match verb {
            Verb::View => self.role.is_person(),
            Verb::Decide | Verb::IssueCredential => self.decides(),
            Verb::Configure => matches!(self.role, Role::Architect | Role::Member),
        }
    }
}
