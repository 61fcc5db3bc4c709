//! A small world to judge in: one tenant, two agents, and everything they can be told.

use portcullis_policy::{
    action::{Action, Confidence},
    amount::Micros,
    cham::{Policy, Rule},
    code::Code,
    command::policy::SessionPatterns,
    facts::{Caller, Facts, Mode, Needs, Session, Standing},
    id::{AgentId, PolicyId, TenantId},
    judgement::Judgement,
    label::Label,
    rules::{RuleSet, ScopeMode, Source},
    tenant::{TenantPolicy, read},
    tier::{Tier, Verdict},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Wednesday noon in UTC.
pub(crate) const NOON: &str = "2026-03-04T12:00:00Z";

pub(crate) fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

pub(crate) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

/// What the world says, apart from the action.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: jiff::Timestamp,
    pub(crate) mode: Mode,
    pub(crate) caller: Caller,
    pub(crate) standing: Standing,
    pub(crate) chain_intact: bool,
    /// Actions counted, by seconds of the period.
    pub(crate) counts: BTreeMap<u32, u32>,
    /// Uses of grants, by policy.
    pub(crate) uses: BTreeMap<String, u32>,
    /// How the session stands that the action names.
    pub(crate) session: Option<Session>,
    /// What the session says about commands.
    pub(crate) command_patterns: SessionPatterns,
}

impl Default for World {
    fn default() -> Self {
        Self {
            now: at(NOON),
            mode: Mode::Enforced,
            caller: Caller {
                tenant: tenant(),
                agent: None,
            },
            standing: Standing::default(),
            chain_intact: true,
            counts: BTreeMap::new(),
            uses: BTreeMap::new(),
            session: None,
            command_patterns: SessionPatterns::default(),
        }
    }
}

impl World {
    pub(crate) fn count(&self, seconds: u32) -> u32 {
        self.counts.get(&seconds).copied().unwrap_or(1)
    }

    pub(crate) fn used(&self, policy: &PolicyId) -> u32 {
        self.uses.get(policy.as_str()).copied().unwrap_or(0)
    }

    /// Answers what was asked for.
    pub(crate) fn facts(&self, needs: &Needs) -> Facts {
        Facts {
            now: self.now,
            mode: self.mode,
            caller: self.caller.clone(),
            agent: self.standing,
            chain_intact: self.chain_intact,
            rates: needs
                .rates
                .iter()
                .map(|need| self.count(need.period.seconds()))
                .collect(),
            grants: needs
                .grants
                .iter()
                .map(|policy| self.used(policy))
                .collect(),
            budgets: needs.budgets.iter().map(|_| Micros::ZERO).collect(),
            sums: needs.sums.iter().map(|_| 0).collect(),
            session: self.session.clone(),
            command_patterns: self.command_patterns.clone(),
        }
    }
}

/// A tenant policy that allows everything; `deploy` is a low write, `query` only looks, `migrate`
/// needs a person, `retire` two.
pub(crate) fn open_policy() -> TenantPolicy {
    let written = json!({
        "version": 1,
        "actions": [{ "action": "*" }],
        "catalogue": [
            { "action": "deploy", "tier": 2 },
            { "action": "query", "tier": 0 },
            { "action": "migrate", "tier": 3 },
            { "action": "retire", "tier": 4 },
            { "action": "cache_purge", "tier": 2 },
        ],
    });
    read::from_value(&written).unwrap()
}

pub(crate) fn rules(policies: Vec<Policy>) -> RuleSet {
    rules_in(ScopeMode::Strict, policies)
}

pub(crate) fn rules_in(scope_mode: ScopeMode, policies: Vec<Policy>) -> RuleSet {
    let policies = policies.into_iter().map(Arc::new).collect();
    let tenant_policy = Some(open_policy());
    RuleSet::compile(Source {
        tenant: tenant(),
        tenant_policy,
        policies,
        scope_mode,
    })
    .unwrap()
}

/// A tenant-wide policy; its configuration as the gate keeps it.
pub(crate) fn policy(id: &str, kind: &str, config: Value) -> Policy {
    let written = [("type", Value::from(kind)), ("config", config)];
    let written = written
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect();
    let rule: Rule = serde_json::from_value(Value::Object(written)).unwrap();
    Policy {
        id: PolicyId::new(id).unwrap(),
        name: id.replace('_', " "),
        agent: None,
        rule,
        active: true,
        log_only: false,
        hold_minutes: None,
        severity: None,
        created_at: at("2026-01-01T00:00:00Z"),
        updated_at: at("2026-01-01T00:00:00Z"),
        version: 1,
    }
}

/// The same for one agent.
pub(crate) fn scoped(name: &str, policy: Policy) -> Policy {
    Policy {
        agent: Some(agent(name)),
        ..policy
    }
}

/// An action of agent `bot` in production, with reasoning and high confidence.
pub(crate) fn action(kind: &str) -> Action {
    Action {
        tenant: tenant(),
        agent: agent("bot"),
        workspace: None,
        session: None,
        scope: None,
        kind: Label::new(kind),
        target: "checkout".to_owned(),
        environment: Label::new("production"),
        parameters: serde_json::Map::new(),
        reasoning: Some("the release is tested and signed off".to_owned()),
        confidence: Confidence {
            incident: Some(0.95),
            fix: Some(0.95),
            containment: Some(0.95),
        },
        evidence: Vec::new(),
        data_classes: Vec::new(),
        emergency: false,
    }
}

/// Judges in a world and lets a closure look at the judgement.
pub(crate) fn judged<T>(
    rules: &RuleSet,
    action: &Action,
    world: &World,
    look: impl FnOnce(&Judgement<'_>) -> T,
) -> T {
    let facts = world.facts(&rules.needs(action, world.now));
    look(&rules.judge(action, &facts))
}

/// The same with parameters.
pub(crate) fn action_with(kind: &str, parameters: Value) -> Action {
    let Value::Object(parameters) = parameters else {
        panic!("parameters are an object")
    };
    Action {
        parameters,
        ..action(kind)
    }
}

pub(crate) fn outcome(judgement: &Judgement<'_>) -> (Verdict, Tier) {
    (judgement.verdict, judgement.tier)
}

pub(crate) fn codes(judgement: &Judgement<'_>) -> Vec<Code> {
    judgement.reasons.iter().map(|reason| reason.code).collect()
}

pub(crate) fn restriction(tier: &str) -> Policy {
    policy(
        "restriction",
        "environment_restriction",
        json!({
            "environments": ["production"], "max_tier": tier, "reason": "Production needs a person.",
        }),
    )
}

pub(crate) fn grant(kind: &str) -> Policy {
    policy(
        "grant",
        "grant_lifecycle",
        json!({
            "action_type": kind, "max_uses": 2, "expires_at": "2027-01-01T00:00:00Z", "tier_override": "A",
        }),
    )
}

pub(crate) fn rate(max: u32) -> Policy {
    policy(
        "rate",
        "rate_limit",
        json!({
            "windows": [{ "period": "1m", "max": max }, { "period": "1h", "max": 9 }], "on_exceed": "block",
        }),
    )
}

/// The verdict on an action in the ordinary world.
pub(crate) fn verdict(policies: Vec<Policy>, action: &Action) -> Verdict {
    judged(&rules(policies), action, &World::default(), |judgement| {
        judgement.verdict
    })
}
