//! People, groups, permission sets, workspaces, keys: who changes them, and who looks at them.

use super::{Firewall, calls::architect};
use crate::{
    access::PermissionSet,
    elevation::Elevation,
    error::GateError,
    group::Group,
    key::{Directory, Key, Token},
    person::Person,
    principal::Principal,
    turn::{GroupPatch, Membership, NewKey, NewPerson, PersonPatch, SetDraft, WorkspaceDraft},
    workspace::Workspace,
};
use portcullis_policy::{id::WorkspaceId, label::Label};

impl Firewall {
    /// Issues a key, or a person's token. It is known at every door before this returns.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, except for one's own token; else as
    /// [`crate::turn::Turn::issue_key`].
    pub async fn issue_key(
        &self,
        principal: &Principal,
        new: NewKey,
    ) -> Result<(Key, Token), GateError> {
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| Label::new(&badge.name) == Label::new(&new.name));
        if !own || !new.role.is_person() {
            architect(principal)?;
        }
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.issue_key(&caller, new))
            .await
    }

    /// Issues another token of the caller, by a name of its own.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::issue_own_token`].
    pub async fn issue_own_token(
        &self,
        principal: &Principal,
        name: &str,
        expires_at: Option<jiff::Timestamp>,
    ) -> Result<(Key, Token), GateError> {
        let (caller, name) = (principal.clone(), name.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.issue_own_token(&caller, &name, expires_at)
        })
        .await
    }

    /// Revokes a key or token. No door knows it any more when this returns.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::revoke_key`].
    pub async fn revoke_key(&self, principal: &Principal, id: &str) -> Result<Key, GateError> {
        let (caller, named) = (principal.clone(), id.to_owned());
        let revoked = self
            .at_the_doors(principal, move |turn| turn.revoke_key(&caller, &named))
            .await;
        if matches!(revoked, Err(GateError::Unavailable(_))) {
            // It may be durable all the same: then it must not be known until the next start.
            self.directory.rcu(|directory| {
                let mut directory = Directory::clone(directory);
                directory.shut_out(&principal.tenant, id);
                directory
            });
        }
        revoked
    }

    /// Makes somebody known.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::create_person`].
    pub async fn create_person(
        &self,
        principal: &Principal,
        new: NewPerson,
    ) -> Result<Person, GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.create_person(&caller, new))
            .await
    }

    /// Changes a person. Every door knows before this returns.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::update_person`].
    pub async fn update_person(
        &self,
        principal: &Principal,
        id: &str,
        patch: PersonPatch,
    ) -> Result<Person, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.update_person(&caller, &id, patch)
        })
        .await
    }

    /// Invites a person; the token goes into a link that is good once.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::invite`].
    pub async fn invite(&self, principal: &Principal, id: &str) -> Result<(Key, Token), GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.invite(&caller, &id))
            .await
    }

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

    /// Agrees to what somebody else would gain.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::confirm_elevation`].
    pub async fn confirm_elevation(
        &self,
        principal: &Principal,
        id: &str,
    ) -> Result<Group, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.confirm_elevation(&caller, &id))
            .await
    }

    /// Refuses what somebody would gain.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::refuse_elevation`].
    pub async fn refuse_elevation(&self, principal: &Principal, id: &str) -> Result<(), GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.refuse_elevation(&caller, &id))
            .await
    }

    /// Makes a permission set.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::create_set`].
    pub async fn create_set(
        &self,
        principal: &Principal,
        draft: SetDraft,
    ) -> Result<PermissionSet, GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.create_set(&caller, draft))
            .await
    }

    /// Replaces a permission set.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::replace_set`].
    pub async fn replace_set(
        &self,
        principal: &Principal,
        id: &str,
        draft: SetDraft,
    ) -> Result<PermissionSet, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.replace_set(&caller, &id, draft))
            .await
    }

    /// Removes a permission set.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::remove_set`].
    pub async fn remove_set(&self, principal: &Principal, id: &str) -> Result<(), GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.remove_set(&caller, &id))
            .await
    }

    /// Makes a workspace.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::create_workspace`].
    pub async fn create_workspace(
        &self,
        principal: &Principal,
        id: WorkspaceId,
        draft: WorkspaceDraft,
    ) -> Result<Workspace, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            turn.create_workspace(&caller, id, draft)
        })
        .await
    }

    /// Changes a workspace.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::update_workspace`].
    pub async fn update_workspace(
        &self,
        principal: &Principal,
        id: &str,
        draft: WorkspaceDraft,
    ) -> Result<Workspace, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.on_lane(principal, move |turn| {
            turn.update_workspace(&caller, &id, draft)
        })
        .await
    }

    /// Everybody, in order of name.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people.
    pub async fn people(&self, principal: &Principal) -> Result<Vec<Person>, GateError> {
        must_look_at_people(principal)?;
        let mut people: Vec<Person> = self
            .on_lane(principal, |turn| {
                Ok(turn.state.people.persons.values().cloned().collect())
            })
            .await?;
        people.sort_by_key(Person::label);
        Ok(people)
    }

    /// One person; anybody may look at themselves.
    ///
    /// # Errors
    /// [`GateError::NotFound`], also for others than people.
    pub async fn person(&self, principal: &Principal, id: &str) -> Result<Person, GateError> {
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| badge.id.as_str() == id);
        if !own {
            must_look_at_people(principal)?;
        }
        let id = id.to_owned();
        self.on_lane(principal, move |turn| {
            let person = turn.state.people.persons.get(id.as_str()).cloned();
            person.ok_or(GateError::NotFound("person", id))
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

    /// Every permission set, in order of id.
    ///
    /// # Errors
    /// As [`Self::groups`].
    pub async fn permission_sets(
        &self,
        principal: &Principal,
    ) -> Result<Vec<PermissionSet>, GateError> {
        must_look_at_people(principal)?;
        self.on_lane(principal, |turn| {
            Ok(turn.state.people.sets.values().cloned().collect())
        })
        .await
    }

    /// Every workspace that the caller has anything to do with, in order of name.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn workspaces(&self, principal: &Principal) -> Result<Vec<Workspace>, GateError> {
        if principal.role.agent().is_some() {
            return Err(GateError::Forbidden(
                "an agent's key does not read lists".to_owned(),
            ));
        }
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let own = |workspace: &&Workspace| {
                caller.reads() || turn.state.people.has_role_in(&caller, &workspace.id)
            };
            Ok(turn
                .state
                .people
                .workspaces
                .values()
                .filter(own)
                .cloned()
                .collect())
        })
        .await
    }

    /// The changes that wait for a second person.
    ///
    /// # Errors
    /// As [`Self::groups`].
    pub async fn elevations(&self, principal: &Principal) -> Result<Vec<Elevation>, GateError> {
        must_look_at_people(principal)?;
        self.on_lane(principal, |turn| {
            let waits = |elevation: &&Elevation| !elevation.is_over(turn.now);
            Ok(turn
                .state
                .people
                .elevations
                .values()
                .filter(waits)
                .cloned()
                .collect())
        })
        .await
    }
}

/// Whether a caller may look at who there is.
pub(super) fn must_look_at_people(principal: &Principal) -> Result<(), GateError> {
    if principal.role.is_person() && principal.reads() {
        Ok(())
    } else {
        let message = "only people with a role in the whole tenant look at people";
        Err(GateError::Forbidden(message.to_owned()))
    }
}
