//! Asking for an action: what a door may ask, and what it tells afterwards.

use super::Firewall;
use crate::{
    answer::Answer,
    digest::Nonce,
    error::GateError,
    principal::{Principal, Role},
    query::RecordQuery,
    request::{self, Request},
    turn::{OutcomeReport, OutcomeResult, Sealed},
};
use portcullis_policy::{
    amount::Micros,
    id::{AgentId, TenantId},
    tier::Verdict,
};

/// A request on its way to the lane.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: Request,
    /// Whether the gate can look at what it would do.
    pub(super) rehearses: bool,
}

impl Firewall {
    /// Reads a request from bytes; nothing is judged yet.
    ///
    /// # Errors
    /// [`GateError::Invalid`] with every fault and its path, [`GateError::Unavailable`] without
    /// randomness.
    pub fn read_request(
        &self,
        principal: &Principal,
        bytes: &[u8],
        idempotency_key: Option<&str>,
    ) -> Result<Request, GateError> {
        request::read(bytes, principal, self.nonce()?, idempotency_key)
    }

    /// A fresh nonce for a request that is read elsewhere.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] without randomness.
    pub fn nonce(&self) -> Result<Nonce, GateError> {
        let mut bytes = [0_u8; 16];
        self.house.entropy.fill(&mut bytes)?;
        Ok(Nonce::new(bytes))
    }

    /// Judges an action. The answer is durable.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for viewers and operators, else as
    /// [`crate::turn::Turn::govern`].
    pub async fn govern(
        &self,
        principal: &Principal,
        request: Request,
    ) -> Result<Answer, GateError> {
        let asked = self.asked(principal, request)?;
        let caller = principal.clone();
        let answer = self
            .on_lane(principal, move |turn| turn.govern(&caller, &asked.request))
            .await?;
        self.tell_approvers(&principal.tenant, &answer, asked.rehearses);
        Ok(answer)
    }

    /// A request as it goes to the lane, with what the gate could do about it.
    pub(super) fn asked(
        &self,
        principal: &Principal,
        request: Request,
    ) -> Result<Asked, GateError> {
        if matches!(principal.role, Role::Operator | Role::Viewer | Role::Member) {
            return Err(GateError::Forbidden(
                "this credential does not ask for actions".to_owned(),
            ));
        }
        let mut request = self.screened(&principal.tenant, request)?;
        let action = &request.frozen.action;
        let hands = self.hands.load();
        let rehearses = hands.rehearsal.rehearses(action);
        request.means = hands.executor.means(action);
        Ok(Asked { request, rehearses })
    }

    /// Has what a new hold would do looked at, for those who decide.
    pub(super) fn tell_approvers(&self, tenant: &TenantId, answer: &Answer, rehearses: bool) {
        let fresh = answer.hold.as_ref().filter(|_| !answer.repeated);
        if let Some(hold) = fresh.filter(|_| rehearses) {
            self.rehearse_hold(tenant, &hold.id);
        }
    }

    /// Reports what became of the action with this record number.
    ///
    /// # Errors
    /// [`GateError::NotFound`] when there is no such decision, else as
    /// [`crate::turn::Turn::report`].
    pub async fn report(
        &self,
        principal: &Principal,
        seq: u64,
        report: (OutcomeResult, String, Option<Micros>, Option<Micros>),
    ) -> Result<Sealed, GateError> {
        let missing = || GateError::NotFound("decision", seq.to_string());
        let records = self
            .ledger
            .records(&principal.tenant, RecordQuery::one(seq))
            .await?;
        let record = records
            .first()
            // What was refused has no outcome.
            .filter(|r| matches!(r.verdict, Some(Verdict::Cleared | Verdict::Held)))
            .ok_or_else(missing)?;
        let agent = AgentId::new(&record.agent).map_err(|_| missing())?;
        let (result, effect, cost_usd, gpu_hours) = report;
        let effect = self.screened_text(&principal.tenant, &effect)?;
        let report = OutcomeReport {
            seq,
            agent,
            result,
            effect,
            cost_usd,
            gpu_hours,
        };
        let caller = principal.clone();
        self.on_lane(principal, move |turn| turn.report(&caller, &report))
            .await
    }
}
