//! Judging one action and sealing the verdict, with everything that follows from it.

mod earlier;
mod hold;
mod violation;

use super::{Labels, Sealed, Turn, judging};
use crate::{
    answer::Answer,
    batch::RecordKind,
    effects::{DecisionEffects, Effects, Pledge},
    error::GateError,
    hands::Hands,
    order::Order,
    principal::Principal,
    record::{Decision, Explanation},
    request::Request,
    rulebook::Rulebook,
    stake::Stake,
};
use portcullis_policy::{
    facts::{AgentStatus, Caller, Facts, Needs, Standing},
    id::AgentId,
    judgement::Judgement,
    tier::Verdict,
};
use serde_json::value::RawValue;
use std::sync::Arc;

impl Turn<'_> {
    /// Judges an action, seals the verdict and does what it demands.
    ///
    /// Fails closed: an error means that nothing was sealed and nothing may happen.
    ///
    /// # Errors
    /// [`GateError::NotFound`] for an unknown agent, [`GateError::AgentRejected`] for one without
    /// an identity, [`GateError::Conflict`] for another request under a used idempotency key and
    /// for too many holds, [`GateError::Unavailable`] when something of the house is missing.
    pub fn govern(
        &mut self,
        principal: &Principal,
        request: &Request,
    ) -> Result<Answer, GateError> {
        let (answer, _) = self.govern_for(principal, request, None)?;
        Ok(answer)
    }

    /// Judges an action and, when nothing stands between it and being done by these hands, begins
    /// it in the same turn: then there is no permit, and the order goes out once this is durable.
    ///
    /// # Errors
    /// As [`Turn::govern`].
    pub fn govern_and_begin(
        &mut self,
        principal: &Principal,
        request: &Request,
        hands: &Hands,
    ) -> Result<(Answer, Option<Order>), GateError> {
        self.govern_for(principal, request, Some(hands))
    }

    fn govern_for(
        &mut self,
        principal: &Principal,
        request: &Request,
        hands: Option<&Hands>,
    ) -> Result<(Answer, Option<Order>), GateError> {
        let caller = Caller {
            tenant: principal.tenant.clone(),
            agent: principal.role.agent().cloned(),
        };
        let action = &request.frozen.action;
        // Counts and consequences fall on who really asked, never on whom they named.
        let charged = caller.agent.clone().unwrap_or_else(|| action.agent.clone());
        let standing = self.standing(&caller, &action.agent)?;
        if let Some(answer) = self.earlier_answer(&charged, request)? {
            return Ok((answer, None));
        }
        let rulebook = Arc::clone(&self.state.rulebook);
        let (needs, facts) = self.facts(action, caller, standing);
        let judgement = judging::judge(&rulebook.rules, action, &facts);
        let explanation = Explanation::of(&judgement).screened(&request.view);
        let hold_id = match judgement.verdict {
            Verdict::Held => Some(self.new_hold_id(&charged)?),
            Verdict::Cleared | Verdict::Blocked => None,
        };
        let case = Case {
            principal,
            rulebook: &rulebook,
            request,
            judgement: &judgement,
            explanation: &explanation,
            facts: &facts,
            charged: &charged,
        };
        let effects = self.effects(&case, &needs);
        let stake = Stake::of(self.next_seq(), &effects, request.means);
        let sealed = self.seal_decision(&case, effects, hold_id.as_deref())?;
        let mut answer = case.answer(sealed)?;
        let mut order = None;
        let at_once = hands.is_some_and(|hands| self.may_begin(&case, &answer, hands));
        match (judgement.verdict, hold_id) {
            (Verdict::Held, Some(id)) => answer.hold = Some(self.hold(&case, sealed, &stake, id)?),
            (Verdict::Blocked, _) => self.violation(&case, sealed)?,
            _ if at_once => order = Some(self.begin_at_once(&case, &answer)?),
            _ if request.wants_permit => self.give_permit(&case, &stake, &mut answer)?,
            _ => {}
        }
        self.note_answer(&case, stake, &answer)?;
        Ok((answer, order))
    }

    /// How the agent named in the request stands.
    ///
    /// A key that names another agent than its own is judged (and refused by principle), without
    /// telling whether the named agent exists.
    fn standing(&self, caller: &Caller, named: &AgentId) -> Result<Standing, GateError> {
        let own = caller.agent.as_ref();
        let asked = own.unwrap_or(named);
        let agent = self
            .state
            .agents
            .get(asked)
            .ok_or_else(|| GateError::NotFound("agent", asked.to_string()))?;
        match agent.status {
            AgentStatus::Deregistered | AgentStatus::IdentityRevoked => Err(
                GateError::AgentRejected(asked.to_string(), agent.status.as_str()),
            ),
            AgentStatus::Active | AgentStatus::Paused | AgentStatus::Blocked => {
                Ok(agent.standing())
            }
        }
    }

    fn seal_decision(
        &mut self,
        case: &Case<'_, '_>,
        effects: DecisionEffects,
        hold: Option<&str>,
    ) -> Result<Sealed, GateError> {
        let decision = Decision {
            request: case.request,
            judgement: case.judgement,
            explanation: case.explanation,
            facts: case.facts,
            actor: &case.principal.actor(),
            rule_set: case.rulebook.rules.digest(),
            hold,
            seq: self.next_seq(),
            now: self.now,
        };
        let payload = decision.payload();
        let action = &case.request.frozen.action;
        let labels = Labels {
            agent: action.agent.as_str(),
            action_type: action.kind.as_str(),
            verdict: Some(case.judgement.verdict),
            tier: Some(case.judgement.tier),
        };
        let effects = Effects {
            decision: Some(effects),
            ..Effects::default()
        };
        self.seal(RecordKind::Decision, labels, payload, &effects)
    }

    /// What this decision does to the running counts.
    ///
    /// A refused action reserves nothing, uses no grant and adds to no sum; it still counts as an
    /// action for every rate.
    fn effects(&self, case: &Case<'_, '_>, needs: &Needs) -> DecisionEffects {
        let judgement = case.judgement;
        let book = case.rulebook;
        let passes = judgement.verdict != Verdict::Blocked;
        let obligations = &judgement.obligations;
        let pledges = obligations
            .reserve
            .iter()
            .map(|r| (r.budget.clone(), r.amount));
        let warned = obligations
            .warnings
            .iter()
            .map(|warning| &warning.budget)
            .filter(|budget| self.state.tally.books.unwarned(budget));
        DecisionEffects {
            at_ms: self.now.as_millisecond(),
            agent: case.charged.clone(),
            verdict: judgement.verdict,
            policy_verdict: judgement.would.0,
            writes: needs.writes,
            evaluated: judgement
                .evaluated
                .iter()
                .filter_map(|p| book.number_at(*p))
                .collect(),
            fired: judgement
                .fired
                .iter()
                .filter_map(|p| book.number_of(&p.id))
                .collect(),
            grant: obligations
                .grant
                .filter(|_| passes)
                .and_then(|p| book.number_of(&p.id)),
            reserve: if passes {
                pledges.collect::<Vec<Pledge>>()
            } else {
                Vec::new()
            },
            sums: if passes {
                needs
                    .sums
                    .iter()
                    .map(|need| (need.key.clone(), need.adds))
                    .collect()
            } else {
                Vec::new()
            },
            warned: if passes {
                warned.cloned().collect()
            } else {
                Vec::new()
            },
        }
    }
}

/// One action with its judgement, while its consequences are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'c, 'r> {
    pub(super) principal: &'c Principal,
    pub(super) rulebook: &'c Rulebook,
    pub(super) request: &'c Request,
    pub(super) judgement: &'c Judgement<'r>,
    pub(super) explanation: &'c Explanation,
    pub(super) facts: &'c Facts,
    pub(super) charged: &'c AgentId,
}

impl Case<'_, '_> {
    fn answer(&self, sealed: Sealed) -> Result<Answer, GateError> {
        let judgement = self.judgement;
        let reasons = String::from_utf8(self.explanation.reasons.clone())
            .ok()
            .and_then(|json| RawValue::from_string(json).ok())
            .ok_or_else(|| GateError::Unavailable("the reasons cannot be written".to_owned()))?;
        Ok(Answer {
            verdict: judgement.verdict,
            tier: judgement.tier,
            risk_tier: judgement.risk,
            would: judgement.would,
            mode: self.facts.mode,
            seq: sealed.seq,
            hash: sealed.hash,
            action_digest: self.request.frozen.digest,
            rule_violated: self.explanation.rule_violated.clone(),
            reasoning: self.explanation.text.clone(),
            reasons: Arc::from(reasons),
            policies_fired: self.explanation.fired.clone(),
            hold: None,
            permit: None,
            permit_withheld: None,
            dry_run_required: judgement.obligations.dry_run,
            warnings: judgement
                .obligations
                .warnings
                .iter()
                .map(ToString::to_string)
                .collect(),
            repeated: false,
        })
    }
}
