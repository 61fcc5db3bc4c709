//! Signing in and out, and the passwords of people.

use super::{
    Turn, details,
    keys::{Issue, NewKey},
};
use crate::{
    access::RoleGrant,
    batch::RecordKind,
    error::GateError,
    key::{Key, Token, Usage},
    moment,
    password::{NewPassword, Verified},
    person::Person,
    principal::{Principal, Role},
    proof::Proof,
};
use portcullis_policy::id::PersonId;
use serde_json::Value;

/// How long a sign-in is good, in seconds.
const SIGN_IN_SECONDS: u32 = 12 * 3_600;
/// The most live sign-ins of one person; the oldest gives way.
const SIGN_INS_MAX: usize = 20;

impl Turn<'_> {
    /// Replaces the caller's password; their other sign-ins end, those of programs too.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people; [`GateError::Invalid`] when they have one
    /// and did not show it.
    pub fn set_password(
        &mut self,
        principal: &Principal,
        old: Option<Verified>,
        new: NewPassword,
    ) -> Result<Person, GateError> {
        let mut person = self.caller(principal)?.clone();
        let shown = old.is_some_and(|old| old.is_by(&person.id));
        if person.password.is_some() && !shown {
            return Err(GateError::invalid("old_password", "is not your password"));
        }
        person.password = Some(new.into_hash());
        let actor = principal.actor();
        let person = self.change_person(&actor, person, "password changed")?;
        self.end_sign_ins(principal, &person.id, |_| true)?;
        Ok(person)
    }

    /// Signs a person in who has proven who they are.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for who is not known or not active.
    pub fn sign_in(&mut self, id: &PersonId, proof: Proof) -> Result<(Key, Token), GateError> {
        let (actor, person) = self.note_sign_in(id, proof)?;
        // Old sign-ins give way, so that forgetting to sign out never locks anybody out.
        let mut own: Vec<Key> = self
            .live_keys_of(&person.id)
            .filter(|key| key.usage == Usage::SignIn)
            .cloned()
            .collect();
        own.sort_by_key(|key| key.created_at);
        let too_many = own.len().saturating_sub(SIGN_INS_MAX.saturating_sub(1));
        for key in own.into_iter().take(too_many) {
            self.end_key(&actor, key)?;
        }
        let issue = Issue {
            usage: Usage::SignIn,
            proof: Some(proof),
        };
        self.key_of_person(&actor, &person, issue, SIGN_IN_SECONDS)
    }

    /// Gives a person who has proven who they are a token for programs, as long as a sign-in.
    ///
    /// # Errors
    /// As [`Turn::sign_in`].
    pub fn sign_in_program(
        &mut self,
        id: &PersonId,
        proof: Proof,
    ) -> Result<(Key, Token), GateError> {
        let (actor, person) = self.note_sign_in(id, proof)?;
        let issue = Issue {
            usage: Usage::Token,
            proof: Some(proof),
        };
        self.key_of_person(&actor, &person, issue, SIGN_IN_SECONDS)
    }

    fn note_sign_in(&mut self, id: &PersonId, proof: Proof) -> Result<(String, Person), GateError> {
        let person = self.state.people.persons.get(id).filter(|one| one.active);
        let person = person.ok_or(GateError::Unauthenticated)?.clone();
        let members = details([
            ("outcome", "signed_in".into()),
            ("person_id", person.id.as_str().into()),
            ("proof", proof.as_str().into()),
        ]);
        let actor = format!("person:{}", person.id);
        self.seal_event(RecordKind::SignIn, (&actor, ""), members)?;
        Ok((actor, person))
    }

    /// Ends the caller's sign-in.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for a caller who has not signed in.
    pub fn sign_out(&mut self, principal: &Principal) -> Result<(), GateError> {
        let key = self.state.keys.get(&principal.key).cloned();
        let key = key.filter(|key| key.usage == Usage::SignIn);
        let key = key.ok_or_else(|| GateError::Forbidden("not signed in".to_owned()))?;
        self.end_key(&principal.actor(), key).map(drop)
    }

    /// Puts a vain attempt to sign in on record, unless there were very many lately.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_failed_sign_in(
        &mut self,
        person: Option<&PersonId>,
        proof: Proof,
    ) -> Result<(), GateError> {
        let Some(untold) = self.state.alarm.admit(self.now) else {
            return Ok(());
        };
        let members = details([
            ("outcome", "refused".into()),
            (
                "person_id",
                person.map_or(Value::Null, |id| id.as_str().into()),
            ),
            ("proof", proof.as_str().into()),
            ("unrecorded_before", untold.into()),
        ]);
        self.seal_event(RecordKind::SignIn, ("anonymous", ""), members)
            .map(drop)
    }

    pub(super) fn key_of_person(
        &mut self,
        actor: &str,
        person: &Person,
        issue: Issue,
        seconds: u32,
    ) -> Result<(Key, Token), GateError> {
        let new = NewKey {
            name: person.name.clone(),
            role: Role::of(person.tenant_role()),
            groups: Vec::new(),
            expires_at: Some(moment::later(self.now, seconds)),
        };
        self.make_key(actor, new, Some(person.id.clone()), issue)
    }

    /// Makes the people known whose tokens come from a time when tokens had no person.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn give_tokens_people(&mut self) -> Result<(), GateError> {
        let orphan = |key: &&Key| key.role.is_person() && key.person.is_none() && !key.revoked;
        let orphans: Vec<Key> = self.state.keys.values().filter(orphan).cloned().collect();
        for mut key in orphans {
            let known = self
                .state
                .people
                .by_name(&key.name)
                .map(|person| person.id.clone());
            let person = match known {
                Some(person) => person,
                None => {
                    let grants = key.role.tenant_role().map(|role| RoleGrant {
                        role,
                        workspace: None,
                    });
                    let grants = grants.into_iter().collect();
                    self.make_known("portcullis", &key.name, None, grants)?.id
                }
            };
            key.person = Some(person);
            self.change_key("portcullis", key)?;
        }
        Ok(())
    }
}
