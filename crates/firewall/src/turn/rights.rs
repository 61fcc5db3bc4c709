//! Permission sets, and the workspaces they are about.

use super::{
    Turn,
    agents::check_text,
    details, json,
    people::{check_name, must_configure},
};
use crate::{
    access::{Entry, PermissionSet, SetError},
    batch::{DocumentKind, RecordKind},
    error::GateError,
    principal::Principal,
    workspace::{self, Workspace},
};
use portcullis_policy::{id::WorkspaceId, label::Label};
use serde_json::Value;

/// A permission set to be made, or to replace one.
#[derive(Clone, Debug, Default)]
pub struct SetDraft {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows and denies.
    pub entries: Vec<Entry>,
}

/// A workspace to be made, or to replace one.
#[derive(Clone, Debug)]
pub struct WorkspaceDraft {
    /// What its tickets begin with; made from the name when not given.
    pub short_name: Option<String>,
    /// What it is for.
    pub description: String,
    /// Whether it can be used.
    pub active: bool,
}

impl Turn<'_> {
    /// Makes a permission set.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`],
    /// [`GateError::Conflict`] for a name that is taken.
    pub fn create_set(
        &mut self,
        principal: &Principal,
        draft: SetDraft,
    ) -> Result<PermissionSet, GateError> {
        must_configure(principal)?;
        let id = self.house.id("set_")?;
        self.put_set(&principal.actor(), id, draft)
    }

    /// Replaces a permission set.
    ///
    /// # Errors
    /// As [`Turn::create_set`], and [`GateError::NotFound`].
    pub fn replace_set(
        &mut self,
        principal: &Principal,
        id: &str,
        draft: SetDraft,
    ) -> Result<PermissionSet, GateError> {
        must_configure(principal)?;
        if !self.state.people.sets.contains_key(id) {
            return Err(GateError::NotFound("permission set", id.to_owned()));
        }
        self.put_set(&principal.actor(), id.to_owned(), draft)
    }

    /// Removes a permission set that no group has.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`],
    /// [`GateError::Conflict`] while a group has it: what it denies would be allowed at once.
    pub fn remove_set(&mut self, principal: &Principal, id: &str) -> Result<(), GateError> {
        must_configure(principal)?;
        let missing = || GateError::NotFound("permission set", id.to_owned());
        let set = self.state.people.sets.get(id).ok_or_else(missing)?.clone();
        let has = |group: &&crate::group::Group| group.permission_sets.iter().any(|own| own == id);
        if let Some(group) = self.state.people.groups.values().find(has) {
            let message = format!("group `{}` has it; take it away there first", group.name);
            return Err(GateError::conflict("permission_set.in_use", message));
        }
        self.seal_set(&principal.actor(), Some(&set), None)?;
        self.batch.remove(DocumentKind::PermissionSet, id);
        self.state.people.sets.remove(id);
        self.state.people.work_out();
        Ok(())
    }

    fn put_set(
        &mut self,
        actor: &str,
        id: String,
        draft: SetDraft,
    ) -> Result<PermissionSet, GateError> {
        check_name("name", &draft.name)?;
        let same = |other: &&PermissionSet| {
            other.id != id && Label::new(&other.name) == Label::new(&draft.name)
        };
        if self.state.people.sets.values().any(|other| same(&other)) {
            let message = format!("there is a permission set called `{}` already", draft.name);
            return Err(GateError::conflict("permission_set.name_taken", message));
        }
        for (at, entry) in draft.entries.iter().enumerate() {
            if !self.state.people.workspaces.contains_key(&entry.workspace) {
                let message = format!("there is no `{}`", entry.workspace);
                return Err(GateError::invalid(
                    format!("entries[{at}].workspace"),
                    message,
                ));
            }
        }
        let SetDraft {
            name,
            description,
            entries,
        } = draft;
        let set = PermissionSet {
            id,
            name,
            description,
            entries,
        };
        set.check().map_err(|error| {
            let path = match &error {
                SetError::Empty(path) | SetError::TooLong(path, _) => path,
                _ => "entries",
            };
            GateError::invalid(path, error.to_string())
        })?;
        let before = self.state.people.sets.get(&set.id).cloned();
        self.seal_set(actor, before.as_ref(), Some(&set))?;
        self.keep(
            DocumentKind::PermissionSet,
            &set.id,
            ("active", "", self.now),
            &set,
        )?;
        self.state.people.sets.insert(set.id.clone(), set.clone());
        self.state.people.work_out();
        Ok(set)
    }

    fn seal_set(
        &mut self,
        actor: &str,
        before: Option<&PermissionSet>,
        after: Option<&PermissionSet>,
    ) -> Result<(), GateError> {
        let id = after.or(before).map_or("", |set| set.id.as_str());
        let members = details([
            ("before", before.map_or(Ok(Value::Null), json)?),
            ("after", after.map_or(Ok(Value::Null), json)?),
            ("permission_set_id", id.into()),
        ]);
        self.seal_event(RecordKind::PermissionChange, (actor, ""), members)
            .map(drop)
    }

    /// Makes a workspace.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::Invalid`],
    /// [`GateError::Conflict`] for a name that is taken.
    pub fn create_workspace(
        &mut self,
        principal: &Principal,
        id: WorkspaceId,
        draft: WorkspaceDraft,
    ) -> Result<Workspace, GateError> {
        must_configure(principal)?;
        if self.state.people.workspaces.contains_key(&id) {
            let message = format!("there is a workspace `{id}` already");
            return Err(GateError::conflict("workspace.exists", message));
        }
        if id.as_str().chars().any(|c| c.is_ascii_uppercase()) {
            return Err(GateError::invalid("id", "must be lower case"));
        }
        self.put_workspace(&principal.actor(), id, draft, self.now)
    }

    /// Changes a workspace, but never its name.
    ///
    /// # Errors
    /// As [`Turn::create_workspace`], and [`GateError::NotFound`].
    pub fn update_workspace(
        &mut self,
        principal: &Principal,
        id: &str,
        draft: WorkspaceDraft,
    ) -> Result<Workspace, GateError> {
        must_configure(principal)?;
        let missing = || GateError::NotFound("workspace", id.to_owned());
        let known = self.state.people.workspaces.get(id).ok_or_else(missing)?;
        let (id, made) = (known.id.clone(), known.created_at);
        self.put_workspace(&principal.actor(), id, draft, made)
    }

    fn put_workspace(
        &mut self,
        actor: &str,
        id: WorkspaceId,
        draft: WorkspaceDraft,
        created_at: jiff::Timestamp,
    ) -> Result<Workspace, GateError> {
        check_text("description", &draft.description, false)?;
        let short_name = draft
            .short_name
            .unwrap_or_else(|| workspace::short_name_of(&id));
        if !workspace::is_short_name(&short_name) {
            let message = "expected a letter, then letters, digits, `-` and `_`; at most 10";
            return Err(GateError::invalid("short_name", message));
        }
        let taken = |other: &Workspace| {
            other.id != id && other.short_name.eq_ignore_ascii_case(&short_name)
        };
        if let Some(other) = self
            .state
            .people
            .workspaces
            .values()
            .find(|other| taken(other))
        {
            let message = format!("workspace `{}` has the short name `{short_name}`", other.id);
            return Err(GateError::conflict("workspace.short_name_taken", message));
        }
        let WorkspaceDraft {
            description,
            active,
            ..
        } = draft;
        let after = Workspace {
            id,
            short_name,
            description,
            active,
            created_at,
        };
        let before = self.state.people.workspaces.get(&after.id);
        let members = details([
            ("before", before.map_or(Ok(Value::Null), json)?),
            ("after", json(&after)?),
            ("workspace_id", after.id.as_str().into()),
        ]);
        self.seal_event(RecordKind::WorkspaceChange, (actor, ""), members)?;
        let status = if active { "active" } else { "inactive" };
        let labels = (status, "", created_at);
        self.keep(DocumentKind::Workspace, after.id.as_str(), labels, &after)?;
        self.state
            .people
            .workspaces
            .insert(after.id.clone(), after.clone());
        Ok(after)
    }
}
