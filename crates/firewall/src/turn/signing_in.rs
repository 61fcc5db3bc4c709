//! Proving who one is: invitations, passwords, passkeys, identity providers, Slack.

use super::{
    Turn, details,
    keys::NewKey,
    people::{check_name, must_configure},
};
use crate::{
    access::RoleGrant,
    batch::RecordKind,
    click::Presence,
    error::GateError,
    key::{Key, Token, Usage},
    moment,
    passkey::Passkey,
    password::{NewPassword, Verified},
    person::{Person, SlackUser, Subject},
    principal::{Principal, Role},
};
use portcullis_policy::id::PersonId;
use serde_json::Value;

/// How long an invitation is good, in seconds.
const INVITATION_SECONDS: u32 = 7 * 24 * 3_600;
/// How long a sign-in is good, in seconds.
const SIGN_IN_SECONDS: u32 = 12 * 3_600;
/// The most live sign-ins of one person; the oldest gives way.
const SIGN_INS_MAX: usize = 20;
/// The most passkeys of one person.
const PASSKEYS_MAX: usize = 20;

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Proof {
    /// By their password.
    Password,
    /// By a passkey.
    Passkey,
    /// By an identity provider.
    Provider,
    /// By a personal token.
    Token,
    /// By an invitation.
    Invitation,
}

impl Proof {
    /// The word in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Provider => "identity_provider",
            Self::Token => "token",
            Self::Invitation => "invitation",
        }
    }
}

/// Who an identity provider says somebody is.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Who they are there.
    pub subject: Subject,
    /// Their name there.
    pub name: String,
    /// Where letters go, when the provider has verified it.
    pub email: Option<String>,
    /// The groups that the provider decides about, by name, and whether they are in each.
    pub groups: Vec<(String, bool)>,
    /// The roles of somebody who comes for the first time; `None` when nobody may.
    pub roles: Option<Vec<RoleGrant>>,
}

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
        self.key_of_person(actor, person, Usage::Invitation, seconds)
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
        self.end_keys_of(&actor, &person.id, &[Usage::SignIn])?;
        Ok(person.id)
    }

    /// Replaces the caller's password; their other sign-ins end.
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
        let others: Vec<Key> = self
            .live_keys_of(&person.id)
            .filter(|key| key.usage == Usage::SignIn && key.id != principal.key)
            .cloned()
            .collect();
        for key in others {
            self.end_key(&actor, key)?;
        }
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
        self.key_of_person(&actor, &person, Usage::SignIn, SIGN_IN_SECONDS)
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
        self.key_of_person(&actor, &person, Usage::Token, SIGN_IN_SECONDS)
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

    /// Signs in whom an identity provider vouches for, and brings their groups up to date.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for somebody who is not known, when nobody is let in for the
    /// first time, or is inactive.
    pub fn sign_in_newcomer(&mut self, newcomer: &Newcomer) -> Result<(Key, Token), GateError> {
        for (group, _) in &newcomer.groups {
            check_name("groups", group)?;
        }
        let actor = format!("provider:{}", newcomer.subject.issuer);
        let known = self.state.people.by_subject(&newcomer.subject).cloned();
        let person = match (known, &newcomer.roles) {
            (Some(person), _) => person,
            (None, Some(roles)) => self.make_newcomer_known(&actor, newcomer, roles.clone())?,
            (None, None) => return Err(GateError::Unauthenticated),
        };
        for (group, is_in) in &newcomer.groups {
            if *is_in {
                self.join_by_name(&actor, group, &person.id)?;
            } else {
                self.leave_by_name(&actor, group, &person.id)?;
            }
        }
        self.sign_in(&person.id, Proof::Provider)
    }

    /// A name that is taken is somebody else's: names never make two people one.
    fn make_newcomer_known(
        &mut self,
        actor: &str,
        newcomer: &Newcomer,
        roles: Vec<RoleGrant>,
    ) -> Result<Person, GateError> {
        let mut name = newcomer.name.clone();
        for again in 2..100 {
            if self.state.people.by_name(&name).is_none() {
                break;
            }
            name = format!("{} {again}", newcomer.name);
        }
        let mut person = self.make_known(actor, &name, newcomer.email.clone(), roles)?;
        person.subject = Some(newcomer.subject.clone());
        self.change_person(actor, person, "known by the identity provider")
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

    /// Adds a passkey to the caller.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when anybody has it already, or the caller too many.
    pub fn add_passkey(
        &mut self,
        principal: &Principal,
        passkey: Passkey,
    ) -> Result<Person, GateError> {
        let mut person = self.caller(principal)?.clone();
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

    /// Removes a passkey of the caller.
    ///
    /// # Errors
    /// [`GateError::NotFound`].
    pub fn remove_passkey(
        &mut self,
        principal: &Principal,
        credential_id: &str,
    ) -> Result<Person, GateError> {
        let mut person = self.caller(principal)?.clone();
        let before = person.passkeys.len();
        person
            .passkeys
            .retain(|passkey| passkey.credential_id != credential_id);
        if person.passkeys.len() == before {
            return Err(GateError::NotFound("passkey", credential_id.to_owned()));
        }
        self.change_person(&principal.actor(), person, "passkey removed")
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

    /// Links the caller to their user in Slack, one to one.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when either is linked already.
    pub fn link_slack(
        &mut self,
        principal: &Principal,
        user: SlackUser,
    ) -> Result<Person, GateError> {
        let mut person = self.caller(principal)?.clone();
        let other = self
            .state
            .people
            .by_slack(&user)
            .map(|other| other.id.clone());
        if other.as_ref().is_some_and(|other| *other != person.id) {
            let message = "this user of Slack is somebody else here";
            return Err(GateError::conflict("slack.linked", message));
        }
        if person.slack.as_ref().is_some_and(|own| *own != user) {
            let message = "you are linked to another user of Slack; unlink that one first";
            return Err(GateError::conflict("slack.linked", message));
        }
        person.slack = Some(user);
        self.change_person(&principal.actor(), person, "linked to Slack")
    }

    /// Ends a person's link to Slack: one's own, or as an architect anybody's.
    ///
    /// # Errors
    /// [`GateError::Forbidden`], [`GateError::NotFound`].
    pub fn unlink_slack(
        &mut self,
        principal: &Principal,
        person: &str,
    ) -> Result<Person, GateError> {
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| badge.id.as_str() == person);
        if !own {
            must_configure(principal)?;
        }
        let mut person = self.person(person)?.clone();
        person.slack = None;
        self.change_person(&principal.actor(), person, "unlinked from Slack")
    }

    /// The caller that a user of Slack is, with the rights they have now.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for a user who is not linked.
    pub fn slack_caller(&self, user: &SlackUser) -> Result<Principal, GateError> {
        let person = self
            .state
            .people
            .by_slack(user)
            .ok_or(GateError::Unauthenticated)?;
        let holder = self.state.people.holder(&person.id);
        let holder = holder
            .filter(|holder| holder.active)
            .ok_or(GateError::Unauthenticated)?;
        Ok(Principal {
            tenant: self.state.tenant.id.clone(),
            key: format!("slack:{}", user.user),
            role: holder.role,
            person: Some(holder.badge),
        })
    }

    fn key_of_person(
        &mut self,
        actor: &str,
        person: &Person,
        usage: Usage,
        seconds: u32,
    ) -> Result<(Key, Token), GateError> {
        let new = NewKey {
            name: person.name.clone(),
            role: Role::of(person.tenant_role()),
            groups: Vec::new(),
            expires_at: Some(moment::later(self.now, seconds)),
        };
        self.make_key(actor, new, Some(person.id.clone()), usage)
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
