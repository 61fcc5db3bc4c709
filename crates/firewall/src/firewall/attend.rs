//! Judging an action and acting on the verdict, in one call.

use super::{Acted, Firewall, calls::Asked};
use crate::{
    answer::Answer, dry_run::Rehearsed, error::GateError, execution::Execution, hands::Hands,
    principal::Principal, request::Request, turn::Claim,
};
use portcullis_policy::tier::Verdict;
use std::sync::Arc;

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
            Some(order) => Some(self.carry_out_judged(order, hands).await?),
            None => None,
        };
        Ok(Attended {
            answer,
            run: None,
            acted,
            earlier: None,
        })
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
}
