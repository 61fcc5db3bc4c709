//! What waits for whom.

use super::Firewall;
use crate::{
    access::Verb, approval::Choice, error::GateError, hold::Hold, principal::Principal,
    turn::StepUpDue,
};

/// A hold that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The hold.
    pub hold: Hold,
    /// Whether the caller is asked.
    pub is_asked: bool,
}

impl Firewall {
    /// The holds that wait and that the caller may see, whoever is asked first ends first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn inbox(&self, principal: &Principal) -> Result<Vec<Waiting>, GateError> {
        if principal.role.agent().is_some() {
            let message = "an agent's key does not read the tenant's lists";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        let caller = principal.clone();
        let mut waiting = self
            .on_lane(principal, move |turn| {
                let waits = turn.state.holds.values().filter(|hold| {
                    hold.must_wait(turn.now).is_ok() && caller.may(Verb::View, &hold.resource())
                });
                Ok(waits
                    .map(|hold| Waiting {
                        is_asked: turn.is_theirs(&caller, hold),
                        hold: hold.clone(),
                    })
                    .collect::<Vec<_>>())
            })
            .await?;
        waiting.sort_by(|a, b| {
            let key = |one: &Waiting| (one.hold.timeout_at, one.hold.id.clone());
            key(a).cmp(&key(b))
        });
        Ok(waiting)
    }

    /// How many holds wait for the caller.
    ///
    /// # Errors
    /// As [`Self::inbox`].
    pub async fn waiting_for(&self, principal: &Principal) -> Result<usize, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            let theirs =
                |hold: &&Hold| hold.must_wait(turn.now).is_ok() && turn.is_theirs(&caller, hold);
            Ok(turn.state.holds.values().filter(theirs).count())
        })
        .await
    }

    /// Whether an answer of the caller would count at this moment; nothing happens.
    ///
    /// # Errors
    /// Why it would not.
    pub async fn could_decide(
        &self,
        principal: &Principal,
        hold: &str,
        choice: Choice,
    ) -> Result<StepUpDue, GateError> {
        let hold = self.hold(principal, hold).await?;
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            turn.could_decide(&caller, &hold, choice)
        })
        .await
    }
}
