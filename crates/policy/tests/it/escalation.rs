//! Who is asked next, and when all ends.

use portcullis_policy::{
    id::TenantId,
    rules::{RuleSet, ScopeMode, Source},
    tenant::{TierApproval, read, rules::TenantRules},
    tier::RiskTier,
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

fn tenant() -> TenantId {
    TenantId::new("ten_test").unwrap()
}

fn digest(policy: &Value) -> String {
    let rules = Source {
        tenant: tenant(),
        tenant_policy: Some(read::from_value(policy).unwrap()),
        policies: vec![],
        scope_mode: ScopeMode::Strict,
    };
    let rules = RuleSet::compile(rules).unwrap();
    rules
        .digest()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn policy(tier3: &Value) -> Value {
    json!({
        "version": 1,
        "slack": { "channel": "C1", "escalation_channel": "C2" },
        "actions": [{ "action": "log_read" }],
        "approvals": { "expires_minutes": 15, "tier3": tier3 },
    })
}

/// The digest was computed by independent code over the description as it was before tiers could
/// escalate, with the edition of today: such rules are still described in the same bytes.
#[test]
fn rules_that_say_nothing_new_keep_their_digest() {
    let plain = json!({ "approvers": ["group:a"], "required": 2 });
    assert_eq!(
        digest(&policy(&plain)),
        "3c12c0ab2e3a86dece40d828bd6749efa236725cd3f1f3a18710b17091e2fe78"
    );
}

#[test]
fn each_word_about_escalation_changes_the_digest() {
    let step = |step: Value| json!({ "approvers": ["group:a"], "escalate": [step] });
    let tiers = [
        json!({ "approvers": ["group:a"] }),
        json!({ "approvers": ["group:a"], "ceiling_minutes": 60 }),
        json!({ "approvers": ["group:a"], "owner_approval": true }),
        step(json!({ "channel": "#leads" })),
        step(json!({ "channel": "#other" })),
        step(json!({ "channel": "#leads", "minutes": 5 })),
        step(json!({ "approvers": ["group:b"] })),
    ];
    let mut digests: Vec<_> = tiers.iter().map(|tier| digest(&policy(tier))).collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), tiers.len());
}

/// A tier with levels after the first, not all of which the reader lets pass.
fn a_tier() -> impl Strategy<Value = Value> {
    let step = (option::of(0..3_u8), option::of(1..=1440_u32)).prop_map(|(group, minutes)| {
        let mut step = json!({ "channel": "#next" });
        if let Some(group) = group {
            step["approvers"] = json!([format!("group:{group}")]);
        }
        if let Some(minutes) = minutes {
            step["minutes"] = json!(minutes);
        }
        step
    });
    let minutes = (1..=1440_u32, option::of(1..=10_080_u32));
    (vec(step, 1..=6), minutes).prop_map(|(steps, (expires, ceiling))| {
        let mut tier = json!({ "expires_minutes": expires, "escalate": steps });
        if let Some(ceiling) = ceiling {
            tier["ceiling_minutes"] = json!(ceiling);
        }
        tier
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn all_levels_end_at_the_ceiling(tier in a_tier(), asked in option::of(1..=1_000_000_u32)) {
        let Ok(read) = read::from_value(&policy(&tier)) else {
            return Ok(());
        };
        let rules = TenantRules::compile(Some(&read), &tenant()).unwrap();
        let approval = rules.approval(RiskTier::HighWrite);
        let written = tier["escalate"].as_array().unwrap().len();
        prop_assert!(written <= TierApproval::MOST_STEPS);
        prop_assert_eq!(approval.escalation().len(), written, "each level that is read begins");
        let lasting = approval.lasting(asked);
        let steps = lasting.escalation();
        let all = steps.iter().map(|step| step.seconds).sum::<u32>() + lasting.hold_seconds;
        prop_assert!(all <= lasting.ceiling_seconds);
        prop_assert!(steps.iter().all(|step| step.seconds > 0));
        prop_assert_eq!(lasting.required, approval.required);
        if let Some(ceiling) = tier["ceiling_minutes"].as_u64() {
            prop_assert_eq!(u64::from(lasting.ceiling_seconds), ceiling * 60);
        }
    }
}
