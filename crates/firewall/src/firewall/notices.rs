//! What notices are made of: a hold as it stands, and where the letters of people go.

use super::Firewall;
use crate::{access::Verb, electorate::Electorate, error::GateError, hold::Hold, turn::Turn};
use portcullis_policy::id::TenantId;

impl Firewall {
    /// A hold as it stands now, for those who tell of it outside. What they may tell is theirs to
    /// choose: it holds parameters and an agent's own words.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Unavailable`].
    pub async fn hold_of(&self, tenant: &TenantId, hold: &str) -> Result<Hold, GateError> {
        let hold = self.kept_hold(tenant, hold).await?;
        Ok(self.as_of_now(hold))
    }

    /// Where the letters of people go, named in the words of the rules; of everybody who may
    /// approve this hold, when nobody is named.
    ///
    /// *Fails closed:* who may not see the hold at this moment is left out, whoever names them.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Unavailable`].
    pub async fn addresses(
        &self,
        tenant: &TenantId,
        hold: &str,
        named: &[String],
    ) -> Result<Vec<String>, GateError> {
        let hold = self.kept_hold(tenant, hold).await?;
        let named = named.to_vec();
        self.in_turn(tenant, move |turn| Ok(addresses(turn, &hold, &named)))
            .await
    }

    /// Where letters go that are about the tenant as a whole, e.g. its budgets: the addresses of
    /// these people and groups, named as approver lists name them.
    ///
    /// *Fails closed:* who has no role in the whole tenant is left out, whoever names them.
    ///
    /// # Errors
    /// [`GateError::Unavailable`].
    pub async fn addresses_of(
        &self,
        tenant: &TenantId,
        named: &[String],
    ) -> Result<Vec<String>, GateError> {
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let named = named.to_vec();
        self.in_turn(tenant, move |turn| {
            let people = &turn.state.people;
            let electorate = Electorate::of(&named, people);
            let reached = people.persons.values().filter(|person| {
                person.active
                    && person.tenant_role().is_some()
                    && electorate.has(person, turn.now, people)
            });
            Ok(reached.filter_map(|person| person.email.clone()).collect())
        })
        .await
    }
}

fn addresses(turn: &Turn<'_>, hold: &Hold, named: &[String]) -> Vec<String> {
    let people = &turn.state.people;
    let electorate = Electorate::of(named, people);
    let verb = if named.is_empty() {
        Verb::Decide
    } else {
        Verb::View
    };
    let reached = people.persons.values().filter(|person| {
        person.active
            && electorate.has(person, turn.now, people)
            && people.may(&person.id, verb, &hold.resource())
    });
    reached.filter_map(|person| person.email.clone()).collect()
}
