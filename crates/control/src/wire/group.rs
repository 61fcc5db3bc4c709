//! Groups, and the changes of one's own rights that wait for a second person.

use super::moment::Moment;
use portcullis_firewall::{
    elevation::{self, Gain},
    group,
};
use serde::Serialize;
use utoipa::ToSchema;

/// People who count as one: for approver lists, and for what they may reach.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    /// Given by the gate, never changed.
    #[schema(example = "grp_2f61c0ffee00000000000001")]
    pub id: String,
    /// Its name, unique in the tenant whatever its case; approver lists say `group:<name>`.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The permission sets its members have.
    pub permission_sets: Vec<String>,
    /// Who is in it.
    pub members: Vec<Member>,
    /// When it was made.
    pub created_at: Moment,
}

/// Somebody in a group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    /// Who.
    pub person_id: String,
    /// Since when: what was asked before is not theirs to decide.
    pub since: Moment,
}

/// A change of somebody's own rights that waits for another architect.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Elevation {
    /// `elv_…`
    #[schema(example = "elv_2f61c0ffee00000000000001")]
    pub id: String,
    /// Who would gain by it, and asked for it.
    pub person_id: String,
    /// What they want: so far always `join_group`.
    pub kind: &'static str,
    /// The group they want to be in.
    pub group_id: String,
    /// When they asked.
    pub created_at: Moment,
    /// When it is forgotten.
    pub expires_at: Moment,
}

impl From<group::Group> for Group {
    fn from(group: group::Group) -> Self {
        Self {
            id: group.id.to_string(),
            name: group.name,
            description: group.description,
            permission_sets: group.permission_sets,
            members: group.members.into_iter().map(Member::from).collect(),
            created_at: group.created_at.into(),
        }
    }
}

impl From<group::Member> for Member {
    fn from(member: group::Member) -> Self {
        Self {
            person_id: member.person.to_string(),
            since: member.since.into(),
        }
    }
}

impl From<elevation::Elevation> for Elevation {
    fn from(elevation: elevation::Elevation) -> Self {
        let Gain::JoinGroup { group } = elevation.change;
        Self {
            id: elevation.id,
            person_id: elevation.person.to_string(),
            kind: "join_group",
            group_id: group.to_string(),
            created_at: elevation.created_at.into(),
            expires_at: elevation.expires_at.into(),
        }
    }
}
