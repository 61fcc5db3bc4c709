//! Carrying out an action: begun once, ended by an outcome or by a person.

use super::{
    OutcomeReport, OutcomeResult, Sealed, Turn, agents::check_text, details, govern::Case, json,
};
use crate::{
    answer::Answer,
    batch::{DocumentKind, RecordKind},
    digest::Means,
    effects::{Effects, Settlement},
    error::GateError,
    execution::{Execution, Stage},
    hands::Hands,
    moment,
    order::{Effect, Ended, Order, SUMMARY_MAX_BYTES},
    principal::{Principal, Role},
    visible,
};
use portcullis_policy::amount::Micros;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// How long nothing may be heard of an action that was begun, in seconds; then it counts as
/// unknown. Longer than any executor's own deadline.
const HEARD_WITHIN_SECONDS: u32 = 900;
/// Who acts when the gate does.
const GATE: &str = "portcullis";

/// What entitles to an action.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Claim {
    /// The token of its permit.
    Permit(String),
    /// The hold that was released.
    Hold(String),
    /// The record that cleared it with a permit.
    Decision(u64),
}

/// How far the beginning came.
#[derive(Debug)]
pub enum Begun {
    /// It is begun; the order goes out once.
    Started(Order),
    /// Nothing is spent; what the order would do is looked at first.
    ToRehearse(Order),
}

/// What a person found out about an action whose end was unknown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resolution {
    /// Whether it was done.
    pub done: bool,
    /// How the person knows.
    pub why: String,
    /// What it cost in US dollars, when known.
    pub cost_usd: Option<Micros>,
    /// What it took in GPU-hours, when known.
    pub gpu_hours: Option<Micros>,
}

impl Turn<'_> {
    /// Spends what entitles to an action and writes down that it was begun, in one turn. Once this
    /// is durable the order may go out; it never will again.
    ///
    /// When the action has a dry run, or owes one, and `looked` is not set, nothing is spent: what
    /// it would do is looked at first, once more.
    ///
    /// # Errors
    /// As [`Turn::claim`] and [`Turn::redeem`], [`GateError::Conflict`] with `target.none` for an
    /// action that the gate does not carry out, `target.moved` for one that it would now carry out in
    /// another way than when it was judged, and `dryrun.too_many`.
    pub fn begin(
        &mut self,
        principal: &Principal,
        claim: &Claim,
        hands: &Hands,
        looked: bool,
    ) -> Result<Begun, GateError> {
        let pending = self.pending(principal, claim)?;
        if let Claim::Hold(hold) = claim {
            self.must_be_claimable(self.waiting(hold)?)?;
        }
        let (frozen, stake) = self.frozen(&pending.kept)?;
        must_be_carried_out(hands.executor.means(&frozen.action), stake.means)?;
        if !looked && hands.rehearsal.rehearses(&frozen.action) {
            let again = self.judge_again(&pending.agent, &frozen, &stake)?;
            let owes = again.is_ok_and(|again| again.dry_run);
            if owes || self.state.dry_runs.contains_key(&pending.seq) {
                self.may_be_looked_at(pending.seq)?;
                return Ok(Begun::ToRehearse(self.order_of(&pending)?));
            }
        }
        let order = self.order_of(&pending)?;
        let token = match claim {
            Claim::Permit(token) => token.clone(),
            Claim::Hold(hold) => self.claim(principal, hold)?,
            Claim::Decision(_) => self.token_for(pending.seq)?,
        };
        self.redeem(principal, &token, Some(order.digest))?;
        self.keep_started(&order)?;
        Ok(Begun::Started(order))
    }

    /// Whether an action that was just cleared can be begun in the same turn.
    pub(super) fn may_begin(&self, case: &Case<'_, '_>, answer: &Answer, hands: &Hands) -> bool {
        let request = case.request;
        let means = hands.executor.means(&request.frozen.action);
        answer.execute()
            && !answer.dry_run_required
            && means.is_some()
            && means == request.means
            && self.must_be_for(case.principal, case.charged).is_ok()
    }

    /// Begins an action in the turn that cleared it. What would be spent is not given out first.
    pub(super) fn begin_at_once(
        &mut self,
        case: &Case<'_, '_>,
        answer: &Answer,
    ) -> Result<Order, GateError> {
        let frozen = &case.request.frozen;
        let tenant = self.state.tenant.id.clone();
        let idempotency_key = Order::key_of(&tenant, answer.seq, &frozen.digest);
        let order = Order {
            tenant,
            agent: case.charged.clone(),
            seq: answer.seq,
            digest: frozen.digest,
            action_type: frozen.action.kind.to_string(),
            target: frozen.action.target.clone(),
            environment: frozen.action.environment.to_string(),
            parameters: frozen.action.parameters.clone(),
            action: frozen.bytes.clone(),
            idempotency_key,
            expected_rows: None,
            work: self.work_of(&frozen.action, None),
            lease: None,
            live: None,
        };
        let members = details([
            ("action_digest", json(&frozen.digest)?),
            ("at_once", true.into()),
            ("hold_id", Value::Null),
            ("parent_seq", answer.seq.into()),
            ("permit_id", Value::Null),
        ]);
        let actor = case.principal.actor();
        let about = (actor.as_str(), case.charged.as_str());
        self.seal_event(RecordKind::PermitRedeemed, about, members)?;
        self.keep_started(&order)?;
        Ok(order)
    }

    /// Writes down that an order goes out.
    fn keep_started(&mut self, order: &Order) -> Result<(), GateError> {
        self.keep_execution(Execution {
            seq: order.seq,
            agent_id: order.agent.clone(),
            action_digest: order.digest,
            action_type: order.action_type.clone(),
            target: order.target.clone(),
            stage: Stage::Started,
            summary: String::new(),
            started_at: self.now,
            due_at: moment::later(self.now, HEARD_WITHIN_SECONDS),
        })
    }

    /// Seals what became of an action that was begun, and by which credential, and settles its
    /// reservation.
    ///
    /// Fails closed: an unknown end settles nothing and waits for a person.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when it has ended already.
    pub fn finish(
        &mut self,
        seq: u64,
        effect: &Effect,
        lease: Option<&str>,
    ) -> Result<Sealed, GateError> {
        let execution = self.open_execution(seq)?;
        let mut members = details([
            ("output_bytes", effect.output.len().into()),
            (
                "output_sha256",
                hex::encode(Sha256::digest(&effect.output)).into(),
            ),
            ("output_truncated", effect.truncated.into()),
        ]);
        if let Some(lease) = lease {
            members.insert("lease_id".to_owned(), lease.into());
        }
        let costs = (effect.cost_usd, effect.gpu_hours);
        let end = (effect.result, effect.summary.as_str(), costs);
        self.end_execution(GATE, execution, end, members)
    }

    /// Seals what a person found out about an action whose end is unknown.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than operators and architects, [`GateError::Invalid`]
    /// without a reason, [`GateError::NotFound`] for an action that the gate has not begun or whose
    /// end is known, [`GateError::Conflict`] for one that still runs.
    pub fn resolve_execution(
        &mut self,
        principal: &Principal,
        seq: u64,
        resolution: &Resolution,
    ) -> Result<Sealed, GateError> {
        if !matches!(principal.role, Role::Operator | Role::Architect) {
            let message = "only an operator or an architect resolves an unknown outcome";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        check_text("reason", &resolution.why, true)?;
        let missing = || GateError::NotFound("unknown outcome", seq.to_string());
        let execution = self.state.executions.get(&seq).ok_or_else(missing)?.clone();
        if execution.stage == Stage::Started && self.now < execution.due_at {
            return Err(GateError::conflict("execution.running", "it still runs"));
        }
        let result = if resolution.done {
            Ended::Done
        } else {
            Ended::Failed
        };
        let costs = (resolution.cost_usd, resolution.gpu_hours);
        let members = details([("resolved_by_person", true.into())]);
        let end = (result, resolution.why.as_str(), costs);
        self.end_execution(&principal.actor(), execution, end, members)
    }

    /// Has whatever was begun and not heard of for too long wait for a person: after a crash nobody
    /// else can tell what became of it.
    pub(super) fn give_up_executions(&mut self, at_most: usize) -> Result<(), GateError> {
        let lost = |one: &&Execution| one.stage == Stage::Started && self.now >= one.due_at;
        let lost = self.state.executions.values().filter(lost).take(at_most);
        for execution in lost.cloned().collect::<Vec<_>>() {
            let summary = "it was begun, and nothing was heard of it since";
            let end = (Ended::Unknown, summary, (None, None));
            self.end_execution(GATE, execution, end, Map::new())?;
        }
        Ok(())
    }

    fn token_for(&self, seq: u64) -> Result<String, GateError> {
        let mut permits = self.state.permits.values();
        let permit = permits.find(|permit| permit.seq == seq);
        let permit = permit.ok_or_else(|| GateError::NotFound("permit", seq.to_string()))?;
        Ok(self.token_of(permit))
    }

    fn open_execution(&self, seq: u64) -> Result<Execution, GateError> {
        let ended = || GateError::conflict("execution.ended", "its outcome is known already");
        self.state.executions.get(&seq).cloned().ok_or_else(ended)
    }

    fn end_execution(
        &mut self,
        actor: &str,
        mut execution: Execution,
        (result, summary, (cost_usd, gpu_hours)): (Ended, &str, (Option<Micros>, Option<Micros>)),
        mut members: Map<String, Value>,
    ) -> Result<Sealed, GateError> {
        let summary = visible::excerpt(summary, SUMMARY_MAX_BYTES).text;
        execution.summary = visible::visible_line(summary).into_owned();
        let report = OutcomeReport {
            seq: execution.seq,
            agent: execution.agent_id.clone(),
            result: outcome(result),
            effect: execution.summary.clone(),
            cost_usd,
            gpu_hours,
        };
        let settlement: Option<Settlement> = (result != Ended::Unknown)
            .then(|| self.settlement(&report, true))
            .flatten();
        let spent = settlement.as_ref();
        let settled = spent.map_or(Ok(Value::Null), |settled| json(&settled.spent))?;
        members.extend(details([
            ("action_digest", json(&execution.action_digest)?),
            ("effect", report.effect.into()),
            ("outcome", json(&report.result)?),
            ("parent_seq", execution.seq.into()),
            ("settled", settled),
        ]));
        let effects = Effects {
            settlement,
            ..Effects::default()
        };
        let about = (actor, execution.agent_id.as_str());
        let sealed = self.seal_event_with(RecordKind::Outcome, about, members, &effects)?;
        execution.stage = match result {
            Ended::Done => Stage::Done,
            Ended::Failed => Stage::Failed,
            Ended::Unknown => Stage::Unknown,
        };
        self.keep_execution(execution)?;
        Ok(sealed)
    }

    fn keep_execution(&mut self, execution: Execution) -> Result<(), GateError> {
        let labels = (
            execution.stage.as_str(),
            execution.agent_id.as_str(),
            execution.started_at,
        );
        let id = execution.seq.to_string();
        self.keep(DocumentKind::Execution, &id, labels, &execution)?;
        match execution.stage {
            Stage::Started | Stage::Unknown => {
                self.state.executions.insert(execution.seq, execution);
            }
            Stage::Done | Stage::Failed => {
                self.state.executions.remove(&execution.seq);
            }
        }
        Ok(())
    }
}

/// Whether the gate carries an action out, and in the way that it was judged for.
fn must_be_carried_out(now: Option<Means>, then: Option<Means>) -> Result<(), GateError> {
    if now.is_none() {
        let message = "the gate has no target for this action type; whoever asked does it";
        return Err(GateError::conflict("target.none", message));
    }
    if now != then {
        let message = "how the gate carries this out has changed since it was judged; ask again";
        return Err(GateError::conflict("target.moved", message));
    }
    Ok(())
}

const fn outcome(result: Ended) -> OutcomeResult {
    match result {
        Ended::Done => OutcomeResult::Succeeded,
        Ended::Failed => OutcomeResult::Failed,
        Ended::Unknown => OutcomeResult::Unknown,
    }
}
