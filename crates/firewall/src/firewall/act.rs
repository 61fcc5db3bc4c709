//! The gate acts: it spends what entitles to an action, has it carried out, and seals the outcome.

use super::Firewall;
use crate::{
    error::GateError,
    execution::Execution,
    order::{Effect, Ended, Order},
    ports::{Executor, Screen},
    principal::{Principal, Role},
    turn::{Claim, Resolution, Sealed},
};
use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::Poll,
};
use tokio::sync::oneshot;

/// How often the sealing of an outcome is tried before it is left for a person.
const SEALINGS: usize = 3;

/// Who acts for the gate, and who looks through what comes back.
#[derive(Clone, Debug)]
pub struct Hands {
    /// Carries orders out.
    pub executor: Arc<dyn Executor>,
    /// Screens effects before anybody sees them.
    pub screen: Arc<dyn Screen>,
}

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
    /// Carries an action out, once.
    ///
    /// What was begun is seen through, even when whoever asked goes away. When it fails nothing is
    /// tried again: the answer says what was tried.
    ///
    /// Fails closed: between the spending of the permit and the outcome a crash leaves the action
    /// begun; it is not tried again, and a person finds out what became of it.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::begin`], and [`GateError::Unavailable`] when the outcome could not
    /// be sealed.
    pub async fn act(
        &self,
        principal: &Principal,
        claim: Claim,
        hands: Hands,
    ) -> Result<Acted, GateError> {
        let (tell, told) = oneshot::channel();
        let (firewall, caller) = (self.clone(), principal.clone());
        (self.spawn.0)(Box::pin(async move {
            // Whoever asked may have gone away; what was done stays done.
            let _ = tell.send(firewall.carry_out(&caller, claim, &hands).await);
        }));
        told.await
            .map_err(|_| GateError::Unavailable("the acting was cut short".to_owned()))?
    }

    /// What the gate has begun and nobody knows the end of, the oldest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for agents, clients and members, [`GateError::Unavailable`].
    pub async fn open_executions(
        &self,
        principal: &Principal,
    ) -> Result<Vec<Execution>, GateError> {
        if matches!(principal.role, Role::Agent(_) | Role::Client | Role::Member) {
            let message = "only people with a role in the tenant see what was begun";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        self.on_lane(principal, |turn| {
            Ok(turn.state.executions.values().cloned().collect())
        })
        .await
    }

    /// Seals what a person found out about an action whose end is unknown.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::resolve_execution`].
    pub async fn resolve_execution(
        &self,
        principal: &Principal,
        seq: u64,
        resolution: Resolution,
    ) -> Result<Sealed, GateError> {
        let caller = principal.clone();
        self.on_lane(principal, move |turn| {
            turn.resolve_execution(&caller, seq, &resolution)
        })
        .await
    }

    async fn begin(&self, principal: &Principal, claim: Claim) -> Result<Order, GateError> {
        let (caller, what) = (principal.clone(), claim.clone());
        let begun = self
            .on_lane(principal, move |turn| turn.begin(&caller, &what))
            .await;
        match (begun, claim) {
            // The lane forgets what is over; whoever may see it is told how it ended.
            (Err(GateError::NotFound(..)), Claim::Hold(hold)) => {
                Err(self.hold(principal, &hold).await?.without_permit())
            }
            (begun, _) => begun,
        }
    }

    async fn carry_out(
        &self,
        principal: &Principal,
        claim: Claim,
        hands: &Hands,
    ) -> Result<Acted, GateError> {
        let order = self.begin(principal, claim).await?;
        let seq = order.seq;
        let effect = executed(&*hands.executor, order).await;
        let effect = screened(&*hands.screen, effect);
        let mut tries = 1;
        loop {
            let found = effect.clone();
            // Not as the caller, whose key may have ended meanwhile.
            let sealed = self
                .in_turn(&principal.tenant, move |turn| turn.finish(seq, &found))
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
                Err(error) => return Err(error),
            }
        }
    }
}

/// Carries an order out.
///
/// *Fails closed:* an executor that panics may have done anything.
async fn executed(executor: &dyn Executor, order: Order) -> Effect {
    let lost = || Effect::new(Ended::Unknown, "whoever carried it out stopped halfway");
    let Ok(mut doing) = catch_unwind(AssertUnwindSafe(|| executor.execute(order))) else {
        return lost();
    };
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| doing.as_mut().poll(context)))
            .unwrap_or_else(|_| Poll::Ready(lost()))
    })
    .await
}

/// Screens an effect.
///
/// *Fails closed:* when the screen panics, nothing of what came back is shown.
fn screened(screen: &dyn Screen, effect: Effect) -> Effect {
    let result = effect.result;
    catch_unwind(AssertUnwindSafe(|| screen.screened(effect))).unwrap_or_else(|_| Effect {
        truncated: true,
        ..Effect::new(result, "what came back could not be screened")
    })
}
