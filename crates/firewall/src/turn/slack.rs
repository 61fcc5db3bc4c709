//! Who is who in Slack, one to one.

use super::{Turn, people::must_configure};
use crate::{
    click::{Click, Clicked, Unheard},
    error::GateError,
    hold::Hold,
    person::{Person, SlackUser},
    principal::Principal,
};

impl Turn<'_> {
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

    /// Brings the answer of a user of Slack to a hold; who is nobody here is on record.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] alone; every other refusal is an answer and a record.
    pub fn decide_in_slack(
        &mut self,
        user: &SlackUser,
        hold: Hold,
        click: &Click,
    ) -> Result<Clicked, GateError> {
        let error = match self.slack_caller(user) {
            Ok(caller) => return self.decide(&caller, hold, click),
            Err(error) => error,
        };
        let unheard = Unheard {
            by: user.to_string(),
            way: click.way,
            token: click.token.clone(),
            code: error.code(),
            because: "this user of Slack is nobody here".to_owned(),
        };
        self.note_unheard(Some(&hold), &unheard)?;
        Ok(Clicked::Refused(error))
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
}
