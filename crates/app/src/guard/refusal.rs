//! Judging a request by the rules at hand.

use jiff::Timestamp;
use portcullis_firewall::{
    digest::Nonce,
    principal::{Principal, Role},
    record::Explanation,
    request,
    rule_copy::RuleCopy,
};
use portcullis_policy::judgement::Judgement;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The answer that refuses a request, in the form of the gate's own; `None` when it is not sure to
/// be refused. What cannot be read is left to the gate, which names every fault.
pub(super) fn of(copy: &RuleCopy, body: &Value, now: Timestamp) -> Option<Value> {
    let asker = Principal {
        tenant: copy.tenant.clone(),
        key: copy.key.clone(),
        role: Role::Agent(copy.agent.clone()),
        person: None,
    };
    // The digest goes nowhere, so that the nonce need not be a secret.
    let nonce = Nonce::new([0; 16]);
    let request = request::read(body.to_string().as_bytes(), &asker, nonce, None).ok()?;
    let rules = copy.rules().ok()?;
    let action = &request.frozen.action;
    let judged = || rules.surely_refuses(action, &copy.horizon(now));
    // A mistake in the rules' own code is the gate's to deal with.
    let judgement = catch_unwind(AssertUnwindSafe(judged)).ok()??;
    Some(answer(copy, &judgement))
}

fn answer(copy: &RuleCopy, judgement: &Judgement<'_>) -> Value {
    let explanation = Explanation::of(judgement);
    let reasons: Value = serde_json::from_slice(&explanation.reasons).unwrap_or_default();
    let fired = explanation
        .fired
        .iter()
        .map(|policy| policy.policy_id.as_str());
    let rule = explanation.rule_violated.as_deref().unwrap_or("the rules");
    json!({
        "approvals_required": 0,
        "escrow_id": null,
        "execute": false,
        "governance_mode": copy.mode.as_str(),
        "hold_id": null,
        "message": format!("blocked by {rule}; refused here, nothing was sent"),
        "obligations": { "dry_run": false },
        "policies_fired": fired.collect::<Vec<_>>(),
        "reasoning": explanation.text,
        "reasons": reasons,
        "refused_here": true,
        "repeated": false,
        "risk_tier": judgement.risk.number(),
        "rule_set": copy.rule_set,
        "rule_violated": explanation.rule_violated,
        "tier": judgement.tier.as_str(),
        "timeout_at": null,
        "verdict": judgement.verdict.as_str(),
    })
}
