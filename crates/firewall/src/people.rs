//! Everybody of a tenant, and what they may reach: the image that decisions are checked against.

use crate::{
    access::{PermissionSet, Resource, Rights, RoleGrant, Verb},
    elevation::Elevation,
    group::Group,
    key::{Holder, Key},
    person::{Person, SlackUser, Subject},
    principal::{Badge, Principal, Role},
    workspace::Workspace,
};
use portcullis_policy::{
    id::{GroupId, PersonId, WorkspaceId},
    label::Label,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The people of one tenant.
#[derive(Debug, Default)]
pub struct People {
    /// Everybody ever made known.
    pub persons: BTreeMap<PersonId, Person>,
    /// The groups.
    pub groups: BTreeMap<GroupId, Group>,
    /// The permission sets, by id.
    pub sets: BTreeMap<String, PermissionSet>,
    /// The workspaces.
    pub workspaces: BTreeMap<WorkspaceId, Workspace>,
    /// The changes that wait for a second person, by id.
    pub elevations: BTreeMap<String, Elevation>,
    /// What each person may reach, worked out when anything about it changes.
    rights: HashMap<PersonId, Arc<Rights>>,
    /// Who has which name.
    names: HashMap<Label, PersonId>,
    /// Which group has which name.
    group_names: HashMap<Label, GroupId>,
}

impl People {
    /// The person with a name, whatever its case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Person> {
        self.persons.get(self.names.get(&Label::new(name))?)
    }

    /// The one person with a mail address; nobody when several have it.
    #[must_use]
    pub fn by_email(&self, email: &str) -> Option<&Person> {
        let has = |person: &&Person| {
            person
                .email
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(email))
        };
        let mut found = self.persons.values().filter(has);
        found.next().filter(|_| found.next().is_none())
    }

    /// Whether a caller holds any role in a workspace.
    #[must_use]
    pub fn has_role_in(&self, principal: &Principal, workspace: &WorkspaceId) -> bool {
        let person = principal
            .person
            .as_ref()
            .and_then(|badge| self.persons.get(&badge.id));
        let here = |grant: &RoleGrant| grant.workspace.as_ref() == Some(workspace);
        person.is_some_and(|person| person.active && person.grants.iter().any(here))
    }

    /// The person an identity provider knows.
    #[must_use]
    pub fn by_subject(&self, subject: &Subject) -> Option<&Person> {
        let known = |person: &&Person| person.subject.as_ref() == Some(subject);
        self.persons.values().find(known)
    }

    /// The person a user of Slack is.
    #[must_use]
    pub fn by_slack(&self, user: &SlackUser) -> Option<&Person> {
        let known = |person: &&Person| person.slack.as_ref() == Some(user);
        self.persons.values().find(known)
    }

    /// The group with a name, whatever its case.
    #[must_use]
    pub fn group_by_name(&self, name: &str) -> Option<&Group> {
        self.groups.get(self.group_names.get(&Label::new(name))?)
    }

    /// The groups somebody is in.
    pub fn groups_of<'p>(&'p self, person: &'p PersonId) -> impl Iterator<Item = &'p Group> {
        self.groups.values().filter(|group| group.has(person))
    }

    /// What somebody may reach now; nothing for who is not known.
    #[must_use]
    pub fn rights(&self, person: &PersonId) -> Option<&Arc<Rights>> {
        self.rights.get(person)
    }

    /// Whether somebody may do something to this, by what is known now.
    ///
    /// Fails closed: who is not known may nothing.
    #[must_use]
    pub fn may(&self, person: &PersonId, verb: Verb, resource: &Resource<'_>) -> bool {
        self.rights(person)
            .is_some_and(|rights| rights.may(verb, resource))
    }

    /// Works out again who is called what and may reach what. To be called after every change.
    pub fn work_out(&mut self) {
        let worked_out = self.persons.values().map(|person| {
            let sets: Vec<&PermissionSet> = self
                .groups_of(&person.id)
                .flat_map(|group| &group.permission_sets)
                .filter_map(|id| self.sets.get(id))
                .collect();
            let rights = Rights::of(person.active, &person.grants, &sets);
            (person.id.clone(), Arc::new(rights))
        });
        self.rights = worked_out.collect();
        let named = |person: &Person| (person.label(), person.id.clone());
        self.names = self.persons.values().map(named).collect();
        let named = |group: &Group| (group.label(), group.id.clone());
        self.group_names = self.groups.values().map(named).collect();
    }

    /// What a person's credentials are good for now.
    #[must_use]
    pub fn holder(&self, person: &PersonId) -> Option<Holder> {
        let known = self.persons.get(person)?;
        Some(Holder {
            badge: Badge {
                id: known.id.clone(),
                name: Arc::from(known.name.as_str()),
                rights: Arc::clone(self.rights(person)?),
            },
            role: Role::of(known.tenant_role()),
            active: known.active,
        })
    }

    /// The holder of a key.
    #[must_use]
    pub fn holder_of(&self, key: &Key) -> Option<Holder> {
        self.holder(key.person.as_ref()?)
    }

    /// Whether a caller still is who the door took them for: active, and with no less a role.
    #[must_use]
    pub fn still_stands(&self, principal: &Principal) -> bool {
        let Some(badge) = &principal.person else {
            return true;
        };
        let role =
            |person: &Person| person.active && principal.role.tenant_role() <= person.tenant_role();
        self.persons.get(&badge.id).is_some_and(role)
    }

    /// How many active architects of the whole tenant there are besides somebody.
    #[must_use]
    pub fn other_architects(&self, person: &PersonId) -> usize {
        let other = |known: &&Person| known.id != *person && known.is_architect();
        self.persons.values().filter(other).count()
    }
}
