//! Who is in a group.

use super::{Turn, people::must_configure};
use crate::{
    elevation::{Elevation, Gain},
    error::GateError,
    group::{Group, Member},
    principal::Principal,
};
use portcullis_policy::id::PersonId;

/// What came of adding somebody to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Membership {
    /// They are in it.
    Joined(Group),
    /// Nobody lets themselves in: another architect must agree.
    Waits(Elevation),
}

impl Turn<'_> {
    /// Adds somebody to a group. Whoever adds themselves waits for another architect.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`],
    /// [`GateError::Conflict`] when too many such changes wait.
    pub fn add_member(
        &mut self,
        principal: &Principal,
        group: &str,
        person: &str,
    ) -> Result<Membership, GateError> {
        must_configure(principal)?;
        let group = self.group(group)?.clone();
        let person = self.person(person)?.id.clone();
        if group.has(&person) {
            return Ok(Membership::Joined(group));
        }
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| badge.id == person);
        if own {
            return self.propose(person, Gain::JoinGroup { group: group.id }, principal);
        }
        let why = format!("`{person}` added");
        self.join(&principal.actor(), group, person, &why)
            .map(Membership::Joined)
    }

    /// Takes somebody out of a group.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`].
    pub fn remove_member(
        &mut self,
        principal: &Principal,
        group: &str,
        person: &str,
    ) -> Result<Group, GateError> {
        must_configure(principal)?;
        let group = self.group(group)?.clone();
        self.leave(&principal.actor(), group, person)
    }

    fn leave(&mut self, actor: &str, mut group: Group, person: &str) -> Result<Group, GateError> {
        let before = group.members.len();
        group
            .members
            .retain(|member| member.person.as_str() != person);
        if group.members.len() == before {
            return Err(GateError::NotFound("member", person.to_owned()));
        }
        self.change_group(actor, group, &format!("`{person}` removed"))
    }

    /// Adds somebody to the group of a name, which is made when there is none.
    pub(super) fn join_by_name(
        &mut self,
        actor: &str,
        name: &str,
        person: &PersonId,
    ) -> Result<(), GateError> {
        let group = match self.state.people.group_by_name(name).cloned() {
            Some(group) => group,
            None => self.make_group(actor, name, "")?,
        };
        if group.has(person) {
            return Ok(());
        }
        let why = format!("`{person}` added");
        self.join(actor, group, person.clone(), &why).map(drop)
    }

    /// Takes somebody out of the group of a name, if they are in it.
    pub(super) fn leave_by_name(
        &mut self,
        actor: &str,
        name: &str,
        person: &PersonId,
    ) -> Result<(), GateError> {
        let group = self.state.people.group_by_name(name).cloned();
        match group.filter(|group| group.has(person)) {
            Some(group) => self.leave(actor, group, person.as_str()).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn join(
        &mut self,
        actor: &str,
        mut group: Group,
        person: PersonId,
        why: &str,
    ) -> Result<Group, GateError> {
        group.members.push(Member {
            person,
            since: self.now,
        });
        self.change_group(actor, group, why)
    }
}
