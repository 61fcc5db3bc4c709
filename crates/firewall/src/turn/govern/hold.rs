//! The hold of a HELD verdict.

use super::Case;
use crate::{
    answer::HoldTicket,
    electorate::Electorate,
    error::GateError,
    frozen::Frozen,
    hold::{Hold, HoldStatus},
    moment, retry,
    stake::Stake,
    turn::{Sealed, Turn, again},
};
use portcullis_policy::id::AgentId;
use serde_json::Value;

/// The most holds of one agent that wait at once.
const HOLDS_OF_ONE_AGENT: usize = 500;

impl Turn<'_> {
    /// The id of a new hold, as long as not too many of the agent's wait already: nobody could
    /// decide them, and each keeps its action in memory.
    pub(super) fn new_hold_id(&self, charged: &AgentId) -> Result<String, GateError> {
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
    pub(super) fn hold(
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
}

pub(super) fn ticket(hold: &Hold) -> HoldTicket {
    HoldTicket {
        id: hold.id.clone(),
        timeout_at: hold.timeout_at,
        approvals_required: hold.approvals_required,
    }
}
