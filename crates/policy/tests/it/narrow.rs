//! The part of the rules that judges one agent: enough to refuse by, and nothing of others.

use crate::{
    foresight::{a_tenant_policy, horizon, some_action},
    judge_generated::{a_world, all_policies, scope_mode},
    judge_world::{agent, policy, scoped, tenant},
};
use portcullis_policy::{
    rules::{RuleSet, ScopeMode, Source},
    tenant::read,
};
use proptest::prelude::{prop_assert_eq, proptest};
use serde_json::json;
use std::sync::Arc;

/// Rules as one agent's machine would have them.
fn carried(source: &Source, name: &str) -> RuleSet {
    let narrow = source.narrowed_to(&agent(name));
    let written = serde_json::to_string(&(narrow.tenant_policy, &narrow.policies)).unwrap();
    for hidden in ["other", "ann", "C0123", "secret words"] {
        assert!(
            name == hidden || !written.contains(hidden),
            "{hidden} in {written}"
        );
    }
    let (tenant_policy, policies) = serde_json::from_str(&written).unwrap();
    let read = Source {
        tenant_policy,
        policies,
        ..narrow
    };
    RuleSet::compile(read).unwrap()
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(1_000))]

    #[test]
    fn the_part_for_one_agent_refuses_it_as_the_whole_does(
        tenant_policy in a_tenant_policy(),
        policies in all_policies(),
        scope_mode in scope_mode(),
        action in some_action(),
        world in a_world(),
    ) {
        let source = Source {
            tenant: tenant(),
            tenant_policy: Some(tenant_policy),
            policies: policies.into_iter().map(Arc::new).collect(),
            scope_mode,
        };
        let part = carried(&source, action.agent.as_str());
        let whole = RuleSet::compile(source).unwrap();
        let horizon = horizon(&world);
        let told = |rules: &RuleSet| {
            rules.surely_refuses(&action, &horizon).map(|refusal| {
                let told = serde_json::to_value(&refusal).unwrap();
                (told["reasons"].clone(), told["policies_fired"].clone(), refusal.tier)
            })
        };
        prop_assert_eq!(told(&part), told(&whole));
    }
}

#[test]
fn nothing_of_others_and_of_people_is_carried() {
    let written = json!({
        "version": 1, "tenant": "acme", "timezone": "Europe/Berlin", "heartbeat_minutes": 5,
        "slack": { "channel": "C0123" },
        "catalogue": [{ "action": "deploy", "tier": 2, "description": "secret words" }],
        "actions": [
            { "action": "deploy", "agents": ["other"], "caps": { "max_secret": 1 } },
            { "action": "deploy", "agents": ["bot", "other"] },
            { "action": "deploy", "agents": ["bot", "third"] },
            { "action": "workloads.list" },
            { "action": "workloads.submit", "agents": ["other"] },
        ],
        "budgets": { "daily_usd": 9 },
        "agent_budgets": { "other": { "daily_usd": 7 }, "bot": { "daily_usd": 8 } },
        "workspace_budgets": { "lab": { "daily_usd": 6 } },
        "rate_limits": { "writes_per_minute": 3, "split_factor": 2 },
        "approvals": { "tier3": { "approvers": ["person:ann"] } },
    });
    let block = json!({ "action_types": ["deploy"], "environments": [], "tier": "C" });
    let own = scoped("bot", policy("own", "action_type_block", block.clone()));
    let others = scoped("other", policy("others", "action_type_block", block));
    let source = Source {
        tenant: tenant(),
        tenant_policy: Some(read::from_value(&written).unwrap()),
        policies: [own, others].into_iter().map(Arc::new).collect(),
        scope_mode: ScopeMode::Strict,
    };
    carried(&source, "bot");
    let narrow = source.narrowed_to(&agent("bot"));
    let ids: Vec<&str> = narrow
        .policies
        .iter()
        .map(|policy| policy.id.as_str())
        .collect();
    assert_eq!(ids, ["own"]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&narrow.tenant_policy).unwrap());
}
