//! A key as lists show it; its secret is shown once, when it is issued.

use super::{moment::Moment, words};
use portcullis_firewall::{key, principal::Role};
use serde::Serialize;
use utoipa::ToSchema;

/// A key or a person's token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Key {
    /// `key_…`
    #[schema(example = "key_2f61c0ffee00000000000001")]
    pub id: String,
    /// What it is called; of a person's token, whose it is.
    pub name: String,
    /// What it is for.
    #[schema(value_type = words::KeyRole)]
    pub role: &'static str,
    /// The agent it belongs to.
    pub agent_id: Option<String>,
    /// The person whose it is.
    pub person_id: Option<String>,
    /// Where it may be shown: `token` in a header, `sign_in` by a browser.
    pub usage: &'static str,
    /// When it was issued.
    pub created_at: Moment,
    /// When it ends by itself.
    pub expires_at: Option<Moment>,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// A key with its token, which is never shown again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IssuedKey {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// The token, to be sent as `Authorization: Bearer <token>`. It is not kept and not shown
    /// again.
    #[schema(example = "pcl_2f61c0ffee00000000000001_4f1d…")]
    pub token: String,
}

impl From<key::Key> for Key {
    fn from(key: key::Key) -> Self {
        let (role, agent_id) = role(&key.role);
        Self {
            id: key.id,
            name: key.name,
            role,
            agent_id,
            person_id: key.person.map(|person| person.to_string()),
            usage: key.usage.as_str(),
            created_at: key.created_at.into(),
            expires_at: key.expires_at.map(Moment),
            revoked: key.revoked,
        }
    }
}

/// A role in the words of the wire, and the agent it names.
pub(crate) fn role(role: &Role) -> (&'static str, Option<String>) {
    match role {
        Role::Agent(agent) => ("agent", Some(agent.to_string())),
        Role::Client => ("client", None),
        Role::Architect => ("architect", None),
        Role::Operator => ("operator", None),
        Role::Viewer => ("viewer", None),
        Role::Member => ("member", None),
    }
}
