//! Signing in and out, and what people do about their own proofs.

use super::Firewall;
use crate::{
    click::Presence,
    error::GateError,
    key::{Key, Token, Usage},
    passkey::Passkey,
    password::{NewPassword, PasswordCheck, Salt, Verified},
    person::{Person, SlackUser},
    principal::Principal,
    proof::Proof,
    turn::{Newcomer, Turn},
};
use jiff::Timestamp;
use portcullis_policy::id::{PersonId, TenantId};

/// Somebody has signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The secret: for a browser's cookie, or for a program's header.
    pub secret: String,
    /// Until when.
    pub expires_at: Option<Timestamp>,
}

impl From<(Key, Token)> for SignedIn {
    fn from((key, token): (Key, Token)) -> Self {
        Self {
            secret: token.reveal().to_owned(),
            expires_at: key.expires_at,
        }
    }
}

impl Firewall {
    /// Who a browser is signed in as.
    #[must_use]
    pub fn signed_in(&self, secret: &str) -> Option<Principal> {
        self.shown(secret, Usage::SignIn)
    }

    /// Who an invitation is for.
    #[must_use]
    pub fn invited(&self, secret: &str) -> Option<Principal> {
        self.shown(secret, Usage::Invitation)
    }

    /// What the password of somebody is checked against, by name or mail address; somebody who is
    /// not known is checked as slowly.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for a tenant that does not exist.
    pub async fn password_check(
        &self,
        tenant: &TenantId,
        name: &str,
    ) -> Result<PasswordCheck, GateError> {
        let name = name.to_owned();
        self.in_turn(tenant, move |turn| {
            let people = &turn.state.people;
            let person = people.by_name(&name).or_else(|| people.by_email(&name));
            Ok(PasswordCheck::of(person))
        })
        .await
    }

    /// Signs a browser in whose user's password was verified.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] when name and password do not belong together, whichever is
    /// wrong.
    pub async fn sign_in_by_password(
        &self,
        tenant: &TenantId,
        verified: Verified,
    ) -> Result<SignedIn, GateError> {
        let id = self.verified(tenant, verified).await?;
        let sign_in = move |turn: &mut Turn<'_>| turn.sign_in(&id, Proof::Password);
        Ok(self.for_the_doors(tenant, sign_in).await?.into())
    }

    /// Gives a program a token whose user's password was verified.
    ///
    /// # Errors
    /// As [`Self::sign_in_by_password`].
    pub async fn token_by_password(
        &self,
        tenant: &TenantId,
        verified: Verified,
    ) -> Result<SignedIn, GateError> {
        let id = self.verified(tenant, verified).await?;
        let sign_in = move |turn: &mut Turn<'_>| turn.sign_in_program(&id, Proof::Password);
        Ok(self.for_the_doors(tenant, sign_in).await?.into())
    }

    /// Whose password was shown; a wrong one goes on record.
    async fn verified(&self, tenant: &TenantId, verified: Verified) -> Result<PersonId, GateError> {
        match verified.take() {
            (Some(id), true) => Ok(id),
            (id, _) => {
                let note = move |turn: &mut Turn<'_>| {
                    turn.note_failed_sign_in(id.as_ref(), Proof::Password)
                };
                self.in_turn(tenant, note).await?;
                Err(GateError::Unauthenticated)
            }
        }
    }

    /// Signs in by a passkey whose signature was verified for this person.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`], [`GateError::Conflict`] for a copied passkey.
    pub async fn sign_in_by_passkey(
        &self,
        tenant: &TenantId,
        person: PersonId,
        presence: Presence,
    ) -> Result<SignedIn, GateError> {
        let sign_in = move |turn: &mut Turn<'_>| turn.sign_in_by_passkey(&person, &presence);
        Ok(self.for_the_doors(tenant, sign_in).await?.into())
    }

    /// Signs in whom an identity provider vouches for.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::sign_in_newcomer`].
    pub async fn sign_in_by_provider(
        &self,
        tenant: &TenantId,
        newcomer: Newcomer,
    ) -> Result<SignedIn, GateError> {
        let issued = self
            .for_the_doors(tenant, move |turn| turn.sign_in_newcomer(&newcomer))
            .await?;
        Ok(issued.into())
    }

    /// Puts on record that somebody failed to prove who they are.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn note_failed_sign_in(
        &self,
        tenant: &TenantId,
        proof: Proof,
    ) -> Result<(), GateError> {
        self.in_turn(tenant, move |turn| turn.note_failed_sign_in(None, proof))
            .await
    }

    /// The person a passkey belongs to, with it.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for one that is nobody's.
    pub async fn passkey(
        &self,
        tenant: &TenantId,
        credential_id: &str,
    ) -> Result<(PersonId, Passkey), GateError> {
        let id = credential_id.to_owned();
        self.in_turn(tenant, move |turn| {
            let own = |person: &Person| {
                let same = |passkey: &&Passkey| passkey.credential_id == id;
                let passkey = person.passkeys.iter().find(same)?;
                Some((person.id.clone(), passkey.clone()))
            };
            let mut people = turn.state.people.persons.values().filter(|one| one.active);
            people.find_map(own).ok_or(GateError::Unauthenticated)
        })
        .await
    }

    /// Hashes a new password of the caller. Slow on purpose: not for where others wait.
    ///
    /// # Errors
    /// [`GateError::Invalid`] for a bad one, [`GateError::Unavailable`] without randomness.
    pub fn new_password(
        &self,
        principal: &Principal,
        password: &str,
    ) -> Result<NewPassword, GateError> {
        let name = principal.person.as_ref().map_or("", |badge| &*badge.name);
        let mut salt = [0_u8; 16];
        self.house.entropy.fill(&mut salt)?;
        NewPassword::of(password, name, &Salt::new(salt))
    }

    /// Takes up an invitation with a new password.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::accept`].
    pub async fn accept(
        &self,
        principal: &Principal,
        password: NewPassword,
    ) -> Result<SignedIn, GateError> {
        let caller = principal.clone();
        let accept = move |turn: &mut Turn<'_>| turn.accept(&caller, password);
        Ok(self.at_the_doors(principal, accept).await?.into())
    }

    /// Takes up an invitation with a new password, for a program.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::accept_program`].
    pub async fn accept_for_program(
        &self,
        principal: &Principal,
        password: NewPassword,
    ) -> Result<SignedIn, GateError> {
        let caller = principal.clone();
        let accept = move |turn: &mut Turn<'_>| turn.accept_program(&caller, password);
        Ok(self.at_the_doors(principal, accept).await?.into())
    }

    /// What the caller's own password is checked against; `None` while they have none.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people.
    pub async fn own_password_check(
        &self,
        principal: &Principal,
    ) -> Result<Option<PasswordCheck>, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let person = turn.caller(&caller)?;
            Ok(person
                .password
                .is_some()
                .then(|| PasswordCheck::of(Some(person))))
        })
        .await
    }

    /// Replaces the caller's password; whoever has one must have shown it.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::set_password`].
    pub async fn set_password(
        &self,
        principal: &Principal,
        old: Option<Verified>,
        new: NewPassword,
    ) -> Result<Person, GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.set_password(&caller, old, new))
            .await
    }

    /// Signs the caller out.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::sign_out`].
    pub async fn sign_out(&self, principal: &Principal) -> Result<(), GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.sign_out(&caller))
            .await
    }

    /// Adds a passkey to the caller.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::add_passkey`].
    pub async fn add_passkey(
        &self,
        principal: &Principal,
        passkey: Passkey,
    ) -> Result<Person, GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.add_passkey(&caller, passkey))
            .await
    }

    /// Removes a passkey of the caller.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::remove_passkey`].
    pub async fn remove_passkey(
        &self,
        principal: &Principal,
        credential_id: &str,
    ) -> Result<Person, GateError> {
        let (caller, id) = (principal.clone(), credential_id.to_owned());
        self.at_the_doors(principal, move |turn| turn.remove_passkey(&caller, &id))
            .await
    }

    /// Links the caller to their user in Slack.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::link_slack`].
    pub async fn link_slack(
        &self,
        principal: &Principal,
        user: SlackUser,
    ) -> Result<Person, GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.link_slack(&caller, user))
            .await
    }

    /// Ends a person's link to Slack.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::unlink_slack`].
    pub async fn unlink_slack(
        &self,
        principal: &Principal,
        person: &str,
    ) -> Result<Person, GateError> {
        let (caller, person) = (principal.clone(), person.to_owned());
        self.at_the_doors(principal, move |turn| turn.unlink_slack(&caller, &person))
            .await
    }
}
