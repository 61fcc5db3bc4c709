//! A person as lists show them: never what proves who they are.

use super::{moment::Moment, words};
use portcullis_firewall::{access, group::Group, passkey, person};
use serde::Serialize;
use utoipa::ToSchema;

/// A human of the tenant, without password and keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    /// Given by the gate, never changed.
    #[schema(example = "per_2f61c0ffee00000000000001")]
    pub id: String,
    /// Their name, unique in the tenant whatever its case.
    pub name: String,
    /// Where letters go.
    pub email: Option<String>,
    /// The roles they hold.
    pub roles: Vec<RoleHeld>,
    /// The groups they are in.
    pub groups: Vec<GroupName>,
    /// Whether they may do anything at all.
    pub active: bool,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// The passkeys they registered, without the keys.
    pub passkeys: Vec<Passkey>,
    /// The identity provider that knows them.
    pub identity_provider: Option<String>,
    /// Who they are in Slack, when they are linked.
    pub slack: Option<SlackUser>,
    /// When they were made known.
    pub created_at: Moment,
    /// By whom, as records name callers.
    pub created_by: String,
    /// Since when whoever uses their credentials is who they say; an invitation that is taken up
    /// begins it anew.
    pub known_since: Moment,
}

/// A role, and where it holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RoleHeld {
    /// The role.
    #[schema(value_type = words::PersonRole)]
    pub role: &'static str,
    /// The workspace; none stands for the whole tenant.
    pub workspace: Option<String>,
}

/// A group by its name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupName {
    /// `grp_…`
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A passkey, without its key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Passkey {
    /// What its owner calls it.
    pub name: String,
    /// When it was registered.
    pub registered_at: Moment,
}

/// Who somebody is in Slack.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlackUser {
    /// The workspace of Slack.
    #[schema(example = "T024BE7LD")]
    pub team: String,
    /// The user there.
    #[schema(example = "U012AB3CD")]
    pub user: String,
}

/// An invitation, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invitation {
    /// The person who is invited.
    pub person_id: String,
    /// What proves the invitation, once. Programs take it up at `/v1/invitations/accept`.
    pub code: String,
    /// Where they take it up with a browser; `null` when the gate does not know its address.
    pub link: Option<String>,
    /// When it is over.
    pub expires_at: Option<Moment>,
}

impl Person {
    /// A person with those of these groups that they are in.
    pub(crate) fn of(person: person::Person, groups: &[Group]) -> Self {
        let own = groups.iter().filter(|group| group.has(&person.id));
        Self {
            groups: own.map(GroupName::from).collect(),
            id: person.id.to_string(),
            name: person.name,
            email: person.email,
            roles: person.grants.into_iter().map(RoleHeld::from).collect(),
            active: person.active,
            has_password: person.password.is_some(),
            passkeys: person.passkeys.into_iter().map(Passkey::from).collect(),
            identity_provider: person.subject.map(|subject| subject.issuer),
            slack: person.slack.map(SlackUser::from),
            created_at: person.created_at.into(),
            created_by: person.created_by,
            known_since: person.known_since.into(),
        }
    }
}

impl From<access::RoleGrant> for RoleHeld {
    fn from(grant: access::RoleGrant) -> Self {
        Self {
            role: match grant.role {
                access::PersonRole::Viewer => "viewer",
                access::PersonRole::Operator => "operator",
                access::PersonRole::Architect => "architect",
            },
            workspace: grant.workspace.map(|workspace| workspace.to_string()),
        }
    }
}

impl From<&Group> for GroupName {
    fn from(group: &Group) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name.clone(),
        }
    }
}

impl From<passkey::Passkey> for Passkey {
    fn from(passkey: passkey::Passkey) -> Self {
        Self {
            name: passkey.name,
            registered_at: passkey.at.into(),
        }
    }
}

impl From<person::SlackUser> for SlackUser {
    fn from(user: person::SlackUser) -> Self {
        Self {
            team: user.team,
            user: user.user,
        }
    }
}
