//! People who count as one: for approver lists, and for what they may reach.

use jiff::Timestamp;
use portcullis_policy::{
    id::{GroupId, PersonId},
    label::Label,
};
use serde::{Deserialize, Serialize};

/// A group as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// `grp_…`; given by the gate, never changed. Rules name groups; holds remember this id, so
    /// that another group of the same name is another group.
    pub id: GroupId,
    /// Its name, unique in the tenant whatever its case.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The permission sets its members have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permission_sets: Vec<String>,
    /// Who is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Since when: what asked before that is not theirs to decide.
    pub since: Timestamp,
}

impl Group {
    /// The name as names are compared.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(&self.name)
    }

    /// Whether somebody is in it.
    #[must_use]
    pub fn has(&self, person: &PersonId) -> bool {
        self.members.iter().any(|member| member.person == *person)
    }

    /// Whether somebody was in it at a moment, and has been since.
    #[must_use]
    pub fn had(&self, person: &PersonId, at: Timestamp) -> bool {
        let here = |member: &Member| member.person == *person && member.since <= at;
        self.members.iter().any(here)
    }
}
