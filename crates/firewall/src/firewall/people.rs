//! People: who makes them known and changes them, and who looks at them.

use super::Firewall;
use crate::{
    error::GateError,
    key::{Key, Token},
    person::Person,
    principal::Principal,
    turn::{NewPerson, PersonPatch},
};

impl Firewall {
    /// Makes somebody known.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::create_person`].
    pub async fn create_person(
        &self,
        principal: &Principal,
        new: NewPerson,
    ) -> Result<Person, GateError> {
        let caller = principal.clone();
        self.at_the_doors(principal, move |turn| turn.create_person(&caller, new))
            .await
    }

    /// Changes a person. Every door knows before this returns.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::update_person`].
    pub async fn update_person(
        &self,
        principal: &Principal,
        id: &str,
        patch: PersonPatch,
    ) -> Result<Person, GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| {
            turn.update_person(&caller, &id, patch)
        })
        .await
    }

    /// Invites a person; the token goes into a link that is good once.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::invite`].
    pub async fn invite(&self, principal: &Principal, id: &str) -> Result<(Key, Token), GateError> {
        let (caller, id) = (principal.clone(), id.to_owned());
        self.at_the_doors(principal, move |turn| turn.invite(&caller, &id))
            .await
    }

    /// Everybody, in order of name.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people.
    pub async fn people(&self, principal: &Principal) -> Result<Vec<Person>, GateError> {
        must_look_at_people(principal)?;
        let mut people: Vec<Person> = self
            .on_lane(principal, |turn| {
                Ok(turn.state.people.persons.values().cloned().collect())
            })
            .await?;
        people.sort_by_key(Person::label);
        Ok(people)
    }

    /// One person; anybody may look at themselves.
    ///
    /// # Errors
    /// [`GateError::NotFound`], also for others than people.
    pub async fn person(&self, principal: &Principal, id: &str) -> Result<Person, GateError> {
        let own = principal
            .person
            .as_ref()
            .is_some_and(|badge| badge.id.as_str() == id);
        if !own {
            must_look_at_people(principal)?;
        }
        let id = id.to_owned();
        self.on_lane(principal, move |turn| {
            let person = turn.state.people.persons.get(id.as_str()).cloned();
            person.ok_or(GateError::NotFound("person", id))
        })
        .await
    }
}

/// Whether a caller may look at who there is.
pub(super) fn must_look_at_people(principal: &Principal) -> Result<(), GateError> {
    if principal.role.is_person() && principal.reads() {
        Ok(())
    } else {
        let message = "only people with a role in the whole tenant look at people";
        Err(GateError::Forbidden(message.to_owned()))
    }
}
