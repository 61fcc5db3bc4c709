//! People decide holds; time decides the rest.

use super::{Turn, agents::check_text, details, json, judging};
use crate::{
    batch::{DocumentKind, RecordKind},
    effects::{Effects, Settlement},
    error::GateError,
    freeze::FrozenAction,
    frozen::Frozen,
    hold::{Hold, HoldStatus},
    principal::Principal,
};
use portcullis_policy::{
    facts::{AgentStatus, Caller},
    tier::Verdict,
};
use serde_json::Value;
use std::sync::Arc;

impl Turn<'_> {
    /// Approves a hold; with enough approvals by different people it is released.
    ///
    /// The action is judged again first: what would now be BLOCKED is not released but ended.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for who may not decide, [`GateError::NotFound`],
    /// [`GateError::Conflict`] when it is decided already, overdue, superseded, or approved by the
    /// same person.
    pub fn release(
        &mut self,
        principal: &Principal,
        id: &str,
        why: Option<&str>,
    ) -> Result<Hold, GateError> {
        let mut hold = self.decidable(principal, id, why)?;
        if let Some(reason) = self.refused_now(&hold)? {
            hold.end(HoldStatus::Killed, "portcullis", self.now, Some(&reason));
            return self.end_hold("portcullis", hold);
        }
        hold.approve(&principal.actor(), self.now)?;
        hold.decision_reason = why.map(str::to_owned);
        if hold.status == HoldStatus::Released {
            return self.end_hold(&principal.actor(), hold);
        }
        self.seal_hold(&principal.actor(), &hold, &Effects::default())?;
        self.keep_hold(&hold)?;
        self.state.holds.insert(hold.id.clone(), hold.clone());
        Ok(hold)
    }

    /// Refuses a hold; one person's no is final.
    ///
    /// # Errors
    /// As [`Turn::release`].
    pub fn kill(
        &mut self,
        principal: &Principal,
        id: &str,
        why: Option<&str>,
    ) -> Result<Hold, GateError> {
        let mut hold = self.decidable(principal, id, why)?;
        hold.end(HoldStatus::Killed, &principal.actor(), self.now, why);
        self.end_hold(&principal.actor(), hold)
    }

    /// Ends every hold whose time is over.
    ///
    /// # Errors
    /// When an ending cannot be written.
    pub(super) fn time_out(&mut self) -> Result<(), GateError> {
        let overdue: Vec<Hold> =
            self.state.holds.values().filter(|h| h.is_overdue(self.now)).cloned().collect();
        for mut hold in overdue {
            hold.end(HoldStatus::TimedOut, "portcullis", self.now, Some("nobody decided in time"));
            self.end_hold("portcullis", hold)?;
        }
        Ok(())
    }

    /// The hold, when this caller may decide it now. Principle 8: only people decide.
    fn decidable(
        &self,
        principal: &Principal,
        id: &str,
        why: Option<&str>,
    ) -> Result<Hold, GateError> {
        check_text("reason", why.unwrap_or_default(), false)?;
        if !principal.decides() {
            return Err(GateError::Forbidden("only an operator or architect decides holds".into()));
        }
        let hold = self
            .state
            .holds
            .get(id)
            .ok_or_else(|| GateError::NotFound("hold", id.to_owned()))?;
        hold.must_wait(self.now)?;
        let (name, groups) = self
            .state
            .keys
            .get(&principal.key)
            .map_or(("", [].as_slice()), |key| (key.name.as_str(), key.groups.as_slice()));
        if !hold.may_decide(name, groups) {
            return Err(GateError::Forbidden(format!(
                "`{name}` is not among the approvers of hold `{id}`"
            )));
        }
        Ok(hold.clone())
    }

    /// Why the held action must not happen under the rules of this moment; `None` when it may.
    fn refused_now(&self, hold: &Hold) -> Result<Option<String>, GateError> {
        let frozen = self.frozen(&hold.id)?;
        let verdict = self.judge_again(hold.agent_id.as_str(), hold.seq, &frozen)?;
        Ok(verdict.err())
    }

    /// Judges an action that was counted when it was asked: its own count, reservation and sum do
    /// not speak against it.
    ///
    /// The inner error is the refusal in words.
    pub(super) fn judge_again(
        &self,
        agent: &str,
        seq: u64,
        frozen: &FrozenAction,
    ) -> Result<Result<Verdict, String>, GateError> {
        let agent = self
            .state
            .agents
            .get(agent)
            .ok_or_else(|| GateError::NotFound("agent", agent.to_owned()))?;
        if matches!(agent.status, AgentStatus::Deregistered | AgentStatus::IdentityRevoked) {
            return Ok(Err(format!("agent `{}` is {}", agent.id, agent.status.as_str())));
        }
        let caller = Caller {
            tenant: self.state.tenant.id.clone(),
            agent: Some(agent.id.clone()),
        };
        let (needs, mut facts) = self.facts(&frozen.action, caller, agent.standing());
        facts.rates.iter_mut().for_each(|count| *count = 0);
        facts.grants.iter_mut().for_each(|uses| *uses = uses.saturating_sub(1));
        let own = self.state.tally.books.reservation(seq).unwrap_or_default();
        for (need, committed) in needs.budgets.iter().zip(&mut facts.budgets) {
            let pledged = own.iter().find(|(budget, _)| budget == need);
            *committed = pledged.map_or(*committed, |(_, amount)| committed.minus(*amount));
        }
        for (need, sum) in needs.sums.iter().zip(&mut facts.sums) {
            *sum = sum.saturating_sub(need.adds);
        }
        let rulebook = Arc::clone(&self.state.rulebook);
        let judgement = judging::judge(&rulebook.rules, &frozen.action, &facts);
        Ok(match judgement.verdict {
            Verdict::Blocked => Err(judgement
                .reasons
                .first()
                .map_or_else(|| "refused".to_owned(), ToString::to_string)),
            verdict @ (Verdict::Cleared | Verdict::Held) => Ok(verdict),
        })
    }

    /// The action behind a hold or permit.
    pub(super) fn frozen(&self, id: &str) -> Result<FrozenAction, GateError> {
        self.state
            .frozen
            .get(id)
            .ok_or_else(|| GateError::Unavailable(format!("the action of `{id}` is not kept")))?
            .thaw()
    }

    pub(super) fn keep_frozen(&mut self, id: &str, frozen: &FrozenAction) -> Result<(), GateError> {
        let kept = Frozen::of(id, frozen);
        self.keep(DocumentKind::Frozen, id, ("", "", self.now), &kept)?;
        self.state.frozen.insert(id.to_owned(), kept);
        Ok(())
    }

    pub(super) fn drop_frozen(&mut self, id: &str) {
        if self.state.frozen.remove(id).is_some() {
            self.batch.remove(DocumentKind::Frozen, id);
        }
    }

    /// Seals the end of a hold. A refused action gives its reservation back.
    fn end_hold(&mut self, actor: &str, hold: Hold) -> Result<Hold, GateError> {
        let refused = hold.status != HoldStatus::Released;
        let settlement =
            refused.then(|| Settlement { seq: hold.seq, spent: Vec::new() });
        self.seal_hold(actor, &hold, &Effects { decision: None, settlement })?;
        self.keep_hold(&hold)?;
        self.state.retries.forget_hold(&hold);
        if refused {
            self.state.holds.remove(&hold.id);
            self.drop_frozen(&hold.id);
        } else {
            // A released hold stays at hand until its permit is taken.
            self.state.holds.insert(hold.id.clone(), hold.clone());
        }
        Ok(hold)
    }

    fn seal_hold(&mut self, actor: &str, hold: &Hold, effects: &Effects) -> Result<(), GateError> {
        let members = details([
            ("action_digest", json(&hold.action_digest)?),
            ("approvals", json(&hold.approvals)?),
            ("approvals_required", hold.approvals_required.into()),
            ("decision", hold.decision.as_deref().unwrap_or("approve").into()),
            ("decision_reason", hold.decision_reason.clone().map_or(Value::Null, Value::from)),
            ("hold_id", hold.id.as_str().into()),
            ("parent_seq", hold.seq.into()),
            ("status", hold.status.as_str().into()),
        ]);
        let agent = hold.agent_id.clone();
        self.seal_event_with(RecordKind::HoldOutcome, (actor, agent.as_str()), members, effects)
            .map(drop)
    }
}
