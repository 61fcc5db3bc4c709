//! Judging one action and sealing the verdict, with everything that follows from it.

use super::{Labels, Sealed, Turn, again, judging};
use crate::{
    agent::Agent,
    answer::{Answer, HoldTicket},
    batch::{DocumentKind, RecordKind},
    effects::{DecisionEffects, Effects, Pledge},
    electorate::Electorate,
    error::GateError,
    frozen::Frozen,
    hands::Hands,
    hold::{Hold, HoldStatus},
    moment,
    order::Order,
    principal::Principal,
    record::{Decision, Explanation},
    request::Request,
    retry::{self, StoredAnswer},
    rulebook::Rulebook,
    settings::AutonomyReset,
    stake::Stake,
    violation::{Violation, ViolationKind, ViolationStatus},
};
use jiff::SignedDuration;
use portcullis_policy::{
    cham::Severity,
    code::Code,
    facts::{AgentStatus, Caller, Facts, Needs, Standing},
    id::AgentId,
    judgement::{Judgement, Source},
    tier::{Tier, Verdict},
};
use serde_json::{Value, value::RawValue};
use std::sync::Arc;

/// The most holds of one agent that wait at once.
const HOLDS_OF_ONE_AGENT: usize = 500;

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

    /// The answer to an earlier sending of the same request.
    fn earlier_answer(
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

    /// The id of a new hold, as long as not too many of the agent's wait already: nobody could
    /// decide them, and each keeps its action in memory.
    fn new_hold_id(&self, charged: &AgentId) -> Result<String, GateError> {
        let own = |hold: &&Hold| hold.agent_id == *charged && hold.must_wait(self.now).is_ok();
        let holds = &self.state.holds;
        // Looking through all of them is only worth it near the bound.
        if holds.held_of(charged) >= HOLDS_OF_ONE_AGENT
            && holds.values().filter(own).count() >= HOLDS_OF_ONE_AGENT
        {
            return Err(GateError::conflict(
                "hold.too_many",
                format!("{HOLDS_OF_ONE_AGENT} actions of `{charged}` wait for people already"),
            ));
        }
        Ok(self.house.id("esc_")?)
    }

    /// Makes the hold of a HELD verdict; its action waits with it.
    fn hold(
        &mut self,
        case: &Case<'_, '_>,
        sealed: Sealed,
        stake: &Stake,
        id: String,
    ) -> Result<HoldTicket, GateError> {
        let action = &case.request.frozen.action;
        let judgement = case.judgement;
        let obligations = &judgement.obligations;
        let seconds = obligations.hold_seconds;
        let person = case.principal.person.as_ref();
        let hold = Hold {
            id,
            agent_id: case.charged.clone(),
            asked_by: case.principal.key.clone(),
            asked_by_person: person.map(|badge| badge.id.clone()),
            works_for: self.opener_of(action),
            workspace_id: action.workspace.clone(),
            action_type: action.kind.to_string(),
            target_service: action.target.clone(),
            environment: action.environment.to_string(),
            parameters: case.request.view.parameters_of(action),
            tier: judgement.tier,
            risk_tier: judgement.risk,
            reasoning: case.request.view.reasoning.clone(),
            confidence: action.confidence,
            decision_reasoning: case.explanation.text.clone(),
            reasons: serde_json::from_slice(&case.explanation.reasons).unwrap_or(Value::Null),
            policies_fired: case.explanation.fired.clone(),
            seq: sealed.seq,
            hash: sealed.hash,
            action_digest: case.request.frozen.digest,
            request_digest: retry::request_id(case.charged, &case.request.digest()),
            created_at: self.now,
            timeout_at: moment::later(self.now, seconds),
            timeout_seconds: seconds,
            status: HoldStatus::Held,
            approvals_required: obligations.approvals.max(1),
            approvers: obligations.approvers.to_vec(),
            ladder: again::ladder(obligations),
            level: 0,
            ceiling_at: Some(moment::later(self.now, obligations.ceiling_seconds)),
            asked_at: Some(self.now),
            electorate: Electorate::of(obligations.approvers, &self.state.people),
            nonce: Some(self.nonce()?),
            approvals: Vec::new(),
            rejection: None,
            decision: None,
            decided_by: None,
            decided_at: None,
            decision_reason: None,
            claimed: false,
        };
        let ticket = ticket(&hold);
        let kept = Frozen::of(&hold.id, &case.request.frozen, stake.clone());
        self.state.frozen.insert(hold.id.clone(), kept);
        self.keep_hold(&hold)?;
        self.state.retries.note_hold(&hold);
        self.state.holds.put(hold);
        Ok(ticket)
    }

    /// Notes the violation of a BLOCKED verdict and what it costs the agent.
    fn violation(&mut self, case: &Case<'_, '_>, sealed: Sealed) -> Result<(), GateError> {
        let hardest = case.judgement.reasons.iter().find(|reason| reason.enforced);
        let code = hardest.map_or(Code::StageFailed, |reason| reason.code);
        let (kind, usual) = ViolationKind::of(code, case.judgement.tier);
        let configured = hardest.and_then(|reason| match reason.source {
            Source::Policy(policy) => policy.severity,
            _ => None,
        });
        let severity = configured.unwrap_or(usual);
        let action = &case.request.frozen.action;
        let agent_name = self
            .state
            .agents
            .get(case.charged)
            .map_or_else(String::new, |a| a.name.clone());
        let violation = Violation {
            id: self.house.id("vio_")?,
            kind,
            severity,
            status: ViolationStatus::Open,
            agent_id: case.charged.clone(),
            agent_name,
            action_type: action.kind.to_string(),
            target_service: action.target.clone(),
            environment: action.environment.to_string(),
            rule_violated: case.explanation.rule_violated.clone(),
            reason: case.explanation.text.clone(),
            fired_policies: case.explanation.fired.clone(),
            seq: sealed.seq,
            timestamp: self.now,
            resolved_by: None,
            resolved_at: None,
            notes: None,
        };
        let labels = ("OPEN", violation.agent_id.as_str(), self.now);
        self.keep(DocumentKind::Violation, &violation.id, labels, &violation)?;
        self.curb(&violation, configured == Some(Severity::Critical))
    }

    /// Principle 21: an agent that breaks a principle loses autonomy.
    fn curb(&mut self, violation: &Violation, critical_policy: bool) -> Result<(), GateError> {
        let reset = match (critical_policy, violation.kind) {
            (true, _) => AutonomyReset::BlockAgent,
            (false, ViolationKind::SgpViolation) => self.state.tenant.settings.autonomy_reset,
            (false, _) => return Ok(()),
        };
        let Some(agent) = self.state.agents.get(&violation.agent_id) else {
            return Ok(());
        };
        let mut agent: Agent = agent.clone();
        let why = format!(
            "auto: {} violation {}",
            severity_name(violation.severity),
            violation.id
        );
        match reset {
            AutonomyReset::Off => return Ok(()),
            AutonomyReset::RaiseToB if agent.tier_override >= Some(Tier::B) => return Ok(()),
            AutonomyReset::RaiseToB => agent.tier_override = Some(Tier::B),
            AutonomyReset::BlockAgent if agent.status == AgentStatus::Blocked => return Ok(()),
            AutonomyReset::BlockAgent => agent.become_status(AgentStatus::Blocked, Some(&why))?,
        }
        self.change_agent("portcullis", agent, &why).map(drop)
    }

    fn note_answer(
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

fn ticket(hold: &Hold) -> HoldTicket {
    HoldTicket {
        id: hold.id.clone(),
        timeout_at: hold.timeout_at,
        approvals_required: hold.approvals_required,
    }
}

const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    }
}
