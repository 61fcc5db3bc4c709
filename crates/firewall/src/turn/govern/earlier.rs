//! What was asked before, told again.

use super::{Case, hold::ticket};
use crate::{
    answer::Answer,
    batch::DocumentKind,
    error::GateError,
    hold::Hold,
    request::Request,
    retry::{self, StoredAnswer},
    stake::Stake,
    turn::Turn,
};
use jiff::SignedDuration;
use portcullis_policy::{id::AgentId, tier::Verdict};
use std::sync::Arc;

impl Turn<'_> {
    /// The answer to an earlier sending of the same request.
    pub(super) fn earlier_answer(
        &self,
        charged: &AgentId,
        request: &Request,
    ) -> Result<Option<Answer>, GateError> {
        if let Some(key) = &request.idempotency_key {
            let id = retry::answer_id(charged.as_str(), key);
            let Some(stored) = self.state.retries.answer(&id) else {
                return Ok(None);
            };
            if stored.request != request.digest() {
                return Err(GateError::conflict(
                    "idempotency.mismatch",
                    "this idempotency key was used for another request",
                ));
            }
            return self.repeated(charged, request, stored);
        }
        if self.state.retries.has_no_holds() {
            return Ok(None);
        }
        let window = SignedDuration::from_secs(i64::from(self.state.tenant.settings.retry_seconds));
        let open = self
            .state
            .retries
            .hold(&retry::request_id(charged, &request.digest()))
            .and_then(|id| self.state.holds.get(id))
            .filter(|hold| !hold.is_overdue(self.now))
            .filter(|hold| self.now.duration_since(hold.created_at) <= window);
        let Some(hold) = open else { return Ok(None) };
        // What would now be refused is refused, and says so in a record of its own.
        let (_, stake) = self.frozen(&hold.id)?;
        let again = self.judge_again(charged, &request.frozen, &stake)?;
        again.is_ok().then(|| self.answer_of(hold)).transpose()
    }

    /// An answer told again, unless it permits what the rules of now do not.
    fn repeated(
        &self,
        charged: &AgentId,
        request: &Request,
        stored: &StoredAnswer,
    ) -> Result<Option<Answer>, GateError> {
        let told = stored.answer.verdict;
        let stands = told == Verdict::Blocked
            || self
                .judge_again(charged, &request.frozen, &stored.stake)?
                .is_ok_and(|again| told == Verdict::Held || again.verdict == Verdict::Cleared);
        Ok(stands.then(|| Answer {
            repeated: true,
            ..stored.answer.clone()
        }))
    }

    /// The answer that made a hold, told again.
    fn answer_of(&self, hold: &Hold) -> Result<Answer, GateError> {
        let reasons = serde_json::value::to_raw_value(&hold.reasons)
            .map_err(|error| GateError::Unavailable(format!("the hold cannot be read: {error}")))?;
        Ok(Answer {
            verdict: Verdict::Held,
            tier: hold.tier,
            risk_tier: hold.risk_tier,
            would: (Verdict::Held, hold.tier),
            mode: self.state.tenant.settings.mode_at(self.now),
            seq: hold.seq,
            hash: hold.hash,
            action_digest: hold.action_digest,
            rule_violated: None,
            reasoning: hold.decision_reasoning.clone(),
            reasons: Arc::from(reasons),
            policies_fired: hold.policies_fired.clone(),
            hold: Some(ticket(hold)),
            permit: None,
            permit_withheld: None,
            dry_run_required: false,
            warnings: Vec::new(),
            repeated: true,
        })
    }

    pub(super) fn note_answer(
        &mut self,
        case: &Case<'_, '_>,
        stake: Stake,
        answer: &Answer,
    ) -> Result<(), GateError> {
        let Some(key) = &case.request.idempotency_key else {
            return Ok(());
        };
        let stored = StoredAnswer {
            id: retry::answer_id(case.charged.as_str(), key),
            request: case.request.digest(),
            at: self.now,
            answer: answer.clone(),
            stake,
        };
        let labels = ("", case.charged.as_str(), self.now);
        self.keep(DocumentKind::Answer, &stored.id, labels, &stored)?;
        self.state.retries.note_answer(stored);
        Ok(())
    }
}
