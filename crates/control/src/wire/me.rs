//! A caller as the gate knows them.

use super::{key, moment::Moment, person::Person, words};
use portcullis_firewall::{
    firewall::Standing,
    principal::{Principal, Role},
};
use serde::Serialize;
use utoipa::ToSchema;

/// Who is calling.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The credential, `key_…`.
    pub key_id: String,
    /// What it is called.
    pub key_name: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<Moment>,
    /// What kind of caller this is.
    #[schema(value_type = words::CallerKind)]
    pub kind: &'static str,
    /// What the credential is good for now; of a person's, no more than the person may.
    #[schema(value_type = words::KeyRole)]
    pub role: &'static str,
    /// The tenant.
    pub tenant_id: String,
    /// What the tenant is called.
    pub tenant_name: String,
    /// The agent whose key it is.
    pub agent_id: Option<String>,
    /// The person whose credential it is.
    pub person: Option<Person>,
}

impl Me {
    /// A caller and where they stand.
    pub(crate) fn of(caller: Principal, standing: Standing) -> Self {
        let (role, agent_id) = key::role(&caller.role);
        let kind = match &caller.role {
            Role::Agent(_) => "agent",
            Role::Client => "client",
            _ => "person",
        };
        let person = standing.person;
        Self {
            key_id: caller.key,
            key_name: standing.key_name,
            expires_at: standing.expires_at.map(Moment),
            kind,
            role,
            tenant_id: standing.tenant.id.to_string(),
            tenant_name: standing.tenant.name,
            agent_id,
            person: person.map(|person| Person::of(person, &standing.groups)),
        }
    }
}
