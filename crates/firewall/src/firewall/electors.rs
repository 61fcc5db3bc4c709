//! Whom an approver list would ask at this moment, and who of them could decide.

use super::{Firewall, people::must_look_at_people};
use crate::{
    access::{Resource, RoleGrant, Verb},
    electorate::Electorate,
    error::GateError,
    key::Usage,
    person::Person,
    principal::Principal,
    settings::StepUp,
    turn::Turn,
};
use portcullis_policy::{id::PersonId, tier::RiskTier};

/// What the words of an approver list come to now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Electors {
    /// Whom they name.
    pub electorate: Electorate,
    /// The words that name nobody, as they were written.
    pub unknown: Vec<String>,
    /// Everybody who is named, in order of name; when anybody may, everybody who decides at all.
    pub people: Vec<Elector>,
}

/// Somebody who would be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Elector {
    /// Who.
    pub person: PersonId,
    /// Why they could not decide, wherever in the tenant it was asked; `None` when they could.
    pub bar: Option<Bar>,
}

/// What keeps somebody from deciding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bar {
    /// They are not active.
    Inactive,
    /// They hold no role that decides.
    Role,
    /// They decide in single workspaces alone.
    Workspaces,
    /// They have no way to sign in, and no token.
    Entry,
    /// Their passkey would be asked for, and they have none.
    Passkey,
}

impl Electors {
    /// How many could decide, wherever in the tenant it was asked.
    #[must_use]
    pub fn able(&self) -> usize {
        let able = self.people.iter().filter(|elector| elector.bar.is_none());
        able.count()
    }
}

impl Firewall {
    /// Whom an approver list would ask about an action of this risk tier now. The agent's owner
    /// and whoever asked count for less than they do here: that depends on the action.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than people with a role in the whole tenant.
    pub async fn electors(
        &self,
        principal: &Principal,
        risk: RiskTier,
        words: &[String],
    ) -> Result<Electors, GateError> {
        must_look_at_people(principal)?;
        let words = words.to_vec();
        self.on_lane(principal, move |turn| Ok(electors(turn, risk, &words)))
            .await
    }
}

fn electors(turn: &Turn<'_>, risk: RiskTier, words: &[String]) -> Electors {
    let people = &turn.state.people;
    let electorate = Electorate::of(words, people);
    let asked = people
        .persons
        .values()
        .filter(|person| electorate.has(person, turn.now, people));
    let mut asked: Vec<(&Person, Option<Bar>)> = asked
        .map(|person| (person, bar(turn, person, risk)))
        .filter(|(_, bar)| !electorate.anybody || !matches!(bar, Some(Bar::Inactive | Bar::Role)))
        .collect();
    asked.sort_by_key(|(person, _)| person.label());
    let elector = |(person, bar): (&Person, Option<Bar>)| Elector {
        person: person.id.clone(),
        bar,
    };
    let unknown = words.iter().filter(|word| names_nobody(turn, word));
    Electors {
        people: asked.into_iter().map(elector).collect(),
        unknown: unknown.cloned().collect(),
        electorate,
    }
}

/// Whether one word of a list stands for nobody.
fn names_nobody(turn: &Turn<'_>, word: &str) -> bool {
    let people = &turn.state.people;
    let alone = Electorate::of(&[word.to_owned()], people);
    let mut linked = people.persons.values().filter_map(|one| one.slack.as_ref());
    alone.people.is_empty()
        && alone.groups.is_empty()
        && !linked.any(|slack| alone.slack_users.contains(&slack.user))
}

/// What keeps somebody from deciding about something that belongs to no workspace.
fn bar(turn: &Turn<'_>, person: &Person, risk: RiskTier) -> Option<Bar> {
    let decides = |grant: &RoleGrant| grant.role.gives(Verb::Decide);
    if !person.active {
        return Some(Bar::Inactive);
    }
    if !person.grants.iter().any(decides) {
        return Some(Bar::Role);
    }
    let everywhere = Resource::default();
    if !turn.state.people.may(&person.id, Verb::Decide, &everywhere) {
        return Some(Bar::Workspaces);
    }
    let has_token = || {
        let mut keys = turn.state.keys.values();
        keys.any(|key| {
            let own = key.person.as_ref() == Some(&person.id);
            own && key.usage == Usage::Token && key.is_live(turn.now)
        })
    };
    if !person.has_own_proof() && !has_token() {
        return Some(Bar::Entry);
    }
    let asks_passkey =
        risk >= RiskTier::Destructive && turn.state.tenant.settings.step_up == StepUp::Always;
    (asks_passkey && person.passkeys.is_empty()).then_some(Bar::Passkey)
}
