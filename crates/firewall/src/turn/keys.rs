//! Keys of agents and clients, and the tokens of people.

use super::{Turn, agents::check_text, details, people::check_name};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    key::{ID_PREFIX, Key, Token, Usage, is_id},
    person::Person,
    principal::{Principal, Role},
    proof::Proof,
    state::Roster,
};
use jiff::Timestamp;
use portcullis_policy::id::PersonId;

/// The most live tokens and sign-ins of one person.
const OF_ONE_PERSON: usize = 100;

/// A key to be issued.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// For people: of an agent's or client's key, what it is called; of a person's token, whose.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The groups that a new person is to be in, by name.
    pub groups: Vec<String>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

impl NewKey {
    /// A key without an end, and of a person without groups.
    #[must_use]
    pub fn of(name: &str, role: Role) -> Self {
        Self {
            name: name.to_owned(),
            role,
            groups: Vec::new(),
            expires_at: None,
        }
    }
}

/// As what a credential is issued.
#[derive(Clone, Copy, Debug)]
pub(super) struct Issue {
    /// Where it may be shown.
    pub(super) usage: Usage,
    /// How its person proved who they are, when they sign in.
    pub(super) proof: Option<Proof>,
}

impl Issue {
    /// As a token that somebody asked for.
    const TOKEN: Self = Self {
        usage: Usage::Token,
        proof: None,
    };
}

impl Turn<'_> {
    /// Issues a key, or a person's token; the token is shown once.
    ///
    /// A person's role makes a token of the person by that name, whom it makes known when there is
    /// none. People who are known already issue their own: nobody can act as somebody else.
    ///
    /// # Errors
    /// [`GateError::Invalid`] for a bad name or a past end, [`GateError::NotFound`] for a key of an
    /// unknown agent, [`GateError::Conflict`] for a token of somebody else, or one for more than
    /// its person may.
    pub fn issue_key(
        &mut self,
        principal: &Principal,
        new: NewKey,
    ) -> Result<(Key, Token), GateError> {
        self.check_new_key(&new)?;
        if !new.role.is_person() {
            return self.make_key(&principal.actor(), new, None, Issue::TOKEN);
        }
        let Some(known) = self.state.people.by_name(&new.name).cloned() else {
            return self.introduce(&principal.actor(), new);
        };
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| badge.id == known.id);
        if !own {
            let message = format!(
                "`{}` is known already and issues their own tokens; invite them to sign in",
                known.name
            );
            return Err(GateError::conflict("key.of_another", message));
        }
        if !new.groups.is_empty() {
            let message = "groups are changed where groups are; a token brings none";
            return Err(GateError::conflict("key.groups", message));
        }
        self.issue_own(principal, known, new)
    }

    /// Makes somebody known together with their first token.
    pub(crate) fn introduce(
        &mut self,
        actor: &str,
        new: NewKey,
    ) -> Result<(Key, Token), GateError> {
        self.check_new_key(&new)?;
        check_name("name", &new.name)?;
        for group in &new.groups {
            check_name("groups", group)?;
        }
        let grants = new.role.tenant_role().map(|role| crate::access::RoleGrant {
            role,
            workspace: None,
        });
        let person = self.make_known(actor, &new.name, None, grants.into_iter().collect())?;
        for group in &new.groups {
            self.join_by_name(actor, group, &person.id)?;
        }
        self.make_key(actor, new, Some(person.id), Issue::TOKEN)
    }

    /// Issues another token of the caller, by a name of its own, for as much as the caller may.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people, [`GateError::Invalid`].
    pub fn issue_own_token(
        &mut self,
        principal: &Principal,
        name: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<(Key, Token), GateError> {
        let person = self.caller(principal)?.clone();
        let new = NewKey {
            expires_at,
            ..NewKey::of(name, principal.role.clone())
        };
        self.check_new_key(&new)?;
        check_name("name", name)?;
        self.issue_own(principal, person, new)
    }

    /// Issues a token of the caller.
    fn issue_own(
        &mut self,
        principal: &Principal,
        person: Person,
        new: NewKey,
    ) -> Result<(Key, Token), GateError> {
        if !is_within(&new.role, &principal.role) {
            let message = "a token is for no more than the credential that issues it";
            return Err(GateError::conflict("key.raises_role", message));
        }
        self.make_key(&principal.actor(), new, Some(person.id), Issue::TOKEN)
    }

    fn check_new_key(&self, new: &NewKey) -> Result<(), GateError> {
        check_text("name", &new.name, true)?;
        for group in &new.groups {
            check_text("groups", group, true)?;
        }
        if new.expires_at.is_some_and(|end| end <= self.now) {
            return Err(GateError::invalid("expires_at", "must be in the future"));
        }
        match &new.role {
            Role::Agent(agent) if !self.state.agents.contains_key(agent) => {
                Err(GateError::NotFound("agent", agent.to_string()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn make_key(
        &mut self,
        actor: &str,
        new: NewKey,
        person: Option<PersonId>,
        Issue { usage, proof }: Issue,
    ) -> Result<(Key, Token), GateError> {
        if let Some(person) = &person
            && self.live_keys_of(person).count() >= OF_ONE_PERSON
        {
            let message = format!("a person has at most {OF_ONE_PERSON} tokens and sign-ins");
            return Err(GateError::conflict("key.too_many", message));
        }
        let id = self.house.id(ID_PREFIX)?;
        let token = Token::mint(&id, &*self.house.entropy)?;
        let key = Key {
            id,
            name: new.name,
            role: new.role,
            person,
            usage,
            proof,
            token_sha256: token.sha256(),
            created_at: self.now,
            expires_at: new.expires_at,
            revoked: false,
        };
        self.change_key(actor, key.clone())?;
        Ok((key, token))
    }

    /// Ends a key or token at once.
    ///
    /// # Errors
    /// [`GateError::NotFound`]; [`GateError::Conflict`] when nobody could configure any more.
    pub fn revoke_key(&mut self, principal: &Principal, id: &str) -> Result<Key, GateError> {
        let missing = || GateError::NotFound("key", id.to_owned());
        let key = self.state.keys.get(id).ok_or_else(missing)?.clone();
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| key.person.as_ref() == Some(&badge.id));
        if !own && !principal.configures() {
            return Err(missing());
        }
        if self.opens(&key) && !self.can_somebody_configure_without(&key) {
            return Err(GateError::conflict(
                "key.last_architect",
                "without it no architect could get in; issue another token first",
            ));
        }
        self.end_key(&principal.actor(), key)
    }

    /// Whether an architect gets in with it.
    fn opens(&self, key: &Key) -> bool {
        let person = key
            .person
            .as_ref()
            .and_then(|id| self.state.people.persons.get(id));
        key.role == Role::Architect
            && key.usage == Usage::Token
            && key.is_live(self.now)
            && person.is_some_and(Person::is_architect)
    }

    fn can_somebody_configure_without(&self, key: &Key) -> bool {
        let mut people = self.state.people.persons.values();
        people.any(|person| person.is_architect() && person.has_own_proof())
            || self
                .state
                .keys
                .values()
                .any(|other| other.id != key.id && self.opens(other))
    }

    pub(super) fn end_key(&mut self, actor: &str, mut key: Key) -> Result<Key, GateError> {
        key.revoked = true;
        self.change_key(actor, key.clone())?;
        Ok(key)
    }

    /// Ends what a person got by signing in, in browsers and for programs, as far as it is meant;
    /// what the change is made with stays.
    pub(super) fn end_sign_ins(
        &mut self,
        principal: &Principal,
        person: &PersonId,
        is_meant: impl Fn(&Key) -> bool,
    ) -> Result<(), GateError> {
        let ended: Vec<Key> = self
            .live_keys_of(person)
            .filter(|key| key.is_sign_in() && key.id != principal.key && is_meant(key))
            .cloned()
            .collect();
        for key in ended {
            self.end_key(&principal.actor(), key)?;
        }
        Ok(())
    }

    /// Ends every credential of a person of some usages.
    pub(super) fn end_keys_of(
        &mut self,
        actor: &str,
        person: &PersonId,
        usages: &[Usage],
    ) -> Result<(), GateError> {
        let ended: Vec<Key> = self
            .live_keys_of(person)
            .filter(|key| usages.contains(&key.usage))
            .cloned()
            .collect();
        for key in ended {
            self.end_key(actor, key)?;
        }
        Ok(())
    }

    pub(super) fn live_keys_of<'s>(
        &'s self,
        person: &'s PersonId,
    ) -> impl Iterator<Item = &'s Key> {
        let own = move |key: &&Key| key.person.as_ref() == Some(person) && key.is_live(self.now);
        self.state.keys.values().filter(own)
    }

    /// Checks that a caller still is who the door took them for: their key was not revoked and has
    /// not ended since, and the person may still do as much.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`].
    pub fn must_be_live(&self, principal: &Principal) -> Result<(), GateError> {
        let live = match self.state.keys.get(&principal.key) {
            Some(key) => key.is_live(self.now),
            // What has ended is forgotten while a call still brings its body. Only who is known
            // without a key, at the gate's own machine or in Slack, needs none to be kept.
            None => !is_id(&principal.key),
        };
        if live && self.state.people.still_stands(principal) {
            Ok(())
        } else {
            Err(GateError::Unauthenticated)
        }
    }

    /// Every credential with its holder, as doors are to know them.
    #[must_use]
    pub fn roster(&self) -> Roster {
        self.state.roster()
    }

    pub(super) fn change_key(&mut self, actor: &str, key: Key) -> Result<(), GateError> {
        let agent = key
            .role
            .agent()
            .map_or("", |agent| agent.as_str())
            .to_owned();
        let mut members = details([
            ("key_id", key.id.as_str().into()),
            ("name", key.name.as_str().into()),
            ("revoked", key.revoked.into()),
            ("role", key.role.as_str().into()),
        ]);
        if let Some(person) = &key.person {
            members.insert("person_id".to_owned(), person.as_str().into());
        }
        if key.usage != Usage::Token {
            members.insert("usage".to_owned(), key.usage.as_str().into());
        }
        self.seal_event(RecordKind::KeyChange, (actor, &agent), members)?;
        let status = if key.revoked { "revoked" } else { "active" };
        let labels = (status, agent.as_str(), key.created_at);
        self.keep(DocumentKind::Key, &key.id, labels, &key)?;
        self.state.keys.insert(key.id.clone(), key);
        Ok(())
    }

    /// Forgets sign-ins and invitations that have ended: nobody asks for them again.
    pub(super) fn forget_sign_ins(&mut self, at_once: usize) {
        let over = |key: &&Key| {
            (key.is_sign_in() || key.usage == Usage::Invitation) && !key.is_live(self.now)
        };
        let ids: Vec<String> = self
            .state
            .keys
            .values()
            .filter(over)
            .take(at_once)
            .map(|key| key.id.clone())
            .collect();
        for id in ids {
            self.state.keys.remove(&id);
            self.batch.remove(DocumentKind::Key, &id);
        }
    }
}

/// Whether a person's token for `new` is for no more than their credential for `own`.
///
/// A member's token has no bound of its own: it is good for whatever its person may. So it is more
/// than any token that has one, although its role has no place among the others.
fn is_within(new: &Role, own: &Role) -> bool {
    match (new.tenant_role(), own.tenant_role()) {
        (Some(new), Some(own)) => new <= own,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}
