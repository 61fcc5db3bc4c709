//! Answers as JSON, written straight into one buffer with their keys in alphabetical order.

mod acting;

pub(super) use acting::{acted, attended, rehearsed};

use crate::wording::{hex, maybe, message, mode};
use portcullis_door::{reply::Refusal, request_id::RequestId};
use portcullis_firewall::{
    answer::Answer,
    canonical::{Array, Object},
    hold::{Hold, HoldStatus},
    permit::Permit,
    turn::{Redemption, Sealed},
};
use portcullis_policy::tier::{Tier, Verdict};

/// The room a usual answer takes.
const USUAL_BYTES: usize = 1_024;

/// The answer to one action.
pub(super) fn answer(answer: &Answer, id: &RequestId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let mut object = Object::new(&mut bytes);
    verdict(&mut object, answer, Some(id));
    object.end();
    bytes
}

/// The answers to a batch, in the order of its actions.
pub(super) fn answers(answers: &[Result<Answer, Refusal>], id: &RequestId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(answers.len().saturating_mul(USUAL_BYTES));
    let mut object = Object::new(&mut bytes);
    object.string("request_id", id.as_str());
    let mut results = object.array("results");
    for one in answers {
        let mut result = results.object();
        match one {
            Ok(answer) => verdict(&mut result, answer, None),
            Err(error) => refusal(&mut result, error),
        }
    }
    results.end();
    object.end();
    bytes
}

fn verdict(object: &mut Object<'_>, answer: &Answer, id: Option<&RequestId>) {
    let hold = answer.hold.as_ref();
    object
        .string("action_digest", hex(&answer.action_digest.to_hex()))
        .integer(
            "approvals_required",
            hold.map_or(0, |hold| hold.approvals_required.into()),
        );
    maybe(object, "escrow_id", hold.map(|hold| hold.id.as_str()));
    object
        .boolean("execute", answer.execute())
        .string("governance_mode", mode(answer.mode))
        .string("hash", hex(&answer.hash.to_hex()));
    maybe(object, "hold_id", hold.map(|hold| hold.id.as_str()));
    object.string("message", &message(answer));
    object
        .object("obligations")
        .boolean("dry_run", answer.dry_run_required);
    if let Some(permit) = &answer.permit {
        object.string("permit", permit);
    }
    if let Some(reason) = &answer.permit_withheld {
        object.string("permit_withheld", reason);
    }
    fired(object.array("policies_fired"), answer);
    object
        .string("reasoning", &answer.reasoning)
        .raw("reasons", answer.reasons.get().as_bytes())
        .boolean("repeated", answer.repeated);
    if let Some(id) = id {
        object.string("request_id", id.as_str());
    }
    object.integer("risk_tier", answer.risk_tier.number().into());
    maybe(object, "rule_violated", answer.rule_violated.as_deref());
    object
        .integer("seq", answer.seq)
        .string("tier", answer.tier.as_str());
    match hold {
        Some(hold) => object.timestamp("timeout_at", hold.timeout_at),
        None => object.null("timeout_at"),
    };
    object.string("verdict", answer.verdict.as_str());
    if !answer.warnings.is_empty() {
        let mut warnings = object.array("warnings");
        for warning in &answer.warnings {
            warnings.string(warning);
        }
        warnings.end();
    }
    if answer.would != (answer.verdict, answer.tier) {
        would(object, answer.would);
    }
}

fn would(object: &mut Object<'_>, (verdict, tier): (Verdict, Tier)) {
    object
        .object("would")
        .string("tier", tier.as_str())
        .string("verdict", verdict.as_str());
}

fn fired(mut list: Array<'_>, answer: &Answer) {
    for policy in &answer.policies_fired {
        list.string(policy.policy_id.as_str());
    }
}

/// An action of a batch that got no verdict.
///
/// Fails closed: it says aloud that the action must not be done.
fn refusal(object: &mut Object<'_>, refusal: &Refusal) {
    object.string("detail", refusal.message());
    object
        .object("error")
        .string("code", refusal.code())
        .string("message", refusal.message());
    object
        .boolean("execute", false)
        .integer("status", refusal.status().as_u16().into());
}

/// A hold, as far as its agent needs to see it.
pub(super) fn hold(hold: &Hold, id: &RequestId) -> Vec<u8> {
    let released = hold.status == HoldStatus::Released;
    let verdict = match hold.status {
        HoldStatus::Held => Verdict::Held,
        HoldStatus::Released => Verdict::Cleared,
        HoldStatus::Killed | HoldStatus::TimedOut | HoldStatus::Superseded => Verdict::Blocked,
    };
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let mut object = Object::new(&mut bytes);
    object
        .string("action_digest", hex(&hold.action_digest.to_hex()))
        .string("action_type", &hold.action_type)
        .string("agent_id", hold.agent_id.as_str())
        .integer("approvals", hold.approvals.len() as u64)
        .integer("approvals_required", hold.approvals_required.into())
        .boolean("claimed", hold.claimed)
        .timestamp("created_at", hold.created_at);
    match hold.decided_at {
        Some(at) => object.timestamp("decided_at", at),
        None => object.null("decided_at"),
    };
    maybe(&mut object, "decision", hold.decision.as_deref());
    object
        .string("environment", &hold.environment)
        .string("escrow_id", &hold.id)
        .boolean("execute", released)
        .string("hash", hex(&hold.hash.to_hex()))
        .string("hold_id", &hold.id);
    maybe(&mut object, "reason", hold.decision_reason.as_deref());
    object
        .string("request_id", id.as_str())
        .integer("risk_tier", hold.risk_tier.number().into())
        .integer("seq", hold.seq)
        .string("status", hold.status.as_str())
        .string("target_service", &hold.target_service)
        .string("tier", hold.tier.as_str())
        .timestamp("timeout_at", hold.timeout_at)
        .string("verdict", verdict.as_str());
    object.end();
    bytes
}

/// The permit of a released hold.
pub(super) fn claimed(hold: &str, permit: &str, id: &RequestId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let mut object = Object::new(&mut bytes);
    object
        .string("hold_id", hold)
        .string("permit", permit)
        .string("request_id", id.as_str());
    object.end();
    bytes
}

/// A permit that was spent just now.
pub(super) fn redeemed(redemption: &Redemption, id: &RequestId) -> Vec<u8> {
    let permit = &redemption.permit;
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let mut object = Object::new(&mut bytes);
    object
        .raw("action", &redemption.action)
        .string("action_digest", hex(&permit.action_digest.to_hex()))
        .string("agent_id", permit.agent_id.as_str())
        .integer("decision_seq", permit.seq)
        .boolean("execute", true)
        .timestamp("expires_at", permit.expires_at);
    maybe(&mut object, "hold_id", permit.hold.as_deref());
    object
        .timestamp("issued_at", permit.issued_at)
        .string("permit_id", &permit.id)
        .string("request_id", id.as_str())
        .integer("seq", redemption.seq);
    object.end();
    bytes
}

/// What a permit says, and whether it may be believed.
pub(super) fn verified(verdict: Result<&Permit, &str>, id: &RequestId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let mut object = Object::new(&mut bytes);
    match verdict {
        Ok(permit) => {
            object
                .string("action_digest", hex(&permit.claims().digest.to_hex()))
                .string("agent_id", permit.agent().as_str())
                .integer("decision_seq", permit.claims().seq)
                .timestamp("expires_at", permit.claims().expires_at)
                .string("permit_id", permit.id())
                .null("reason");
        }
        Err(reason) => {
            object.string("reason", reason);
        }
    }
    object
        .string("request_id", id.as_str())
        .boolean("valid", verdict.is_ok());
    object.end();
    bytes
}

/// The record of an outcome.
pub(super) fn sealed(sealed: &Sealed, id: &RequestId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let mut object = Object::new(&mut bytes);
    object
        .string("hash", hex(&sealed.hash.to_hex()))
        .string("request_id", id.as_str())
        .integer("seq", sealed.seq);
    object.end();
    bytes
}
