//! The gate acts: it spends what entitles to an action, has it carried out, and seals the outcome.

use super::{Firewall, doing, leases::Lent};
use crate::{
    digest::ActionDigest,
    error::GateError,
    hands::Hands,
    live::Live,
    order::{Effect, Ended, Order},
    principal::Principal,
    scope::Mode,
    turn::{Begun, Claim, Sealed},
};
use portcullis_policy::id::TenantId;
use serde::Deserialize;
use std::{future::Future, sync::Arc};
use tokio::sync::oneshot;

/// How often the sealing of an outcome is tried before it is left for a person.
const SEALINGS: usize = 3;

/// An action that was carried out, or tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// The number of the action.
    pub seq: u64,
    /// What became of it, screened.
    pub effect: Effect,
    /// The record of that.
    pub sealed: Sealed,
}

impl Firewall {
    /// Has `hands` act for the gate from now on. What they carry out in another way than those
    /// before, and was judged already, must be asked again.
    pub fn use_hands(&self, hands: Hands) {
        self.hands.store(Arc::new(hands));
    }

    /// The hands that act for the gate, heard by one listener while they carry out: for
    /// [`Self::attend_by`] and [`Self::act_by`].
    #[must_use]
    pub fn hands_heard(&self, live: Live) -> Hands {
        self.hands.load_full().heard(live)
    }

    /// Carries an action out, once, after looking once more at what it would do if it has a dry
    /// run.
    ///
    /// What was begun is seen through, even when whoever asked goes away. When it fails nothing is
    /// tried again: the answer says what was tried.
    ///
    /// Fails closed: between the spending of the permit and the outcome a crash leaves the action
    /// begun; it is not tried again, and a person finds out what became of it.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::begin`], [`GateError::Conflict`] with `dryrun.moved` when it would
    /// now do something else and with `execution.unsealed` when it was begun and its end is not on
    /// record: it may have been done.
    pub async fn act(&self, principal: &Principal, claim: Claim) -> Result<Acted, GateError> {
        let hands = self.hands.load_full();
        self.carry(principal, claim, (hands, false)).await
    }

    /// The same by hands of a door's own, which know who is asking. They must carry an action out
    /// by the same means as those that the gate was lent.
    ///
    /// # Errors
    /// As [`Self::act`].
    pub async fn act_by(
        &self,
        principal: &Principal,
        claim: Claim,
        hands: Hands,
    ) -> Result<Acted, GateError> {
        self.carry(principal, claim, (Arc::new(hands), false)).await
    }

    pub(super) async fn carry(
        &self,
        principal: &Principal,
        claim: Claim,
        (hands, looked): (Arc<Hands>, bool),
    ) -> Result<Acted, GateError> {
        let (firewall, caller) = (self.clone(), principal.clone());
        self.seen_through(async move { firewall.carry_out(&caller, claim, (&hands, looked)).await })
            .await
    }

    /// Does something that goes on when whoever asked has gone away.
    pub(super) async fn seen_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, GateError>> + Send + 'static,
    ) -> Result<T, GateError> {
        let (tell, told) = oneshot::channel();
        (self.spawn.0)(Box::pin(async move {
            // What was done stays done.
            let _ = tell.send(work.await);
        }));
        told.await.map_err(|_| unsealed("it was cut short"))?
    }

    async fn carry_out(
        &self,
        principal: &Principal,
        claim: Claim,
        (hands, looked): (&Arc<Hands>, bool),
    ) -> Result<Acted, GateError> {
        let begun = self.begin(principal, &claim, (hands, looked)).await?;
        let order = match begun {
            Begun::Started(order) => order,
            Begun::ToRehearse(order) => {
                let noted = self.look(&principal.tenant, order, true).await?;
                if !noted.agrees {
                    let message = "it would now do something else than its dry run said";
                    return Err(GateError::conflict("dryrun.moved", message));
                }
                match self.begin(principal, &claim, (hands, true)).await? {
                    Begun::Started(order) => order,
                    Begun::ToRehearse(_) => {
                        let message = "it was looked at, and is to be looked at again";
                        return Err(GateError::Unavailable(message.to_owned()));
                    }
                }
            }
        };
        let (tenant, seq) = (order.tenant.clone(), order.seq);
        let (effect, lent) = match self.must_be_on_record(&order).await {
            Ok(()) => self.carried_out(order, hands).await,
            Err(error) => (nothing_done(&error), None),
        };
        self.end(&tenant, seq, (&effect, lent)).await
    }

    /// Carries out an order that was judged and begun in the turn before: it comes from there, and
    /// not out of a document that somebody could have exchanged.
    pub(super) async fn carry_out_judged(
        &self,
        order: Order,
        hands: &Hands,
    ) -> Result<Acted, GateError> {
        let (tenant, seq) = (order.tenant.clone(), order.seq);
        let (effect, lent) = self.carried_out(order, hands).await;
        self.end(&tenant, seq, (&effect, lent)).await
    }

    /// Takes a credential back that ends with its order, and seals how the order ended.
    async fn end(
        &self,
        tenant: &TenantId,
        seq: u64,
        (effect, lent): (&Effect, Option<Lent>),
    ) -> Result<Acted, GateError> {
        let effect = self.screened_effect(tenant, effect);
        let lease = lent.as_ref().map(|lent| lent.id.clone());
        if let Some(lent) = lent {
            self.give_back(tenant, lent).await;
        }
        let mut tries = 1;
        loop {
            let (found, lease) = (effect.clone(), lease.clone());
            // Not as the caller, whose key may have ended meanwhile.
            let sealed = self
                .in_turn(tenant, move |turn| {
                    turn.finish(seq, &found, lease.as_deref())
                })
                .await;
            match sealed {
                Ok(sealed) => {
                    return Ok(Acted {
                        seq,
                        effect,
                        sealed,
                    });
                }
                Err(GateError::Unavailable(_)) if tries < SEALINGS => tries += 1,
                Err(error) => return Err(unsealed(&error.to_string())),
            }
        }
    }

    /// Carries an order out, with a credential of its own when it names a scope.
    ///
    /// Fails closed: without the credential nothing is done.
    async fn carried_out(&self, mut order: Order, hands: &Hands) -> (Effect, Option<Lent>) {
        let mode = match &order.work {
            Some(work) if work.writes => Mode::Write,
            _ => Mode::Read,
        };
        match self.lend(&order, mode).await {
            Ok(lent) => {
                order.lease = lent.as_ref().map(|lent| lent.in_hand.clone());
                (doing::executed(hands, order).await, lent)
            }
            Err(error) => (nothing_done(&error), None),
        }
    }

    /// Whether the chain knows an order as what was judged: documents beside it may have been
    /// exchanged, all of them alike.
    async fn must_be_on_record(&self, order: &Order) -> Result<(), GateError> {
        #[derive(Deserialize)]
        struct Judged {
            action_digest: ActionDigest,
        }
        let record = self.record_at(&order.tenant, order.seq).await?;
        let judged: Judged = serde_json::from_slice(&record.payload)
            .map_err(|error| GateError::Unavailable(format!("an unreadable record: {error}")))?;
        if judged.action_digest == order.digest {
            Ok(())
        } else {
            let message = "the action is not the one that its record names";
            Err(GateError::conflict("action.exchanged", message))
        }
    }

    async fn begin(
        &self,
        principal: &Principal,
        claim: &Claim,
        (hands, looked): (&Arc<Hands>, bool),
    ) -> Result<Begun, GateError> {
        let (caller, what, hands) = (principal.clone(), claim.clone(), Arc::clone(hands));
        let begun = self
            .on_lane(principal, move |turn| {
                turn.begin(&caller, &what, &hands, looked)
            })
            .await;
        match (begun, claim) {
            // The lane forgets what is over; whoever may see it is told how it ended.
            (Err(GateError::NotFound(..)), Claim::Hold(hold)) => {
                Err(self.hold(principal, hold).await?.without_permit())
            }
            (begun, _) => begun,
        }
    }
}

fn nothing_done(error: &GateError) -> Effect {
    Effect::new(Ended::Failed, format!("nothing was done: {error}"))
}

/// Fails closed: whoever reads this does not take it for something that was not done.
fn unsealed(why: &str) -> GateError {
    let message = format!("it was begun, its end is not on record, and a person finds out: {why}");
    GateError::conflict("execution.unsealed", message)
}
