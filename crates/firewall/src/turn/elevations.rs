//! Changes of one's own rights, which need a second person.

use super::{Turn, details, json, members::Membership, people::must_configure};
use crate::{
    batch::{DocumentKind, RecordKind},
    elevation::{Elevation, Gain},
    error::GateError,
    group::Group,
    principal::Principal,
};
use portcullis_policy::id::PersonId;

/// The most changes that wait for a second person.
const ELEVATIONS_MAX: usize = 100;

impl Turn<'_> {
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

    pub(super) fn propose(
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
}
