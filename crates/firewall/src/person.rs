//! A human of a tenant: who they are, what proves it, and which roles they hold.

use crate::access::{PersonRole, RoleGrant};
use jiff::Timestamp;
use portcullis_policy::{id::PersonId, label::Label};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A person as they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// `per_…`; given by the gate, never changed.
    pub id: PersonId,
    /// Their name, unique in the tenant whatever its case.
    pub name: String,
    /// Where letters go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The roles they hold, tenant-wide or in single workspaces.
    pub grants: Vec<RoleGrant>,
    /// Whether they may do anything at all.
    pub active: bool,
    /// What their password is checked against, in the PHC string form (argon2id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The passkeys they registered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<Passkey>,
    /// Who they are at an identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Who they are in Slack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<SlackUser>,
    /// When they were made known.
    pub created_at: Timestamp,
    /// Since when whoever uses their credentials is who they say: somebody else had a hand in it
    /// then, by making them known or by inviting them again.
    pub known_since: Timestamp,
    /// By whom, as records name callers.
    pub created_by: String,
}

pub use crate::passkey::Passkey;

/// Who somebody is at an identity provider: the two claims that never change.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// The person there.
    pub subject: String,
}

/// Who somebody is in Slack: ids, never names or mail addresses.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct SlackUser {
    /// The workspace of Slack, `T…`.
    pub team: String,
    /// The user, `U…`.
    pub user: String,
}

impl fmt::Display for SlackUser {
    /// As records name them: `slack:T0123/U0123`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slack:{}/{}", self.team, self.user)
    }
}

impl Person {
    /// The name as names are compared.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(&self.name)
    }

    /// The highest role that holds in the whole tenant.
    #[must_use]
    pub fn tenant_role(&self) -> Option<PersonRole> {
        let wide = self.grants.iter().filter(|grant| grant.workspace.is_none());
        wide.map(|grant| grant.role).max()
    }

    /// Whether they can act as an architect of the whole tenant.
    #[must_use]
    pub fn is_architect(&self) -> bool {
        self.active && self.tenant_role() == Some(PersonRole::Architect)
    }

    /// Whether they have proven themselves in a way that nobody else can use.
    #[must_use]
    pub fn has_own_proof(&self) -> bool {
        self.password.is_some() || !self.passkeys.is_empty() || self.subject.is_some()
    }

    /// What lists filter by.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        if self.active { "active" } else { "inactive" }
    }

    /// What records show of a person: everything but what could be guessed at.
    #[must_use]
    pub fn for_record(&self) -> Self {
        Self {
            password: self.password.as_ref().map(|_| "set".to_owned()),
            ..self.clone()
        }
    }
}
