//! Refusing away from the gate: never what the gate would let through, and all that it never would.

use crate::{
    judge_generated::{a_world, all_policies, an_action, scope_mode},
    judge_world::{
        NOON, World, action, action_with, agent, at, codes, grant, policy, rate, tenant,
    },
    reference,
};
use jiff::ToSpan as _;
use portcullis_policy::{
    action::Action,
    amount::Micros,
    cham::{Policy, Rule},
    code::Code,
    facts::{Caller, Facts, Mode, Needs},
    judgement::Judgement,
    rules::{Horizon, RuleSet, ScopeMode, Source},
    tenant::{TenantPolicy, read},
    tier::{RiskTier, Tier, Verdict},
};
use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::select,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn rules(tenant_policy: TenantPolicy, scope_mode: ScopeMode, policies: Vec<Policy>) -> RuleSet {
    let policies = policies.into_iter().map(Arc::new).collect();
    let source = Source {
        tenant: tenant(),
        tenant_policy: Some(tenant_policy),
        policies,
        scope_mode,
    };
    RuleSet::compile(source).unwrap()
}

pub(crate) fn horizon(world: &World) -> Horizon {
    Horizon {
        from: world.now,
        until: world.now,
        mode: world.mode,
        caller: world.caller.clone(),
    }
}

/// Lists of what is allowed, with every kind of bound.
pub(crate) fn a_tenant_policy() -> impl Strategy<Value = TenantPolicy> {
    let bounds = select(vec![
        json!({}),
        json!({}),
        json!({ "caps": { "max_size": 4 } }),
        json!({ "limits": { "target": ["checkout"] } }),
        json!({ "scope": { "teams": ["red"] } }),
        json!({ "environments": ["production", "lab"] }),
        json!({ "agents": ["bot"] }),
        json!({ "agents": ["other"] }),
        json!({ "agents": ["bot", "other"], "caps": { "max_size": 5 } }),
        json!({ "agents": ["other"], "allow": false }),
        json!({ "tier": 4 }),
        json!({ "caps": { "max_cost_usd": 50 } }),
        json!({ "allow": false, "environments": ["staging"] }),
    ]);
    let actions = select(vec![
        "*",
        "deploy",
        "query",
        "migrate",
        "retire",
        "cache_purge",
    ]);
    let budgets = select(vec![
        json!(null),
        json!({ "per_action_usd": 20 }),
        json!({ "daily_usd": 60, "monthly_usd": 500 }),
    ]);
    let prohibited = option::weighted(0.2, Just("query"));
    (vec((actions, bounds), 1..4), budgets, prohibited).prop_map(|(listed, budgets, prohibited)| {
        let mut entries: Vec<Value> = Vec::new();
        for (name, mut entry) in listed {
            entry["action"] = json!(name);
            // The reader refuses what is said twice, and what contradicts itself.
            if !entries
                .iter()
                .any(|known| known["action"] == entry["action"])
            {
                entries.push(entry);
            }
        }
        let tier = |kind: &str, usual: u8| if prohibited == Some(kind) { 5 } else { usual };
        let line = |kind: &str, usual| json!({ "action": kind, "tier": tier(kind, usual) });
        let catalogue = [
            line("deploy", 2),
            line("query", 0),
            line("migrate", 3),
            line("retire", 4),
            line("cache_purge", 2),
        ];
        let mut written = json!({ "version": 1, "actions": entries, "catalogue": catalogue });
        if !budgets.is_null() {
            written["budgets"] = budgets;
        }
        read::from_value(&written).unwrap()
    })
}

/// Parameters that bounds and principles look at.
fn more_parameters() -> impl Strategy<Value = Map<String, Value>> {
    let team = option::of(select(vec!["red", "blue"]));
    let cost = option::of(select(vec![0, 10, 30, 55, 70]));
    let owner = option::weighted(0.1, select(vec!["acme", "other"]));
    (team, cost, owner).prop_map(|(team, cost, owner)| {
        let mut parameters = Map::new();
        parameters.extend(team.map(|team| ("team".to_owned(), json!(team))));
        parameters.extend(cost.map(|cost| ("estimated_cost_usd".to_owned(), json!(cost))));
        parameters.extend(owner.map(|owner| ("tenant_id".to_owned(), json!(owner))));
        parameters
    })
}

pub(crate) fn some_action() -> impl Strategy<Value = Action> {
    (an_action(), more_parameters()).prop_map(|(mut action, more)| {
        action.parameters.extend(more);
        action
    })
}

/// What the gate may know besides, whatever it is.
#[derive(Clone, Debug)]
struct Secrets {
    counts: Vec<u32>,
    uses: Vec<u32>,
    committed: Vec<u64>,
    sums: Vec<u64>,
    chain_intact: bool,
}

impl Secrets {
    fn facts(&self, needs: &Needs, world: &World) -> Facts {
        let nth = |list: &[u32], at: usize, least: u32| list.get(at).copied().unwrap_or(least);
        let big = |list: &[u64], at: usize| list.get(at).copied().unwrap_or(0);
        Facts {
            rates: (0..needs.rates.len())
                .map(|at| nth(&self.counts, at, 1))
                .collect(),
            grants: (0..needs.grants.len())
                .map(|at| nth(&self.uses, at, 0))
                .collect(),
            budgets: (0..needs.budgets.len())
                .map(|at| Micros::new(big(&self.committed, at)))
                .collect(),
            sums: (0..needs.sums.len())
                .map(|at| big(&self.sums, at))
                .collect(),
            chain_intact: self.chain_intact,
            ..world.facts(needs)
        }
    }
}

fn secrets() -> impl Strategy<Value = Secrets> {
    let amount = prop_oneof![Just(0), 0..80_000_000_u64, Just(u64::MAX)];
    (
        vec(1..9_u32, 0..6),
        vec(prop_oneof![0..3_u32, Just(u32::MAX)], 0..6),
        vec(amount, 0..4),
        vec(0..40_u64, 0..2),
        any::<bool>(),
    )
        .prop_map(|(counts, uses, committed, sums, chain_intact)| Secrets {
            counts,
            uses,
            committed,
            sums,
            chain_intact,
        })
}

/// What stands in the tenant policy against an action, read as the words say. `None` when nothing
/// does, else the tier.
fn bounds_refuse(tenant_policy: &TenantPolicy, action: &Action) -> bool {
    let covers = |entry: &&portcullis_policy::tenant::ActionEntry| {
        (entry.action.as_str() == "*" || entry.action == action.kind)
            && (entry.environments.is_empty() || entry.environments.contains(&action.environment))
            && (entry.agents.is_empty()
                || entry.agents.iter().any(|id| id == action.agent.as_str()))
    };
    let covering: Vec<_> = tenant_policy.actions.iter().filter(covers).collect();
    let risk = risk(tenant_policy, action);
    let cost = action.number("estimated_cost_usd");
    let writes = risk >= RiskTier::LowWrite;
    let breaks = |entry: &portcullis_policy::tenant::ActionEntry| {
        let size = action.number("size");
        let over = |name: &str, asked: Option<f64>, needed: bool| match entry.caps.get(name) {
            Some(limit) => asked.map_or(needed, |asked| asked > *limit),
            None => false,
        };
        over("max_size", size, true)
            || over("max_cost_usd", cost, writes)
            || entry
                .limits
                .get("target")
                .is_some_and(|all| !all.contains(&action.target))
            || entry.scope.contains_key("teams") && action.text("team") != Some("red")
    };
    let budget =
        |limit: Option<f64>| limit.is_some_and(|limit| cost.map_or(writes, |cost| cost > limit));
    let budgets = tenant_policy.budgets.clone().unwrap_or_default();
    covering.iter().all(|entry| !entry.allow)
        || covering.iter().any(|entry| !entry.allow || breaks(entry))
        || budget(budgets.per_action_usd)
        || budget(budgets.daily_usd)
        || budget(budgets.monthly_usd)
}

/// The risk tier of an action of the world above.
fn risk(tenant_policy: &TenantPolicy, action: &Action) -> RiskTier {
    let line = tenant_policy
        .catalogue
        .iter()
        .find(|line| line.action == action.kind);
    let raised = tenant_policy.actions.iter().filter(|entry| {
        entry.allow
            && (entry.action.as_str() == "*" || entry.action == action.kind)
            && entry.tier.is_some()
    });
    let raised = raised.filter_map(|entry| entry.tier).max();
    line.and_then(|line| line.tier).max(raised).unwrap()
}

/// The policies as their reader would have them: a grant does not refuse.
fn readable(policies: Vec<Policy>) -> Vec<Policy> {
    let readable = |mut policy: Policy| {
        if let Rule::GrantLifecycle(grant) = &mut policy.rule {
            grant.tier_override = grant.tier_override.min(Tier::B);
        }
        policy
    };
    policies.into_iter().map(readable).collect()
}

/// Every way in which the grants of some rules may be used up or not.
fn all_uses(policies: &[Policy]) -> Vec<std::collections::BTreeMap<String, u32>> {
    let grants: Vec<String> = policies
        .iter()
        .filter(|policy| matches!(policy.rule, Rule::GrantLifecycle(_)))
        .map(|policy| policy.id.to_string())
        .collect();
    let ways = 0..1_u32 << grants.len();
    let way = |bits: u32| {
        let uses = grants.iter().enumerate();
        uses.map(|(at, id)| (id.clone(), if bits >> at & 1 == 1 { u32::MAX } else { 0 }))
            .collect()
    };
    ways.map(way).collect()
}

/// Whether the rules refuse whatever was counted and used, found by trying.
fn always_refused(
    tenant_policy: &TenantPolicy,
    policies: &[Policy],
    scope_mode: ScopeMode,
    action: &Action,
    world: &World,
) -> bool {
    let foreign = action
        .text("tenant_id")
        .is_some_and(|owner| owner != "acme");
    let not_own = world
        .caller
        .agent
        .as_ref()
        .is_some_and(|own| *own != action.agent);
    let risk = risk(tenant_policy, action);
    if foreign || not_own || risk == RiskTier::Prohibited || bounds_refuse(tenant_policy, action) {
        return true;
    }
    all_uses(policies).into_iter().all(|uses| {
        let world = World {
            uses,
            counts: std::collections::BTreeMap::new(),
            ..world.clone()
        };
        let found = reference::judge(policies, scope_mode, action, &world, (risk.tier(), Tier::A));
        found.tier >= Tier::C
    })
}

fn named(judgement: &Judgement<'_>) -> Vec<(Code, String)> {
    let told = serde_json::to_value(judgement).unwrap();
    let from = |at: usize| {
        let reason = &told["reasons"][at];
        format!(
            "{} {} {}",
            reason["layer"], reason["path"], reason["policy_id"]
        )
    };
    let reasons = judgement.reasons.iter().enumerate();
    reasons
        .map(|(at, reason)| (reason.code, from(at)))
        .collect()
}

proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(1_000))]

    #[test]
    fn what_is_refused_far_away_is_refused_at_the_gate(
        tenant_policy in a_tenant_policy(),
        policies in all_policies(),
        scope_mode in scope_mode(),
        action in some_action(),
        world in a_world(),
        secrets in secrets(),
        (before, after) in (0..400_i64, 0..400_i64),
        own_key in any::<bool>(),
    ) {
        let rules = rules(tenant_policy, scope_mode, policies);
        let world = World {
            caller: Caller { agent: own_key.then(|| agent("bot")), ..world.caller.clone() },
            ..world
        };
        let horizon = Horizon {
            from: world.now - before.seconds(),
            until: world.now + after.seconds(),
            ..horizon(&world)
        };
        let Some(refusal) = rules.surely_refuses(&action, &horizon) else { return Ok(()) };
        prop_assert_eq!(refusal.verdict, Verdict::Blocked);
        prop_assert!(refusal.reasons.iter().any(|r| r.enforced && r.verdict == Verdict::Blocked));
        let facts = secrets.facts(&rules.needs(&action, world.now), &world);
        let judgement = rules.judge(&action, &facts);
        prop_assert_eq!(judgement.verdict, Verdict::Blocked, "{:?}", refusal);
        if world.standing.tier_override.is_none() && before == 0 && after == 0 {
            let at_the_gate = named(&judgement);
            for reason in named(&refusal) {
                prop_assert!(at_the_gate.contains(&reason), "{reason:?} not in {at_the_gate:?}");
            }
        }
    }

    #[test]
    fn exactly_what_every_world_refuses_is_refused_far_away(
        tenant_policy in a_tenant_policy(),
        policies in all_policies(),
        scope_mode in scope_mode(),
        action in some_action(),
        world in a_world(),
        own_key in any::<bool>(),
    ) {
        let world = World {
            caller: Caller { agent: own_key.then(|| agent("bot")), ..world.caller.clone() },
            standing: Default::default(),
            ..world
        };
        let policies = readable(policies);
        let wanted = always_refused(&tenant_policy, &policies, scope_mode, &action, &world);
        let rules = rules(tenant_policy, scope_mode, policies);
        let found = rules.surely_refuses(&action, &horizon(&world)).is_some();
        prop_assert_eq!(found, wanted);
    }
}

fn at_noon(policies: Vec<Policy>, written: &Value, action: &Action) -> Option<Vec<Code>> {
    let rules = rules(
        read::from_value(written).unwrap(),
        ScopeMode::Strict,
        policies,
    );
    let refusal = rules.surely_refuses(action, &horizon(&World::default()));
    refusal.map(|refusal| codes(&refusal))
}

fn listed(entry: &Value) -> Value {
    let catalogue = json!([
        { "action": "deploy", "tier": 2 },
        { "action": "migrate", "tier": 3 },
        { "action": "banish", "tier": 5 },
    ]);
    json!({ "version": 1, "actions": [entry], "catalogue": catalogue })
}

#[test]
fn caps_scopes_lists_prohibitions_and_principles_need_no_facts() {
    let free = || listed(&json!({ "action": "*" }));
    let capped = listed(&json!({ "action": "deploy", "caps": { "max_size": 4 } }));
    let scoped = listed(&json!({ "action": "deploy", "scope": { "teams": ["red"] } }));
    let big = action_with("deploy", json!({ "size": 5, "team": "blue" }));
    let refused = |written: &Value, action: &Action| at_noon(vec![], written, action);
    assert_eq!(refused(&free(), &big), None);
    assert_eq!(refused(&capped, &big), Some(vec![Code::CapExceeded]));
    assert_eq!(refused(&scoped, &big), Some(vec![Code::OutOfScope]));
    let migrate = action("migrate");
    let only = || listed(&json!({ "action": "deploy" }));
    let not_listed = vec![Code::NotAllowed, Code::TierHeld];
    assert_eq!(refused(&only(), &migrate), Some(not_listed));
    assert_eq!(
        refused(&free(), &action("banish")),
        Some(vec![Code::TierProhibited])
    );
    let foreign = action_with("deploy", json!({ "tenant_id": "other" }));
    assert_eq!(refused(&free(), &foreign), Some(vec![Code::Principle]));
}

#[test]
fn what_waits_for_people_is_for_the_gate() {
    let free = || listed(&json!({ "action": "*" }));
    assert_eq!(at_noon(vec![], &free(), &action("migrate")), None);
    let floor = json!({ "environments": [], "floors": { "fix": 0.99 }, "escalation": "tier_up" });
    let floor = vec![policy("floor", "confidence_floor", floor)];
    assert_eq!(at_noon(floor, &free(), &action("deploy")), None);
}

#[test]
fn counts_and_what_is_left_are_for_the_gate() {
    let free = || listed(&json!({ "action": "*" }));
    assert_eq!(at_noon(vec![rate(1)], &free(), &action("deploy")), None);
    let dear = action_with("deploy", json!({ "estimated_cost_usd": 70 }));
    let mut daily = free();
    daily["budgets"] = json!({ "daily_usd": 100 });
    assert_eq!(at_noon(vec![], &daily, &dear), None);
    daily["budgets"] = json!({ "daily_usd": 60 });
    assert_eq!(
        at_noon(vec![], &daily, &dear),
        Some(vec![Code::BudgetDaily])
    );
}

#[test]
fn a_grant_that_may_be_live_lifts_what_it_can_and_is_not_named() {
    let free = || listed(&json!({ "action": "*" }));
    let block = || {
        let config = json!({ "action_types": ["deploy"], "environments": [], "tier": "C" });
        policy("block", "action_type_block", config)
    };
    let closed = || {
        let window =
            json!({ "days": ["sunday"], "start": "01:00", "end": "02:00", "timezone": "UTC" });
        let config = json!({
            "windows": [window], "environments": [], "outside_window": "block",
            "emergency_override": true,
        });
        policy("closed", "time_window", config)
    };
    let deploy = action("deploy");
    assert_eq!(
        at_noon(vec![closed()], &free(), &deploy),
        Some(vec![Code::OutsideWindow])
    );
    assert_eq!(
        at_noon(vec![closed(), grant("deploy")], &free(), &deploy),
        None
    );
    let both = at_noon(vec![block(), closed(), grant("deploy")], &free(), &deploy);
    assert_eq!(both, Some(vec![Code::ActionBlocked]));
    let emergency = Action {
        emergency: true,
        ..deploy
    };
    assert_eq!(at_noon(vec![closed()], &free(), &emergency), None);
}

#[test]
fn a_window_that_opens_soon_is_for_the_gate() {
    let window = |start: &str, end: &str| json!({ "days": ["wednesday"], "start": start, "end": end, "timezone": "UTC" });
    let config = json!({ "windows": [window("12:01", "12:02")], "environments": [], "outside_window": "block" });
    let written = listed(&json!({ "action": "*" }));
    let rules = rules(
        read::from_value(&written).unwrap(),
        ScopeMode::Strict,
        vec![policy("window", "time_window", config)],
    );
    let sure = |from: &str, until: &str| {
        let horizon = Horizon {
            from: at(from),
            until: at(until),
            ..horizon(&World::default())
        };
        rules.surely_refuses(&action("deploy"), &horizon).is_some()
    };
    assert!(sure(NOON, "2026-03-04T12:00:59.999Z"));
    assert!(!sure(NOON, "2026-03-04T12:01:00Z"));
    assert!(
        !sure("2026-03-04T12:00:30Z", "2026-03-04T12:02:30Z"),
        "open in between"
    );
    assert!(!sure("2026-03-04T12:01:59.999Z", "2026-03-04T12:02:30Z"));
    assert!(sure("2026-03-04T12:02:00Z", "2026-03-04T12:02:30Z"));
    assert!(
        !sure("2026-03-04T12:02:30Z", "2026-03-04T12:02:00Z"),
        "the wrong way round"
    );
    assert!(!sure(NOON, "2026-03-04T14:00:00Z"), "too far");
}

#[test]
fn in_audit_only_mode_policies_refuse_nothing_far_away_either() {
    let config = json!({ "action_types": ["deploy"], "environments": [], "tier": "X" });
    let written = read::from_value(&listed(&json!({ "action": "*" }))).unwrap();
    let rules = rules(
        written,
        ScopeMode::Strict,
        vec![policy("block", "action_type_block", config)],
    );
    let mut horizon = horizon(&World::default());
    assert!(rules.surely_refuses(&action("deploy"), &horizon).is_some());
    horizon.mode = Mode::AuditOnly;
    assert!(rules.surely_refuses(&action("deploy"), &horizon).is_none());
}
