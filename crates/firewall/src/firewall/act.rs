//! The gate acts: it spends what entitles to an action, has it carried out, and seals the outcome.

use super::{Firewall, calls::Asked, doing};
use crate::{
    answer::Answer,
    batch::DocumentKind,
    digest::ActionDigest,
    dry_run::{Look, Rehearsed},
    error::GateError,
    execution::Execution,
    hands::Hands,
    order::{Effect, Ended, Order},
    principal::{Principal, Role},
    request::Request,
    state,
    turn::{Begun, Claim, Noted, Resolution, Sealed},
};
use portcullis_policy::{action::Action, id::TenantId, tenant::estimate::Estimate, tier::Verdict};
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

/// What became of a request to judge and to act at once.
#[derive(Clone, Debug)]
pub struct Attended {
    /// The verdict.
    pub answer: Answer,
    /// The dry run that had to come first, when one was owed.
    pub run: Option<Rehearsed>,
    /// What was done; `None` when nothing may happen now.
    pub acted: Option<Acted>,
    /// How far it came when it was asked the first time, if this is a repetition.
    pub earlier: Option<Execution>,
}

impl Firewall {
    /// Has `hands` act for the gate from now on. What they carry out in another way than those
    /// before, and was judged already, must be asked again.
    pub fn use_hands(&self, hands: Hands) {
        self.hands.store(Arc::new(hands));
    }

    /// Judges an action and, when it is cleared, carries it out: at once, or after the dry run that
    /// it owes.
    ///
    /// What was begun is seen through, even when whoever asked goes away.
    ///
    /// Fails closed: an error after the verdict means that nothing was done, unless its code is
    /// `execution.unsealed`.
    ///
    /// # Errors
    /// As [`Self::govern`], [`Self::rehearse`] and [`Self::act`].
    pub async fn attend(
        &self,
        principal: &Principal,
        request: Request,
    ) -> Result<Attended, GateError> {
        let hands = self.hands.load_full();
        self.attend_with(principal, request, hands).await
    }

    /// The same by hands of a door's own, as [`Self::act_by`].
    ///
    /// # Errors
    /// As [`Self::attend`].
    pub async fn attend_by(
        &self,
        principal: &Principal,
        request: Request,
        hands: Hands,
    ) -> Result<Attended, GateError> {
        self.attend_with(principal, request, Arc::new(hands)).await
    }

    async fn attend_with(
        &self,
        principal: &Principal,
        mut request: Request,
        hands: Arc<Hands>,
    ) -> Result<Attended, GateError> {
        request.wants_permit = true;
        let asked = self.asked(principal, request)?;
        let (firewall, caller, by) = (self.clone(), principal.clone(), Arc::clone(&hands));
        let mut attended = self
            .seen_through(async move { firewall.judge_and_begin(&caller, asked, &by).await })
            .await?;
        let answer = &attended.answer;
        if attended.acted.is_some() || answer.verdict != Verdict::Cleared {
            return Ok(attended);
        }
        let seq = answer.seq;
        if answer.repeated {
            attended.earlier = self.execution(&principal.tenant, seq).await?;
            if attended.earlier.is_some() {
                return Ok(attended);
            }
        }
        let claim = Claim::Decision(seq);
        if attended.answer.dry_run_required {
            let noted = self.rehearse(principal, claim.clone()).await?;
            let passed = noted.run.found.passed;
            attended.run = Some(noted.run);
            if !passed {
                return Ok(attended);
            }
        }
        // What was looked at just now is not looked at again.
        let looked = attended.run.is_some();
        attended.acted = Some(self.carry(principal, claim, (hands, looked)).await?);
        Ok(attended)
    }

    /// Judges, and does what nothing stands in the way of.
    async fn judge_and_begin(
        &self,
        principal: &Principal,
        asked: Asked,
        hands: &Arc<Hands>,
    ) -> Result<Attended, GateError> {
        let (caller, by) = (principal.clone(), Arc::clone(hands));
        let Asked { request, rehearses } = asked;
        let (answer, order) = self
            .on_lane(principal, move |turn| {
                turn.govern_and_begin(&caller, &request, &by)
            })
            .await?;
        self.tell_approvers(&principal.tenant, &answer, rehearses);
        let acted = match order {
            Some(order) => Some(self.ended(order, hands).await?),
            None => None,
        };
        Ok(Attended {
            answer,
            run: None,
            acted,
            earlier: None,
        })
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

    /// Carries out the action that a dry run looked at, if `request` asks for that very one.
    ///
    /// # Errors
    /// As [`Self::act`], and [`GateError::Conflict`] with `dryrun.missing` for a dry run that there
    /// is not, and `dryrun.mismatch` for one of another action.
    pub async fn act_as_rehearsed(
        &self,
        principal: &Principal,
        request: &Request,
        run: &str,
    ) -> Result<Acted, GateError> {
        let (caller, id, digest) = (principal.clone(), run.to_owned(), request.digest());
        let claim = self
            .on_lane(principal, move |turn| turn.rehearsed(&caller, &id, digest))
            .await?;
        self.act(principal, claim).await
    }

    /// Finds out what an action that may still be done would do, and seals it. An action that owed
    /// this gets its permit when it passed.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Forbidden`] for another's, [`GateError::Conflict`]
    /// with `dryrun.none` for an action that the gate cannot look at.
    pub async fn rehearse(&self, principal: &Principal, claim: Claim) -> Result<Noted, GateError> {
        let hands = self.hands.load_full();
        let caller = principal.clone();
        let order = self
            .on_lane(principal, move |turn| turn.preview(&caller, &claim, &hands))
            .await?;
        self.look(&principal.tenant, order, false).await
    }

    /// How far an action came that the gate carried out or carries out.
    async fn execution(&self, tenant: &TenantId, seq: u64) -> Result<Option<Execution>, GateError> {
        let id = seq.to_string();
        Ok(state::one(&*self.ledger, tenant, DocumentKind::Execution, &id).await?)
    }

    /// What an action would cost by the rules of now.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for a tenant that does not exist, [`GateError::Unavailable`].
    pub async fn estimate(&self, tenant: &TenantId, action: Action) -> Result<Estimate, GateError> {
        self.in_turn(tenant, move |turn| {
            let rules = turn.state.rulebook.rules.tenant_rules();
            Ok(rules.estimate(&action))
        })
        .await
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
        let why = self.screened_text(&principal.tenant, &resolution.why)?;
        let resolution = Resolution { why, ..resolution };
        self.on_lane(principal, move |turn| {
            turn.resolve_execution(&caller, seq, &resolution)
        })
        .await
    }

    /// Looks at what a hold that was just made would do, beside everything else, so that people
    /// see it. Whatever goes wrong, the hold waits; what was not looked at is when it is done.
    pub(super) fn rehearse_hold(&self, tenant: &TenantId, hold: &str) {
        let (firewall, tenant, hold) = (self.clone(), tenant.clone(), hold.to_owned());
        (self.spawn.0)(Box::pin(async move {
            let Ok(_seat) = firewall.looks.acquire().await else {
                return;
            };
            let order = firewall
                .in_turn(&tenant, move |turn| turn.preview_hold(&hold))
                .await;
            if let Ok(order) = order {
                // Its end is on record, or it was decided meanwhile.
                let _ = firewall.look(&tenant, order, false).await;
            }
        }));
    }

    async fn carry(
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
    async fn seen_through<T: Send + 'static>(
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
        self.ended(order, hands).await
    }

    /// Carries out an order that is begun on record, and seals its end.
    async fn ended(&self, order: Order, hands: &Hands) -> Result<Acted, GateError> {
        let (tenant, seq) = (order.tenant.clone(), order.seq);
        let effect = match self.must_be_on_record(&order).await {
            Ok(()) => doing::executed(hands, order).await,
            Err(error) => Effect::new(Ended::Failed, format!("nothing was done: {error}")),
        };
        let effect = self.screened_effect(&tenant, &effect);
        let mut tries = 1;
        loop {
            let found = effect.clone();
            // Not as the caller, whose key may have ended meanwhile.
            let sealed = self
                .in_turn(&tenant, move |turn| turn.finish(seq, &found))
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

    /// Looks at what an order would do, and seals what was found.
    async fn look(
        &self,
        tenant: &TenantId,
        order: Order,
        comparing: bool,
    ) -> Result<Noted, GateError> {
        let found = doing::rehearsed(&self.hands.load_full(), order.clone()).await;
        let look = Look::of(&found, |value| self.screened_value(tenant, value))?;
        self.in_turn(tenant, move |turn| {
            turn.note_dry_run(&order, &look, comparing)
        })
        .await
    }
}

/// Fails closed: whoever reads this does not take it for something that was not done.
fn unsealed(why: &str) -> GateError {
    let message = format!("it was begun, its end is not on record, and a person finds out: {why}");
    GateError::conflict("execution.unsealed", message)
}
