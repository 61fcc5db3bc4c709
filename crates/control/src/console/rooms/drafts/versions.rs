//! Which versions are looked at, and who made them.

use crate::{
    console::{
        parts::versions::{Pick, Seal},
        rooms::{names::People, question::Question, telling::Telling},
    },
    rights::Gate,
};
use jiff::Timestamp;
use portcullis_firewall::{error::GateError, principal::Principal};

/// The versions that are asked for, by `?version=` and `?against=`; the newest alone when nothing
/// is.
///
/// # Errors
/// 422 for what is no number, 404 for a version that there is not.
pub(in crate::console::rooms) fn picked(
    asked: &Question,
    all: Vec<u32>,
) -> Result<Pick, GateError> {
    let one = |name: &str, instead: u32| {
        let number = asked.number(name)?;
        if number == 0 {
            return Ok(instead);
        }
        let known = all.iter().find(|version| u64::from(**version) == number);
        known
            .copied()
            .ok_or_else(|| GateError::NotFound("version", number.to_string()))
    };
    let newest = all.first().copied().unwrap_or_default();
    Ok(Pick {
        version: one("version", newest)?,
        against: one("against", 0)?,
        all,
    })
}

/// Who made changes, by their records.
pub(in crate::console::rooms) struct Makers<'g> {
    gate: &'g Gate,
    caller: &'g Principal,
    people: People,
}

impl<'g> Makers<'g> {
    /// Knows everybody.
    ///
    /// # Errors
    /// As [`portcullis_firewall::firewall::Firewall::people`].
    pub(in crate::console::rooms) async fn read(
        gate: &'g Gate,
        caller: &'g Principal,
    ) -> Result<Self, GateError> {
        let people = People::read(gate, caller).await?;
        Ok(Self {
            gate,
            caller,
            people,
        })
    }

    /// What is known of the change that a record is about.
    ///
    /// # Errors
    /// As [`portcullis_firewall::firewall::Firewall::record`].
    pub(in crate::console::rooms) async fn seal(
        &self,
        record: u64,
        at: Timestamp,
    ) -> Result<Seal, GateError> {
        let sealed = self.gate.record(self.caller, record).await?;
        let by = self.name(Telling::of(&sealed).text("actor"));
        Ok(Seal { record, by, at })
    }

    /// Somebody by name, as records name them.
    pub(in crate::console::rooms) fn name(&self, actor: &str) -> String {
        self.people.actor(actor, actor).name
    }
}
