//! Rule sets of any size, and an action that they apply to.

use jiff::Timestamp;
use portcullis_policy::{
    action::{Action, Confidence},
    cham::{Policy, read},
    facts::{AgentStatus, Caller, Facts, Mode, Standing},
    id::{AgentId, PolicyId, TenantId},
    label::Label,
    rules::{RuleSet, ScopeMode, Source},
    tenant,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// How many policies apply to the action.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Eight, one of each type; the others are for other action types.
    Few,
    /// A hundred.
    Hundred,
    /// All of them.
    All,
}

/// The moment of judging: a Friday afternoon.
#[must_use]
pub fn now() -> Timestamp {
    "2026-04-10T14:32:01Z".parse().expect("a moment")
}

/// An action that policies of every type look at and that is cleared in the end.
#[must_use]
pub fn action() -> Action {
    Action {
        tenant: TenantId::new("acme").expect("an id"),
        agent: AgentId::new("agt_bench").expect("an id"),
        workspace: None,
        session: None,
        kind: Label::new("op_0"),
        target: "orders-db".to_owned(),
        environment: Label::new("production"),
        parameters: json!({ "rows": 12, "estimated_cost_usd": 0.2 })
            .as_object()
            .cloned()
            .unwrap_or_default(),
        reasoning: Some("the nightly report is missing its last hour".to_owned()),
        confidence: Confidence {
            incident: Some(0.95),
            fix: Some(0.93),
            containment: Some(0.97),
        },
        evidence: Vec::new(),
        data_classes: vec![Label::new("internal")],
        scope: None,
        emergency: false,
    }
}

/// The rules with so many policies.
#[must_use]
pub fn source(count: usize, shape: Shape) -> Source {
    let tenant_policy = "
version: 1
catalogue: [{ action: 'op_*', tier: 0 }, { action: op_0, tier: 0 }]
actions: [{ action: 'op_*', caps: { max_rows: 1000 } }]
";
    let applying = match shape {
        Shape::Few => 8,
        Shape::Hundred => 100,
        Shape::All => count,
    };
    Source {
        tenant: TenantId::new("acme").expect("an id"),
        tenant_policy: Some(tenant::read::parse(tenant_policy).expect("a tenant policy")),
        policies: (0..count).map(|at| Arc::new(policy(at, at < applying))).collect(),
        scope_mode: ScopeMode::Strict,
    }
}

/// The compiled rules.
#[must_use]
pub fn rules(count: usize, shape: Shape) -> RuleSet {
    RuleSet::compile(source(count, shape)).expect("rules")
}

/// A policy of one of the eight types, for the action or for another agent and action type.
fn policy(at: usize, applies: bool) -> Policy {
    let kind = if applies { "op_0".to_owned() } else { format!("op_{at}") };
    let agent = if applies { "agt_bench".to_owned() } else { format!("agt_{at}") };
    let (name, config) = config(at, &kind);
    let mut written = json!({
        "type": name,
        "name": format!("{name} {at}"),
        "scope": "agent",
        "agent_id": agent,
        "config": config,
    });
    if at % 2 == 0 && applies {
        written["scope"] = "tenant".into();
        written.as_object_mut().expect("an object").remove("agent_id");
    }
    let id = PolicyId::new(&format!("pol_{at}")).expect("an id");
    read::draft(&written).expect("a policy").into_policy(id, now())
}

fn config(at: usize, kind: &str) -> (&'static str, Value) {
    match at % 8 {
        0 => ("confidence_floor", json!({
            "environment": "production",
            "floors": { "incident": 0.8, "fix": 0.85, "containment": 0.9 },
            "escalation": "tier_up",
        })),
        1 => ("environment_restriction", json!({
            "environment": "production", "max_tier": "A", "action_types": [kind],
        })),
        2 => ("action_type_block", json!({
            "action_types": [format!("{kind}_drop")], "environments": ["production"],
            "verdict": "BLOCKED", "tier": "C",
        })),
        3 => ("rate_limit", json!({
            "windows": [{ "period": "1m", "max": 100_000 }], "on_exceed": "block",
        })),
        4 => ("require_reasoning", json!({
            "min_length": 20, "required_fields": ["reasoning"], "on_missing": "block",
        })),
        5 => ("grant_lifecycle", json!({
            "action_type": kind, "max_uses": 100, "expires_at": "2030-01-01T00:00:00Z",
            "tier_override": "A", "conditions": { "max_rows": 5 },
        })),
        6 => ("compliance_pack", json!({
            "standard": "HIPAA",
            "rules": [{
                "id": "phi", "action_types": [kind], "data_classifications": ["PHI"],
                "min_tier": "B",
            }],
        })),
        _ => ("time_window", json!({
            "environment": "production",
            "windows": [{
                "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
                "start": "06:00", "end": "22:00", "timezone": "America/New_York",
            }],
            "outside_window": "hold",
        })),
    }
}

/// Facts that answer what the rules need.
#[must_use]
pub fn facts(rules: &RuleSet, action: &Action) -> Facts {
    let needs = rules.needs(action, now());
    Facts {
        now: now(),
        mode: Mode::Enforced,
        caller: Caller { tenant: action.tenant.clone(), agent: Some(action.agent.clone()) },
        agent: Standing { status: AgentStatus::Active, ..Standing::default() },
        chain_intact: true,
        rates: needs.rates.iter().map(|_| 3).collect(),
        grants: needs.grants.iter().map(|_| 0).collect(),
        budgets: needs.budgets.iter().map(|_| Default::default()).collect(),
        sums: needs.sums.iter().map(|_| 0).collect(),
        session: None,
        command_patterns: Default::default(),
    }
}
