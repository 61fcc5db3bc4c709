//! Who is calling: an agent, a tenant's client, or an operator.

use portcullis_policy::id::{AgentId, TenantId};
use serde::{Deserialize, Serialize};

/// A caller whose credential was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    /// The tenant of the credential.
    pub tenant: TenantId,
    /// The credential's id, never its secret.
    pub key: String,
    /// What the credential is for.
    pub role: Role,
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
}

impl Role {
    /// The word seed 001's world uses; agents and clients have none.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Agent(_) => "AGENT",
            Self::Client => "CLIENT",
            Self::Architect => "ARCHITECT",
            Self::Operator => "OPERATOR",
            Self::Viewer => "VIEWER",
        }
    }

    /// Whether a person holds the credential (principle 8: agents never decide).
    #[must_use]
    pub const fn is_person(&self) -> bool {
        matches!(self, Self::Architect | Self::Operator | Self::Viewer)
    }
}

impl Principal {
    /// How records name the caller, e.g. `operator:key_1`.
    #[must_use]
    pub fn actor(&self) -> String {
        match &self.role {
            Role::Agent(agent) => format!("agent:{agent}"),
            Role::Client => format!("client:{}", self.key),
            Role::Architect => format!("architect:{}", self.key),
            Role::Operator => format!("operator:{}", self.key),
            Role::Viewer => format!("viewer:{}", self.key),
        }
    }

    /// Whether the caller may change rules, agents, keys and settings.
    #[must_use]
    pub const fn configures(&self) -> bool {
        matches!(self.role, Role::Architect)
    }

    /// Whether the caller may decide holds and resolve violations.
    #[must_use]
    pub const fn decides(&self) -> bool {
        matches!(self.role, Role::Architect | Role::Operator)
    }

    /// Whether the caller may read the tenant's lists and records.
    #[must_use]
    pub const fn reads(&self) -> bool {
        !matches!(self.role, Role::Agent(_))
    }
}
