//! Judging an action and acting on the verdict, in one call.

use super::{Acted, Firewall, govern::Asked, tools};
use crate::{
    answer::Answer, dry_run::Rehearsed, error::GateError, execution::Execution, hands::Hands,
    hold::Hold, order::Order, principal::Principal, request::Request, turn::Claim,
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

/// How a request was met that may have been released already.
#[derive(Clone, Debug)]
pub enum Met {
    /// It was judged.
    Judged(Box<Attended>),
    /// People have released it; it was not judged again.
    Released(Box<Hold>),
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

    /// The same, unless people have released this very request already: then nothing is judged, and
    /// their hold is given back, to be acted on.
    ///
    /// # Errors
    /// As [`Self::attend`].
    pub async fn meet_by(
        &self,
        principal: &Principal,
        request: Request,
        hands: Hands,
    ) -> Result<Met, GateError> {
        let hands = Arc::new(hands);
        let asked = self.to_attend(principal, request)?;
        let (firewall, caller, by) = (self.clone(), principal.clone(), Arc::clone(&hands));
        let met = self
            .seen_through(async move { firewall.judge_unless_released(&caller, asked, &by).await })
            .await?;
        match met {
            Met::Judged(attended) => {
                let attended = self.go_on(principal, *attended, hands).await?;
                Ok(Met::Judged(Box::new(attended)))
            }
            released @ Met::Released(_) => Ok(released),
        }
    }

    async fn attend_with(
        &self,
        principal: &Principal,
        request: Request,
        hands: Arc<Hands>,
    ) -> Result<Attended, GateError> {
        let asked = self.to_attend(principal, request)?;
        let (firewall, caller, by) = (self.clone(), principal.clone(), Arc::clone(&hands));
        let attended = self
            .seen_through(async move { firewall.judge_and_begin(&caller, asked, &by).await })
            .await?;
        self.go_on(principal, attended, hands).await
    }

    fn to_attend(&self, principal: &Principal, mut request: Request) -> Result<Asked, GateError> {
        request.wants_permit = true;
        self.asked(principal, request)
    }

    /// Goes on with what was cleared and could not be begun in the turn that cleared it.
    async fn go_on(
        &self,
        principal: &Principal,
        mut attended: Attended,
        hands: Arc<Hands>,
    ) -> Result<Attended, GateError> {
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
        let judged = self
            .on_lane(principal, move |turn| {
                turn.govern_and_begin(&caller, &request, &by)
            })
            .await?;
        self.do_judged(principal, (judged, rehearses), hands).await
    }

    /// The same in the turn that looks whether the request was released.
    async fn judge_unless_released(
        &self,
        principal: &Principal,
        asked: Asked,
        hands: &Arc<Hands>,
    ) -> Result<Met, GateError> {
        let (caller, by) = (principal.clone(), Arc::clone(hands));
        let Asked { request, rehearses } = asked;
        let name = tools::asked(principal, &request);
        let found = self
            .on_lane(principal, move |turn| {
                match turn.state.holds.released_of(&name) {
                    Some(hold) => Ok(Err(hold.clone())),
                    None => turn.govern_and_begin(&caller, &request, &by).map(Ok),
                }
            })
            .await?;
        match found {
            Err(hold) => Ok(Met::Released(Box::new(hold))),
            Ok(judged) => {
                let done = self.do_judged(principal, (judged, rehearses), hands);
                Ok(Met::Judged(Box::new(done.await?)))
            }
        }
    }

    /// Carries out what was begun with its verdict; tells approvers of what was held.
    async fn do_judged(
        &self,
        principal: &Principal,
        ((answer, order), rehearses): ((Answer, Option<Order>), bool),
        hands: &Arc<Hands>,
    ) -> Result<Attended, GateError> {
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
