//! People decide holds; time decides the rest.

use super::{Turn, again::MOVED_ON, agents::check_text, details, json, sweep::AT_ONCE};
use crate::{
    batch::{DocumentKind, RecordKind},
    effects::{Effects, Settlement},
    error::GateError,
    freeze::FrozenAction,
    frozen::Frozen,
    hold::{Hold, HoldStatus},
    principal::Principal,
    stake::Stake,
};
use portcullis_policy::label::Label;
use serde_json::Value;

impl Turn<'_> {
    /// Approves a hold; with enough approvals by different people it is released.
    ///
    /// The action is judged again first: what would now be BLOCKED, or asks for other people than
    /// it waits for, is not released but ended.
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
        self.must_be_another(principal, &hold)?;
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

    /// Ends the holds whose time is over.
    ///
    /// # Errors
    /// When an ending cannot be written.
    pub(super) fn time_out(&mut self) -> Result<(), GateError> {
        let over = self
            .state
            .holds
            .values()
            .filter(|hold| hold.is_overdue(self.now));
        let overdue: Vec<Hold> = over.take(AT_ONCE).cloned().collect();
        for mut hold in overdue {
            hold.end(
                HoldStatus::TimedOut,
                "portcullis",
                self.now,
                Some("nobody decided in time"),
            );
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
            return Err(GateError::Forbidden(
                "only an operator or architect decides holds".into(),
            ));
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
            .map_or(("", [].as_slice()), |key| {
                (key.name.as_str(), key.groups.as_slice())
            });
        if !hold.may_decide(name, groups) {
            return Err(GateError::Forbidden(format!(
                "`{name}` is not among the approvers of hold `{id}`"
            )));
        }
        Ok(hold.clone())
    }

    /// Why the held action must not happen under the rules of this moment; `None` when it may.
    fn refused_now(&self, hold: &Hold) -> Result<Option<String>, GateError> {
        let (frozen, stake) = self.frozen(&hold.id)?;
        Ok(match self.judge_again(&hold.agent_id, &frozen, &stake)? {
            Err(reason) => Some(reason),
            Ok(again) if !again.is_answered_by(hold) => Some(MOVED_ON.to_owned()),
            Ok(_) => None,
        })
    }

    /// Checks that the approver is not who asked, nor among those who approved.
    fn must_be_another(&self, principal: &Principal, hold: &Hold) -> Result<(), GateError> {
        let own = self.state.rulebook.rules.tenant_rules().self_approval();
        if !own && self.is_same_person(&principal.key, &hold.asked_by) {
            return Err(GateError::Forbidden(
                "who asked for an action does not approve it".into(),
            ));
        }
        let key_of = |actor: &str| actor.rsplit(':').next().unwrap_or_default().to_owned();
        let again = |by: &str| self.is_same_person(&principal.key, &key_of(by));
        if hold.approvals.iter().any(|approval| again(&approval.by)) {
            return Err(GateError::conflict(
                "approval.same_person",
                format!(
                    "`{}` has already approved; another person must",
                    principal.actor()
                ),
            ));
        }
        Ok(())
    }

    /// Whether two keys are one person's: the same key, or two keys of people by the same name.
    fn is_same_person(&self, one: &str, other: &str) -> bool {
        let name = |key: &str| {
            let key = self
                .state
                .keys
                .get(key)
                .filter(|key| key.role.is_person())?;
            Some(Label::new(&key.name))
        };
        one == other || name(one).is_some_and(|own| name(other) == Some(own))
    }

    /// The action behind a hold or permit.
    pub(super) fn frozen(&self, id: &str) -> Result<(FrozenAction, Stake), GateError> {
        let missing = || GateError::Unavailable(format!("the action of `{id}` is not kept"));
        let kept = self.state.frozen.get(id).ok_or_else(missing)?;
        Ok((kept.thaw()?, kept.stake.clone()))
    }

    pub(super) fn keep_frozen(
        &mut self,
        id: &str,
        frozen: &FrozenAction,
        stake: &Stake,
    ) -> Result<(), GateError> {
        let kept = Frozen::of(id, frozen, stake.clone());
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
        let settlement = refused.then(|| Settlement {
            seq: hold.seq,
            spent: Vec::new(),
        });
        self.seal_hold(
            actor,
            &hold,
            &Effects {
                decision: None,
                settlement,
            },
        )?;
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
            (
                "decision",
                hold.decision.as_deref().unwrap_or("approve").into(),
            ),
            (
                "decision_reason",
                hold.decision_reason
                    .clone()
                    .map_or(Value::Null, Value::from),
            ),
            ("hold_id", hold.id.as_str().into()),
            ("parent_seq", hold.seq.into()),
            ("status", hold.status.as_str().into()),
        ]);
        let agent = hold.agent_id.clone();
        self.seal_event_with(
            RecordKind::HoldOutcome,
            (actor, agent.as_str()),
            members,
            effects,
        )
        .map(drop)
    }
}
