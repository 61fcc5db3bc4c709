//! Layer 2 and the limits, as properties.

use jiff::Timestamp;
use portcullis_policy::{
    action::Action,
    amount::Micros,
    code::Code,
    facts::{Answers, Counter, Facts, Needs, Span, Unit},
    findings::Findings,
    id::TenantId,
    judgement::Obligations,
    tenant::{TenantPolicy, read, rules::TenantRules},
    tier::{RiskTier, Verdict},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: &str = "2026-01-05T12:00:00Z";

fn tenant() -> TenantId {
    TenantId::new("ten_test").unwrap()
}

fn policy(value: &Value) -> TenantPolicy {
    read::from_value(value).unwrap_or_else(|faults| panic!("{faults}"))
}

fn rules(value: &Value) -> TenantRules {
    TenantRules::compile(Some(&policy(value)), &tenant()).unwrap()
}

fn action(kind: &str, parameters: &Value) -> Action {
    serde_json::from_value(json!({
        "tenant": "ten_test", "agent": "agt_test", "workspace": "lab", "kind": kind,
        "target": "it", "environment": "staging", "parameters": parameters,
    }))
    .unwrap()
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn quiet() -> Facts {
    serde_json::from_value(json!({
        "now": NOW, "mode": "ENFORCED", "caller": { "tenant": "ten_test" },
        "agent": { "status": "active" }, "chain_intact": true,
    }))
    .unwrap()
}

fn needs(rules: &TenantRules, action: &Action) -> Needs {
    let mut needs = Needs::default();
    rules.needs(action, now(), &mut needs);
    needs
}

/// Facts that answer exactly what is needed, each with the same amount.
fn answering(needs: &Needs, amount: u32) -> Facts {
    Facts {
        rates: needs.rates.iter().map(|_| amount).collect(),
        budgets: needs
            .budgets
            .iter()
            .map(|_| Micros::new(u64::from(amount)))
            .collect(),
        sums: needs.sums.iter().map(|_| u64::from(amount)).collect(),
        ..quiet()
    }
}

struct Outcome {
    codes: Vec<Code>,
    verdict: Verdict,
    risk: RiskTier,
    reserved: Vec<Micros>,
    /// Whether an answer is left that nobody asked for.
    left_over: bool,
}

fn judge(rules: &TenantRules, action: &Action, facts: &Facts) -> Outcome {
    let mut answers = Answers::new(facts);
    let mut findings = Findings::default();
    let mut obligations = Obligations::default();
    rules.judge(action, &mut answers, &mut findings, &mut obligations);
    Outcome {
        codes: findings.reasons.iter().map(|reason| reason.code).collect(),
        verdict: findings.verdict,
        risk: findings.risk,
        reserved: obligations
            .reserve
            .iter()
            .map(|reserve| reserve.amount)
            .collect(),
        left_over: answers.rate().is_some()
            || answers.sum().is_some()
            || answers.budget().is_some(),
    }
}

fn judge_quietly(rules: &TenantRules, action: &Action) -> Outcome {
    judge(rules, action, &answering(&needs(rules, action), 0))
}

#[test]
fn no_policy_allows_nothing() {
    let rules = TenantRules::compile(None, &tenant()).unwrap();
    let outcome = judge_quietly(&rules, &action("workloads.list", &json!({})));
    assert_eq!(outcome.codes, [Code::NotAllowed]);
    assert_eq!(outcome.verdict, Verdict::Blocked);
    assert!(rules.policy().is_none());
}

#[test]
fn a_policy_for_another_tenant_does_not_load() {
    let other = policy(&json!({ "version": 1, "tenant": "ten_other" }));
    let faults = TenantRules::compile(Some(&other), &tenant()).unwrap_err();
    assert_eq!(faults.0[0].path, "tenant");
}

#[test]
fn a_policy_made_by_hand_is_checked_as_a_written_one() {
    let mut bad = policy(&json!({ "version": 1, "budgets": { "daily_usd": 1 } }));
    bad.budgets.as_mut().unwrap().daily_usd = Some(f64::NAN);
    bad.timezone = "Mars/Olympus".to_owned();
    let faults = TenantRules::compile(Some(&bad), &tenant()).unwrap_err();
    let paths: Vec<_> = faults.0.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["timezone", "budgets.daily_usd"]);
}

#[test]
fn budget_days_are_asked_for_by_the_tenants_clock() {
    let rules = rules(&json!({
        "version": 1, "timezone": "Asia/Tokyo", "actions": [{ "action": "*" }],
        "budgets": { "daily_usd": 1, "monthly_usd": 9 },
        "agent_budgets": { "agt_test": { "daily_usd": 1 }, "agt_other": { "daily_usd": 1 } },
        "workspace_budgets": { "lab": { "monthly_gpu_hours": 1 } },
    }));
    let mut needs = Needs::default();
    let submit = action(
        "workloads.submit",
        &json!({ "requested_gpus": 1, "hours": 1, "cost_usd": 1 }),
    );
    rules.needs(&submit, "2026-01-31T15:00:00Z".parse().unwrap(), &mut needs);
    let asked: Vec<_> = needs
        .budgets
        .iter()
        .map(|need| (need.scope.as_str(), need.unit, need.span))
        .collect();
    assert_eq!(
        asked,
        [
            ("", Unit::Usd, Span::Day(20_260_201)),
            ("", Unit::Usd, Span::Month(202_602)),
            ("agent:agt_test", Unit::Usd, Span::Day(20_260_201)),
            ("workspace:lab", Unit::GpuHours, Span::Month(202_602)),
        ]
    );
    assert!(needs.writes);
}

#[test]
fn a_cost_that_cannot_be_told_asks_for_no_budget_and_is_refused() {
    let rules = rules(&json!({
        "version": 1, "actions": [{ "action": "code_deploy" }],
        "budgets": { "daily_usd": 10, "monthly_usd": 10, "daily_gpu_hours": 1 },
    }));
    let deploy = action("code_deploy", &json!({}));
    assert_eq!(needs(&rules, &deploy).budgets, Needs::default().budgets);
    assert_eq!(judge_quietly(&rules, &deploy).codes, [Code::BudgetUnknown]);
}

#[test]
fn counters_are_kept_as_long_as_the_longest_limit() {
    let rules = rules(&json!({
        "version": 1,
        "rate_limits": { "writes_per_minute": 10, "writes_per_hour": 5, "actions_per_minute": 7 },
    }));
    let kept = |counter| {
        rules
            .retention(counter)
            .map(|(period, most)| (period.seconds(), most))
    };
    assert_eq!(kept(Counter::TenantWrites), Some((3600, 11)));
    assert_eq!(kept(Counter::Tenant), Some((60, 8)));
    assert_eq!(kept(Counter::Agent), None);
}

#[test]
fn who_approves_follows_the_tier() {
    let rules = rules(&json!({
        "version": 1,
        "approvals": { "tier3": { "approvers": ["group:a"] }, "tier4": { "required": 3 } },
    }));
    let high = rules.approval(RiskTier::HighWrite);
    assert_eq!(
        (high.approvers, high.required),
        (&["group:a".to_owned()][..], 1)
    );
    assert_eq!(rules.approval(RiskTier::Observe), high);
    assert_eq!(rules.approval(RiskTier::Destructive).required, 3);
    assert!(!rules.self_approval());
}

#[test]
fn thousands_of_entries_are_no_hindrance() {
    let mut entries: Vec<_> = (0..5_000)
        .map(|n| json!({ "action": format!("mcp.server{n}.*"), "caps": { "max_n": n } }))
        .collect();
    entries.push(json!({ "action": "log_read" }));
    let rules = rules(&json!({ "version": 1, "actions": entries }));
    assert_eq!(
        judge_quietly(&rules, &action("log_read", &json!({}))).codes,
        []
    );
    let tool = |n| judge_quietly(&rules, &action("mcp.server4711.read", &json!({ "n": n }))).codes;
    assert_eq!(tool(4711), []);
    assert_eq!(tool(4712), [Code::CapExceeded]);
}

const KINDS: [&str; 9] = [
    "workloads.list",
    "workloads.submit",
    "workloads.cancel",
    "allocations.create",
    "code_deploy",
    "mcp.git.push",
    "pools.delete",
    "make_coffee",
    "data_query",
];

fn entries() -> impl Strategy<Value = Vec<Value>> {
    let kind = prop_oneof![
        proptest::sample::select(KINDS.to_vec()).prop_filter("known", |k| *k != "make_coffee"),
        proptest::sample::select(vec!["*", "workloads.*", "*.create", "mcp.*", "d*"]),
    ];
    let extra = proptest::sample::subsequence(
        vec![
            ("caps", json!({ "max_gpus_per_job": 4 })),
            ("limits", json!({ "region": ["eu"] })),
            ("scope", json!({ "teams": ["a"] })),
            ("tier", json!(5)),
        ],
        0..=2,
    );
    let place = proptest::sample::select(vec![None, Some("staging"), Some("production")]);
    let entry = (kind, any::<bool>(), place, extra).prop_map(|(kind, allow, place, extra)| {
        let mut entry = json!({ "action": kind, "allow": allow });
        if let Some(place) = place {
            entry["environments"] = json!([place]);
        }
        for (key, value) in extra.into_iter().filter(|_| allow) {
            entry[key] = value;
        }
        entry
    });
    proptest::collection::vec(entry, 0..6)
}

fn policies() -> impl Strategy<Value = Value> {
    let limits = proptest::sample::subsequence(
        vec![
            (
                "budgets",
                json!({ "daily_usd": 10, "monthly_gpu_hours": 5, "per_action_usd": 9 }),
            ),
            (
                "agent_budgets",
                json!({ "agt_test": { "monthly_usd": 10 } }),
            ),
            (
                "workspace_budgets",
                json!({ "lab": { "daily_gpu_hours": 10 } }),
            ),
            (
                "rate_limits",
                json!({ "writes_per_minute": 2, "actions_per_hour": 3 }),
            ),
            (
                "prices",
                json!({ "gpu_hour_usd": { "H100": 1 }, "default_hours": 1 }),
            ),
        ],
        0..=5,
    );
    (entries(), limits).prop_map(|(entries, limits)| {
        let mut policy = json!({ "version": 1, "actions": entries });
        for (key, value) in limits {
            policy[key] = value;
        }
        policy
    })
}

fn actions() -> impl Strategy<Value = Action> {
    let parameters = proptest::sample::subsequence(
        vec![
            ("requested_gpus", json!(2)),
            ("gpus", json!("many")),
            ("instances", json!(3)),
            ("cost_usd", json!(4)),
            ("team", json!("a")),
            ("teams", json!(["a", "b"])),
            ("region", json!("eu")),
            ("hours", json!(2)),
            ("status", json!("pending")),
        ],
        0..=5,
    );
    (proptest::sample::select(KINDS.to_vec()), parameters).prop_map(|(kind, parameters)| {
        action(
            kind,
            &Value::Object(
                parameters
                    .into_iter()
                    .map(|(k, v)| (k.to_owned(), v))
                    .collect(),
            ),
        )
    })
}

/// Compiles what happens to be free of contradictions.
fn compiled(value: &Value) -> Option<TenantRules> {
    let policy = read::from_value(value).ok()?;
    TenantRules::compile(Some(&policy), &tenant()).ok()
}

proptest! {
    #[test]
    fn judging_takes_exactly_the_answers_it_asked_for(
        policy in policies(),
        action in actions(),
        amount in 0..5_u32,
    ) {
        let rules = compiled(&policy);
        prop_assume!(rules.is_some());
        let rules = rules.unwrap();
        let needs = needs(&rules, &action);
        let outcome = judge(&rules, &action, &answering(&needs, amount));
        prop_assert!(!outcome.left_over);
        prop_assert!(!outcome.codes.contains(&Code::StageFailed));
        // Without the answers it refuses, if it asked for any.
        let none = judge(&rules, &action, &quiet());
        let asked = needs.rates.len() + needs.budgets.len() + needs.sums.len();
        prop_assert_eq!(none.codes.contains(&Code::StageFailed), asked > 0);
    }

    #[test]
    fn the_order_of_entries_does_not_matter(policy in policies(), action in actions()) {
        let rules = compiled(&policy);
        prop_assume!(rules.is_some());
        let mut reversed = policy;
        reversed["actions"].as_array_mut().unwrap().reverse();
        let sorted = |rules: &TenantRules| {
            let outcome = judge_quietly(rules, &action);
            let mut codes = outcome.codes;
            codes.sort_unstable();
            (codes, outcome.verdict, outcome.risk)
        };
        prop_assert_eq!(sorted(&rules.unwrap()), sorted(&compiled(&reversed).unwrap()));
    }

    #[test]
    fn an_entry_that_forbids_beats_all_others_wherever_it_stands(
        policy in policies(),
        action in actions(),
        place in 0..7_usize,
    ) {
        let mut policy = policy;
        let entries = policy["actions"].as_array_mut().unwrap();
        let forbid = json!({ "action": "*", "allow": false, "environments": ["staging", "lab"] });
        entries.insert(place.min(entries.len()), forbid);
        let rules = compiled(&policy);
        prop_assume!(rules.is_some());
        let outcome = judge_quietly(&rules.unwrap(), &action);
        prop_assert!(outcome.codes.contains(&Code::Denied));
        prop_assert_eq!(outcome.verdict, Verdict::Blocked);
        prop_assert!(outcome.reserved.is_empty());
    }

    #[test]
    fn one_more_entry_that_allows_never_raises_a_cap(action in actions(), cap in 0..6_u32) {
        let capped = |name: &str, cap: u32| json!({ "action": name, "caps": { "max_gpus_per_job": cap } });
        let one = rules(&json!({ "version": 1, "actions": [capped("*", cap)] }));
        let two = rules(&json!({ "version": 1, "actions": [capped("*", cap), capped("w*", 3)] }));
        let breaches = |rules: &TenantRules| {
            let codes = judge_quietly(rules, &action).codes;
            codes.into_iter().filter(|code| *code == Code::CapExceeded).count()
        };
        prop_assert!(breaches(&two) >= breaches(&one));
        prop_assert!(breaches(&two) <= 1);
    }

    #[test]
    fn what_fits_a_budget_is_exactly_what_is_left(limit in 0..2_000_u64, spent in 0..2_000_u64, asks in 1..2_000_u64) {
        let amount = |cents: u64| cents as f64 / 100.0;
        let rules = rules(&json!({
            "version": 1, "actions": [{ "action": "*" }], "budgets": { "daily_usd": amount(limit) },
        }));
        let action = action("code_deploy", &json!({ "cost_usd": amount(asks) }));
        let facts = Facts { budgets: [Micros::new(spent * 10_000)].into_iter().collect(), ..quiet() };
        let outcome = judge(&rules, &action, &facts);
        prop_assert_eq!(outcome.codes.is_empty(), spent + asks <= limit);
        prop_assert_eq!(outcome.reserved.as_slice() == [Micros::new(asks * 10_000)], spent + asks <= limit);
    }
}
