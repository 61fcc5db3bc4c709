//! People whom an identity provider vouches for.

use super::{Turn, people::check_name};
use crate::{
    access::RoleGrant,
    error::GateError,
    key::{Key, Token},
    person::{Person, Subject},
    proof::Proof,
};

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
    /// Signs in whom an identity provider vouches for, and brings their groups up to date.
    ///
    /// # Errors
    /// [`GateError::Unauthenticated`] for somebody who is not known, when nobody is let in for the
    /// first time, or is inactive; [`GateError::Conflict`] for somebody new whose mail address is
    /// another's.
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
        self.must_be_somebody_else(newcomer)?;
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

    /// Checks that nobody comes in as a second person.
    ///
    /// Fails closed: two people of one address may be one human, who would approve twice, or what
    /// they asked for themselves. An address never makes two people one either: it may have changed
    /// hands.
    fn must_be_somebody_else(&self, newcomer: &Newcomer) -> Result<(), GateError> {
        let email = newcomer.email.as_deref();
        let same = |person: &&Person| {
            let own = person.email.as_deref();
            let same = |(own, theirs): (&str, &str)| own.eq_ignore_ascii_case(theirs);
            person.active && own.zip(email).is_some_and(same)
        };
        let mut people = self.state.people.persons.values();
        if people.find(same).is_none() {
            return Ok(());
        }
        let message = "somebody here has this mail address already; an architect invites them, or \
                       takes the address away from them first";
        Err(GateError::conflict("person.email_taken", message))
    }
}
