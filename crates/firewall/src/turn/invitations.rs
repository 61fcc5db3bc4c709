//! Inviting people, and being invited: whoever has an invitation chooses a password, once.

use super::{Turn, keys::Issue, people::must_configure};
use crate::{
    error::GateError,
    key::{Key, Token, Usage},
    password::NewPassword,
    person::Person,
    principal::Principal,
    proof::Proof,
};
use portcullis_policy::id::PersonId;

/// How long an invitation is good, in seconds.
const INVITATION_SECONDS: u32 = 7 * 24 * 3_600;

impl Turn<'_> {
    /// Invites a person to prove who they are: whoever has the answer can choose a password, once.
    /// Earlier invitations end.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than architects, [`GateError::NotFound`],
    /// [`GateError::Conflict`] for somebody inactive.
    pub fn invite(&mut self, principal: &Principal, id: &str) -> Result<(Key, Token), GateError> {
        must_configure(principal)?;
        let person = self.person(id)?.clone();
        self.invitation(&principal.actor(), &person)
    }

    /// Invites the holder of a tenant's first token.
    pub(crate) fn invite_first(&mut self, key: &Key) -> Result<(Key, Token), GateError> {
        let id = key.person.as_ref().map_or("", PersonId::as_str);
        let person = self.person(id)?.clone();
        self.invitation("portcullis", &person)
    }

    fn invitation(&mut self, actor: &str, person: &Person) -> Result<(Key, Token), GateError> {
        if !person.active {
            return Err(GateError::conflict(
                "person.inactive",
                "they are not active",
            ));
        }
        self.end_keys_of(actor, &person.id, &[Usage::Invitation])?;
        let seconds = INVITATION_SECONDS;
        let issue = Issue {
            usage: Usage::Invitation,
            proof: None,
        };
        self.key_of_person(actor, person, issue, seconds)
    }

    /// Takes up an invitation: sets the password, and signs in.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for anything but an invitation.
    pub fn accept(
        &mut self,
        principal: &Principal,
        password: NewPassword,
    ) -> Result<(Key, Token), GateError> {
        let person = self.take_up(principal, password)?;
        self.sign_in(&person, Proof::Invitation)
    }

    /// Takes up an invitation: sets the password, and gives a token for programs.
    ///
    /// # Errors
    /// As [`Turn::accept`].
    pub fn accept_program(
        &mut self,
        principal: &Principal,
        password: NewPassword,
    ) -> Result<(Key, Token), GateError> {
        let person = self.take_up(principal, password)?;
        self.sign_in_program(&person, Proof::Invitation)
    }

    fn take_up(
        &mut self,
        principal: &Principal,
        password: NewPassword,
    ) -> Result<PersonId, GateError> {
        let key = self.state.keys.get(&principal.key).cloned();
        let invitation = key.filter(|key| key.usage == Usage::Invitation);
        let invitation =
            invitation.ok_or_else(|| GateError::Forbidden("this is no invitation".to_owned()))?;
        let mut person = self.caller(principal)?.clone();
        let actor = principal.actor();
        person.password = Some(password.into_hash());
        // Somebody else had the invitation in hand.
        person.known_since = self.now;
        let person = self.change_person(&actor, person, "invitation accepted")?;
        self.end_key(&actor, invitation)?;
        self.end_sign_ins(principal, &person.id, |_| true)?;
        Ok(person.id)
    }
}
