//! Groups.

use super::{
    Turn,
    agents::check_text,
    details, json,
    people::{check_name, must_configure},
};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    group::Group,
    principal::Principal,
};
use portcullis_policy::id::GroupId;
use serde_json::Value;

/// What to change of a group; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct GroupPatch {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The permission sets of its members, all of them.
    pub permission_sets: Option<Vec<String>>,
}

impl Turn<'_> {
    /// Makes a group.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`],
    /// [`GateError::Conflict`] for a name that is taken.
    pub fn create_group(
        &mut self,
        principal: &Principal,
        name: &str,
        description: &str,
    ) -> Result<Group, GateError> {
        must_configure(principal)?;
        self.make_group(&principal.actor(), name, description)
    }

    pub(super) fn make_group(
        &mut self,
        actor: &str,
        name: &str,
        description: &str,
    ) -> Result<Group, GateError> {
        self.check_free_group(name, None)?;
        check_text("description", description, false)?;
        let id = self.house.id("grp_")?;
        let group = Group {
            id: GroupId::new(&id).map_err(|e| GateError::invalid("id", e.to_string()))?,
            name: name.to_owned(),
            description: description.to_owned(),
            permission_sets: Vec::new(),
            members: Vec::new(),
            created_at: self.now,
        };
        self.change_group(actor, group, "made")
    }

    /// Changes a group, but not who is in it.
    ///
    /// # Errors
    /// As [`Turn::create_group`], and [`GateError::NotFound`].
    pub fn update_group(
        &mut self,
        principal: &Principal,
        id: &str,
        patch: GroupPatch,
    ) -> Result<Group, GateError> {
        must_configure(principal)?;
        let mut group = self.group(id)?.clone();
        if let Some(name) = patch.name {
            self.check_free_group(&name, Some(&group.id))?;
            group.name = name;
        }
        if let Some(description) = patch.description {
            check_text("description", &description, false)?;
            group.description = description;
        }
        if let Some(mut sets) = patch.permission_sets {
            sets.sort();
            sets.dedup();
            if let Some(missing) = sets
                .iter()
                .find(|id| !self.state.people.sets.contains_key(*id))
            {
                let message = format!("there is no permission set `{missing}`");
                return Err(GateError::invalid("permission_sets", message));
            }
            group.permission_sets = sets;
        }
        self.change_group(&principal.actor(), group, "updated")
    }

    /// Removes a group. Holds that ask it ask nobody in its place, whoever takes its name.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`].
    pub fn remove_group(&mut self, principal: &Principal, id: &str) -> Result<(), GateError> {
        must_configure(principal)?;
        let group = self.group(id)?.clone();
        let members = details([
            ("before", json(&group)?),
            ("after", Value::Null),
            ("group_id", id.into()),
            ("reason", "removed".into()),
        ]);
        self.seal_event(RecordKind::GroupChange, (&principal.actor(), ""), members)?;
        self.batch.remove(DocumentKind::Group, id);
        self.state.people.groups.remove(&group.id);
        self.state.people.work_out();
        Ok(())
    }

    pub(super) fn group(&self, id: &str) -> Result<&Group, GateError> {
        let missing = || GateError::NotFound("group", id.to_owned());
        self.state.people.groups.get(id).ok_or_else(missing)
    }

    fn check_free_group(&self, name: &str, own: Option<&GroupId>) -> Result<(), GateError> {
        check_name("name", name)?;
        match self.state.people.group_by_name(name) {
            Some(other) if Some(&other.id) != own => {
                let message = format!("there is a group called `{}` already", other.name);
                Err(GateError::conflict("group.name_taken", message))
            }
            _ => Ok(()),
        }
    }

    /// Seals a change of a group with what it was before, and keeps it.
    pub(super) fn change_group(
        &mut self,
        actor: &str,
        group: Group,
        why: &str,
    ) -> Result<Group, GateError> {
        let before = self
            .state
            .people
            .groups
            .get(&group.id)
            .map(json)
            .transpose()?;
        let members = details([
            ("before", before.unwrap_or(Value::Null)),
            ("after", json(&group)?),
            ("group_id", group.id.as_str().into()),
            ("reason", why.into()),
        ]);
        self.seal_event(RecordKind::GroupChange, (actor, ""), members)?;
        let labels = ("active", "", group.created_at);
        self.keep(DocumentKind::Group, group.id.as_str(), labels, &group)?;
        self.state
            .people
            .groups
            .insert(group.id.clone(), group.clone());
        self.state.people.work_out();
        Ok(group)
    }
}
