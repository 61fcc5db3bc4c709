//! Dry runs: what an action would do, found out before it does it.

use super::{
    Claim, Turn, details, json,
    permits::{DRY_RUN_FIRST, spent},
};
use crate::{
    batch::{DocumentKind, RecordKind},
    digest::ActionDigest,
    dry_run::{FRESH_SECONDS, LOOKS_MAX, Look, Rehearsed},
    error::GateError,
    hands::Hands,
    hold::Hold,
    moment,
    order::Order,
    permit_state::PermitState,
    principal::Principal,
    view::View,
};
use portcullis_policy::id::AgentId;
use std::collections::HashSet;

/// An action that may still be done, and what it hangs on.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// The record of its decision.
    pub(super) seq: u64,
    /// Under what its bytes are kept: a permit's id or a hold's.
    pub(super) kept: String,
    /// The hold, as long as its permit was not taken.
    pub(super) hold: Option<String>,
    /// Whose.
    pub(super) agent: AgentId,
    /// What exactly.
    pub(super) digest: ActionDigest,
}

impl Pending {
    fn of_permit(permit: &PermitState) -> Self {
        Self {
            seq: permit.seq,
            kept: permit.id.clone(),
            hold: permit.hold.clone(),
            agent: permit.agent_id.clone(),
            digest: permit.action_digest,
        }
    }

    fn of_hold(hold: &Hold) -> Self {
        Self {
            seq: hold.seq,
            kept: hold.id.clone(),
            hold: Some(hold.id.clone()),
            agent: hold.agent_id.clone(),
            digest: hold.action_digest,
        }
    }
}

/// What became of a look.
#[derive(Clone, Debug)]
pub struct Noted {
    /// The dry run that counts.
    pub run: Rehearsed,
    /// Whether this look found the same.
    pub agrees: bool,
    /// The permit that was owed as long as the dry run was.
    pub permit: Option<String>,
}

impl Turn<'_> {
    /// The order that a claim would become, for looking at what it would do. Nothing is spent.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Forbidden`] for another's, and
    /// [`GateError::Conflict`] with `dryrun.none` for what the gate cannot look at, and with
    /// `dryrun.too_many` for what it has looked at too often.
    pub fn preview(
        &self,
        principal: &Principal,
        claim: &Claim,
        hands: &Hands,
    ) -> Result<Order, GateError> {
        let pending = self.pending(principal, claim)?;
        let (frozen, _) = self.frozen(&pending.kept)?;
        if !hands.rehearsal.rehearses(&frozen.action) {
            let message = "the gate knows no dry run for this action type";
            return Err(GateError::conflict("dryrun.none", message));
        }
        self.may_be_looked_at(pending.seq)?;
        self.order_of(&pending)
    }

    /// Looking is bounded, so that one action does not fill the chain, or wear its target out.
    pub(super) fn may_be_looked_at(&self, seq: u64) -> Result<(), GateError> {
        let looks = self.state.dry_runs.get(&seq).map_or(0, |run| run.looks);
        if looks < LOOKS_MAX {
            return Ok(());
        }
        let message = format!("this action was looked at {LOOKS_MAX} times already; ask anew");
        Err(GateError::conflict("dryrun.too_many", message))
    }

    /// What a dry run entitles to, if the request is for the very action that it looked at.
    ///
    /// # Errors
    /// [`GateError::Conflict`] with `dryrun.missing` or `dryrun.mismatch`.
    pub fn rehearsed(
        &self,
        principal: &Principal,
        run: &str,
        request: ActionDigest,
    ) -> Result<Claim, GateError> {
        let missing = || GateError::conflict("dryrun.missing", "there is no such dry run any more");
        let mut runs = self.state.dry_runs.values();
        let run = runs.find(|known| known.id == run).ok_or_else(missing)?;
        // Another agent's is not there.
        let pending = self.pending_at(run.seq).map_err(|_| missing())?;
        self.must_be_for(principal, &pending.agent)
            .map_err(|_| missing())?;
        let (frozen, _) = self.frozen(&pending.kept)?;
        if View::plain(&frozen.action).digest(&frozen.action) != request {
            let message = "the dry run does not match: it looked at another action";
            return Err(GateError::conflict("dryrun.mismatch", message));
        }
        let unclaimed = pending.hold.filter(|hold| *hold == pending.kept);
        Ok(unclaimed.map_or(Claim::Decision(run.seq), Claim::Hold))
    }

    /// The order that a waiting hold would become, for the gate itself to look at.
    ///
    /// # Errors
    /// [`GateError::NotFound`] when it does not wait any more.
    pub fn preview_hold(&self, hold: &str) -> Result<Order, GateError> {
        let pending = Pending::of_hold(self.waiting(hold)?);
        self.order_of(&pending)
    }

    /// Seals what a look found. The first one counts, and so does a newer one of an action that
    /// no people are asked about; what people were shown is not replaced, only compared with.
    ///
    /// # Errors
    /// [`GateError::NotFound`] when the action cannot be done any more.
    pub fn note_dry_run(
        &mut self,
        order: &Order,
        look: &Look,
        comparing: bool,
    ) -> Result<Noted, GateError> {
        let pending = self.pending_at(order.seq)?;
        let known = self.state.dry_runs.get(&order.seq).cloned();
        let looks = known.as_ref().map_or(0, |run| run.looks).saturating_add(1);
        let known = known.filter(|_| comparing || pending.hold.is_some());
        let agrees = known
            .as_ref()
            .is_none_or(|run| run.findings == look.findings);
        let fresh_until = moment::later(self.now, FRESH_SECONDS);
        let mut run = match known {
            Some(run) => run,
            None => Rehearsed {
                id: self.house.id("dry_")?,
                seq: order.seq,
                hold: pending.hold.clone(),
                agent_id: pending.agent.clone(),
                action_digest: pending.digest,
                action_type: order.action_type.clone(),
                target: order.target.clone(),
                found: look.found.clone(),
                findings: look.findings,
                made_at: self.now,
                fresh_until,
                looks,
            },
        };
        run.looks = looks;
        if agrees {
            run.fresh_until = fresh_until;
        }
        self.seal_look(&run, look, agrees)?;
        self.keep_dry_run("open", &run)?;
        self.state.dry_runs.insert(run.seq, run.clone());
        let permit = self.owed_permit(&run, agrees && !comparing)?;
        Ok(Noted {
            run,
            agrees,
            permit,
        })
    }

    /// What a claim is about, if the caller may use it.
    pub(super) fn pending(
        &self,
        principal: &Principal,
        claim: &Claim,
    ) -> Result<Pending, GateError> {
        let pending = match claim {
            Claim::Permit(token) => {
                let genuine = self.genuine(token)?;
                let permit = self.state.permits.get(genuine.id()).ok_or_else(spent)?;
                Pending::of_permit(permit)
            }
            Claim::Decision(seq) => self.pending_at(*seq)?,
            Claim::Hold(hold) => Pending::of_hold(self.waiting(hold)?),
        };
        self.must_be_for(principal, &pending.agent)?;
        Ok(pending)
    }

    /// The order of an action that may still be done.
    ///
    /// *Fails closed:* bytes that are not those that were judged are no order.
    pub(super) fn order_of(&self, pending: &Pending) -> Result<Order, GateError> {
        let (frozen, _) = self.frozen(&pending.kept)?;
        if frozen.digest != pending.digest {
            let message = format!("the frozen action of `{}` was exchanged", pending.kept);
            return Err(GateError::Unavailable(message));
        }
        let tenant = self.state.tenant.id.clone();
        let run = self.state.dry_runs.get(&pending.seq);
        let idempotency_key = Order::key_of(&tenant, pending.seq, &pending.digest);
        let work = self.work_of(&frozen.action, pending.hold.as_deref());
        Ok(Order {
            tenant,
            agent: pending.agent.clone(),
            seq: pending.seq,
            digest: pending.digest,
            action_type: frozen.action.kind.to_string(),
            target: frozen.action.target,
            environment: frozen.action.environment.to_string(),
            parameters: frozen.action.parameters,
            action: frozen.bytes,
            idempotency_key,
            expected_rows: run.and_then(|run| run.found.rows),
            work,
            lease: None,
            live: None,
        })
    }

    /// Whether an action that owes a dry run has one that counts; one that was made counts against
    /// an action that owes none, too.
    ///
    /// # Errors
    /// [`GateError::Conflict`] with `dryrun.missing`, `dryrun.failed` or `dryrun.stale`.
    pub(super) fn must_be_rehearsed(&self, seq: u64, owes: bool) -> Result<(), GateError> {
        match self.state.dry_runs.get(&seq) {
            Some(run) if owes || !run.found.passed => run.must_count(self.now),
            None if owes => Err(GateError::conflict("dryrun.missing", DRY_RUN_FIRST)),
            _ => Ok(()),
        }
    }

    /// Ends the dry run of an action that is done or cannot be done any more.
    pub(super) fn drop_dry_run(&mut self, seq: u64) -> Result<(), GateError> {
        match self.state.dry_runs.remove(&seq) {
            Some(run) => self.keep_dry_run("over", &run),
            None => Ok(()),
        }
    }

    /// Ends the dry runs of what cannot be done any more.
    pub(super) fn forget_dry_runs(&mut self, at_most: usize) -> Result<(), GateError> {
        if self.state.dry_runs.is_empty() {
            return Ok(());
        }
        let holds = self.state.holds.values().map(|hold| hold.seq);
        let permits = self.state.permits.values().map(|permit| permit.seq);
        let open: HashSet<u64> = holds.chain(permits).collect();
        let over = self.state.dry_runs.keys().filter(|seq| !open.contains(seq));
        for seq in over.take(at_most).copied().collect::<Vec<_>>() {
            self.drop_dry_run(seq)?;
        }
        Ok(())
    }

    fn pending_at(&self, seq: u64) -> Result<Pending, GateError> {
        let permit = self.state.permits.values().find(|permit| permit.seq == seq);
        if let Some(permit) = permit {
            return Ok(Pending::of_permit(permit));
        }
        let hold = self.state.holds.values().find(|hold| hold.seq == seq);
        let missing = || GateError::NotFound("pending action", seq.to_string());
        hold.map(Pending::of_hold).ok_or_else(missing)
    }

    pub(super) fn waiting(&self, hold: &str) -> Result<&Hold, GateError> {
        let missing = || GateError::NotFound("hold", hold.to_owned());
        self.state.holds.get(hold).ok_or_else(missing)
    }

    /// The permit of a cleared action that waited for its dry run.
    fn owed_permit(&mut self, run: &Rehearsed, met: bool) -> Result<Option<String>, GateError> {
        let permit = self.state.permits.values();
        let permit = permit
            .filter(|permit| met && run.found.passed && permit.hold.is_none())
            .find(|permit| permit.seq == run.seq)
            .cloned();
        permit.map(|permit| self.renew(permit)).transpose()
    }

    fn seal_look(&mut self, run: &Rehearsed, look: &Look, agrees: bool) -> Result<(), GateError> {
        let mut members = details([
            ("action_digest", json(&run.action_digest)?),
            ("agrees", agrees.into()),
            ("dry_run_id", run.id.as_str().into()),
            ("findings", json(&look.findings)?),
            ("found", json(&look.found)?),
            ("fresh_until", moment::text(run.fresh_until).into()),
            ("parent_seq", run.seq.into()),
            ("passed", look.found.passed.into()),
        ]);
        if let Some(hold) = &run.hold {
            members.insert("hold_id".to_owned(), hold.as_str().into());
        }
        let about = ("portcullis", run.agent_id.as_str());
        self.seal_event(RecordKind::DryRun, about, members)?;
        Ok(())
    }

    fn keep_dry_run(&mut self, status: &str, run: &Rehearsed) -> Result<(), GateError> {
        let labels = (status, run.agent_id.as_str(), run.made_at);
        self.keep(DocumentKind::DryRun, &run.seq.to_string(), labels, run)
    }
}
