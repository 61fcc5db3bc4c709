//! The passkeys of people. Their signatures are verified before they get here.

use super::{Turn, people::check_name};
use crate::{
    click::Presence,
    error::GateError,
    key::{Key, Token},
    passkey::Passkey,
    person::Person,
    principal::Principal,
    proof::Proof,
};
use portcullis_policy::id::PersonId;

/// The most passkeys of one person.
const PASSKEYS_MAX: usize = 20;

impl Turn<'_> {
    /// Adds a passkey to the caller.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when anybody has it already, the caller too many, or one that was not
    /// shown; [`GateError::Invalid`] for a bad name.
    pub fn add_passkey(
        &mut self,
        principal: &Principal,
        passkey: Passkey,
    ) -> Result<Person, GateError> {
        check_name("name", &passkey.name)?;
        let mut person = self.caller(principal)?.clone();
        self.must_have_shown_one(principal, &person)?;
        let known = |person: &Person| {
            let same = |own: &Passkey| own.credential_id == passkey.credential_id;
            person.passkeys.iter().any(same)
        };
        if self.state.people.persons.values().any(known) {
            return Err(GateError::conflict(
                "passkey.known",
                "this passkey is registered",
            ));
        }
        if person.passkeys.len() >= PASSKEYS_MAX {
            let message = format!("a person has at most {PASSKEYS_MAX} passkeys");
            return Err(GateError::conflict("passkey.too_many", message));
        }
        person.passkeys.push(passkey);
        self.change_person(&principal.actor(), person, "passkey added")
    }

    /// Removes a passkey of the caller; their other sign-ins by passkey end.
    ///
    /// # Errors
    /// [`GateError::NotFound`]; [`GateError::Conflict`] when none was shown.
    pub fn remove_passkey(
        &mut self,
        principal: &Principal,
        credential_id: &str,
    ) -> Result<Person, GateError> {
        let mut person = self.caller(principal)?.clone();
        self.must_have_shown_one(principal, &person)?;
        let before = person.passkeys.len();
        person
            .passkeys
            .retain(|passkey| passkey.credential_id != credential_id);
        if person.passkeys.len() == before {
            return Err(GateError::NotFound("passkey", credential_id.to_owned()));
        }
        let person = self.change_person(&principal.actor(), person, "passkey removed")?;
        self.end_sign_ins(principal, &person.id, |key| {
            key.proof == Some(Proof::Passkey)
        })?;
        Ok(person)
    }

    /// Checks that who changes the passkeys of somebody who has one has shown one at signing in, or
    /// was let in by an invitation just before, as who has lost them all is.
    ///
    /// Fails closed: else a password alone could take the passkeys away, or add one, and then
    /// approve what a passkey is due for.
    fn must_have_shown_one(&self, principal: &Principal, person: &Person) -> Result<(), GateError> {
        let key = self.state.keys.get(&principal.key);
        let proof = key.and_then(|key| key.proof);
        if person.passkeys.is_empty() || matches!(proof, Some(Proof::Passkey | Proof::Invitation)) {
            return Ok(());
        }
        let message = "sign in with one of your passkeys first; who has lost them all asks an \
                       architect for an invitation";
        Err(GateError::conflict("passkey.not_shown", message))
    }

    /// Notes how often a passkey was used, by its own count.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when the count does not go up: the passkey was copied.
    pub fn note_sign_count(
        &mut self,
        person: &Person,
        presence: &Presence,
    ) -> Result<(), GateError> {
        let mut person = self.person(person.id.as_str())?.clone();
        let own = |passkey: &&mut Passkey| passkey.credential_id == presence.credential_id;
        let missing = || GateError::NotFound("passkey", presence.credential_id.clone());
        let passkey = person.passkeys.iter_mut().find(own).ok_or_else(missing)?;
        passkey
            .advance(presence.sign_count)
            .map_err(|error| GateError::conflict(error.code(), error.to_string()))?;
        self.keep_person(person).map(drop)
    }

    /// Signs in by a passkey whose signature was verified.
    ///
    /// # Errors
    /// As [`Turn::sign_in`] and [`Turn::note_sign_count`].
    pub fn sign_in_by_passkey(
        &mut self,
        id: &PersonId,
        presence: &Presence,
    ) -> Result<(Key, Token), GateError> {
        let person = self
            .person(id.as_str())
            .map_err(|_| GateError::Unauthenticated)?
            .clone();
        self.note_sign_count(&person, presence)?;
        self.sign_in(id, Proof::Passkey)
    }
}
