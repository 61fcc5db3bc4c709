//! Groups, who is in them, and changes of one's own rights that need a second person.

use super::{
    Turn,
    agents::check_text,
    details, json,
    people::{check_name, must_configure},
};
use crate::{
    batch::{DocumentKind, RecordKind},
    elevation::{Elevation, Gain},
    error::GateError,
    group::{Group, Member},
    principal::Principal,
};
use portcullis_policy::id::{GroupId, PersonId};
use serde_json::Value;

/// The most changes that wait for a second person.
const ELEVATIONS_MAX: usize = 100;

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

/// What came of adding somebody to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Membership {
    /// They are in it.
    Joined(Group),
    /// Nobody lets themselves in: another architect must agree.
    Waits(Elevation),
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

    fn make_group(
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

    /// Agrees to what somebody else would gain.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for who would gain by it and for others than architects,
    /// [`GateError::NotFound`], also when it is over.
    pub fn confirm_elevation(
        &mut self,
        principal: &Principal,
        id: &str,
    ) -> Result<Group, GateError> {
        let elevation = self.elevation_for(principal, id)?;
        let Gain::JoinGroup { group } = &elevation.change;
        let group = self.group(group.as_str())?.clone();
        let person = self.person(elevation.person.as_str())?.id.clone();
        let actor = principal.actor();
        self.seal_elevation(&actor, &elevation, "confirmed")?;
        self.forget_elevation(id);
        self.join(
            &actor,
            group,
            person,
            &format!("`{}` confirmed", elevation.id),
        )
    }

    /// Refuses what somebody would gain; whoever asked may take it back.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`].
    pub fn refuse_elevation(&mut self, principal: &Principal, id: &str) -> Result<(), GateError> {
        must_configure(principal)?;
        let missing = || GateError::NotFound("elevation", id.to_owned());
        let elevation = self
            .state
            .people
            .elevations
            .get(id)
            .ok_or_else(missing)?
            .clone();
        self.seal_elevation(&principal.actor(), &elevation, "refused")?;
        self.forget_elevation(id);
        Ok(())
    }

    fn elevation_for(&self, principal: &Principal, id: &str) -> Result<Elevation, GateError> {
        must_configure(principal)?;
        let known = self
            .state
            .people
            .elevations
            .get(id)
            .filter(|e| !e.is_over(self.now));
        let elevation = known.ok_or_else(|| GateError::NotFound("elevation", id.to_owned()))?;
        let caller = self.caller(principal)?;
        if caller.id == elevation.person {
            let message = "nobody agrees to their own gain; another architect must";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        // Or one architect could make a second person up.
        if caller.known_since > elevation.created_at {
            let message = "who was made known, or invited again, after it was asked for cannot \
                           agree to it";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        Ok(elevation.clone())
    }

    fn propose(
        &mut self,
        person: PersonId,
        change: Gain,
        principal: &Principal,
    ) -> Result<Membership, GateError> {
        let waiting = &self.state.people.elevations;
        if let Some(same) = waiting
            .values()
            .find(|e| e.person == person && e.change == change)
        {
            return Ok(Membership::Waits(same.clone()));
        }
        if waiting.len() >= ELEVATIONS_MAX {
            let message = format!("{ELEVATIONS_MAX} such changes wait already");
            return Err(GateError::conflict("elevation.too_many", message));
        }
        let elevation = Elevation::new(self.house.id("elv_")?, person, change, self.now);
        self.seal_elevation(&principal.actor(), &elevation, "proposed")?;
        let labels = ("waiting", "", elevation.created_at);
        self.keep(DocumentKind::Elevation, &elevation.id, labels, &elevation)?;
        self.state
            .people
            .elevations
            .insert(elevation.id.clone(), elevation.clone());
        Ok(Membership::Waits(elevation))
    }

    fn seal_elevation(
        &mut self,
        actor: &str,
        elevation: &Elevation,
        what: &str,
    ) -> Result<(), GateError> {
        let members = details([("elevation", json(elevation)?), ("outcome", what.into())]);
        self.seal_event(RecordKind::Elevation, (actor, ""), members)
            .map(drop)
    }

    fn forget_elevation(&mut self, id: &str) {
        self.state.people.elevations.remove(id);
        self.batch.remove(DocumentKind::Elevation, id);
    }

    /// Forgets the changes that nobody agreed to in time.
    pub(super) fn forget_elevations(&mut self) {
        let over = self
            .state
            .people
            .elevations
            .values()
            .filter(|e| e.is_over(self.now));
        let ids: Vec<String> = over.map(|elevation| elevation.id.clone()).collect();
        ids.iter().for_each(|id| self.forget_elevation(id));
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

    fn join(
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

    fn group(&self, id: &str) -> Result<&Group, GateError> {
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
