//! Groups and who is in them.

use super::{Firewall, people::must_look_at_people};
use crate::{
    error::GateError,
    group::Group,
    principal::Principal,
    turn::{GroupPatch, Membership},
};

impl Firewall {
    /// Makes a group.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::create_group`].
    pub async fn create_group(
        &self,
        principal: &Principal,
        name: &str,
        description: &str,
    ) -> Result<Group, GateError> {
        let caller = principal.clone();
        let (name, description) = (name.to_owned(), description.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.create_group(&caller, &name, &description)
        })
        .await
    }

    /// Changes a group.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::update_group`].
    pub async fn update_group(
        &self,
        principal: &Principal,
        id: &str,
        patch: GroupPatch,
    ) -> Result<Group, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.update_group(&caller, &id, patch)
        })
        .await
    }

    /// Removes a group.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::remove_group`].
    pub async fn remove_group(&self, principal: &Principal, id: &str) -> Result<(), GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.remove_group(&caller, &id))
            .await
    }

    /// Adds somebody to a group.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::add_member`].
    pub async fn add_member(
        &self,
        principal: &Principal,
        group: &str,
        person: &str,
    ) -> Result<Membership, GateError> {
        let caller = principal.clone();
        let (group, person) = (group.to_owned(), person.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.add_member(&caller, &group, &person)
        })
        .await
    }

    /// Takes somebody out of a group.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::remove_member`].
    pub async fn remove_member(
        &self,
        principal: &Principal,
        group: &str,
        person: &str,
    ) -> Result<Group, GateError> {
        let caller = principal.clone();
        let (group, person) = (group.to_owned(), person.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.remove_member(&caller, &group, &person)
        })
        .await
    }

    /// Every group, in order of name.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people with a role in the whole tenant.
    pub async fn groups(&self, principal: &Principal) -> Result<Vec<Group>, GateError> {
        must_look_at_people(principal)?;
        let mut groups: Vec<Group> = self
            .on_lane(principal, |turn| {
                Ok(turn.state.people.groups.values().cloned().collect())
            })
            .await?;
        groups.sort_by_key(Group::label);
        Ok(groups)
    }
}
