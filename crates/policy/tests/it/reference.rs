//! The plain evaluator: no index, no caches, one policy after the other, read as the words say.
//!
//! It knows the CHAM policies alone. The rule set must agree with it on every action.

use crate::judge_world::World;
use jiff::tz::TimeZone;
use portcullis_policy::{
    action::{Action, Dimension},
    cham::{
        OnBreach, Policy, Rule,
        confidence_floor::Escalation,
        grant_lifecycle::GrantLifecycle,
        require_reasoning::RequireReasoning,
        time_window::{Day, TimeWindow, WeeklyWindow},
    },
    facts::Mode,
    label::Label,
    rules::ScopeMode,
    tier::Tier,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// What the plain evaluator finds.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) tier: Tier,
    pub(crate) would: Tier,
    pub(crate) fired: BTreeSet<String>,
    pub(crate) evaluated: BTreeSet<String>,
    pub(crate) grant: Option<String>,
}

/// Judges an action whose catalogue tier is `risk`, and for which everything that is not a CHAM
/// policy demands at least `floor`.
pub(crate) fn judge(
    policies: &[Policy],
    scope_mode: ScopeMode,
    action: &Action,
    world: &World,
    (risk, floor): (Tier, Tier),
) -> Outcome {
    let base = risk.max(world.standing.tier_override.unwrap_or(Tier::A));
    let heard = heard(policies, scope_mode, action);
    let binding: Vec<&Policy> = match world.mode {
        Mode::Enforced => heard
            .iter()
            .copied()
            .filter(|policy| !policy.log_only)
            .collect(),
        Mode::AuditOnly => Vec::new(),
    };
    let enforced = hear(&binding, action, world, risk, base);
    let would = hear(&heard, action, world, risk, base);
    Outcome {
        tier: enforced.tier.max(floor),
        would: would.tier.max(floor),
        fired: enforced.fired.union(&would.fired).cloned().collect(),
        evaluated: heard.iter().map(|policy| policy.id.to_string()).collect(),
        grant: enforced.grant,
    }
}

/// The policies that apply, less those that the agent's own stand in for.
fn heard<'p>(policies: &'p [Policy], scope_mode: ScopeMode, action: &Action) -> Vec<&'p Policy> {
    let applying: Vec<&Policy> = policies
        .iter()
        .filter(|policy| applies(policy, action))
        .collect();
    let own = |kind: &str| {
        applying
            .iter()
            .any(|p| p.agent.is_some() && !p.log_only && p.rule.kind() == kind)
    };
    let stays = |policy: &&&Policy| {
        scope_mode == ScopeMode::Strict || policy.agent.is_some() || !own(policy.rule.kind())
    };
    applying.iter().filter(stays).copied().collect()
}

fn applies(policy: &Policy, action: &Action) -> bool {
    let listed = |all: &[Label], one: &Label| all.is_empty() || all.contains(one);
    let filters = match &policy.rule {
        Rule::ConfidenceFloor(rule) => listed(&rule.environments, &action.environment),
        Rule::EnvironmentRestriction(rule) => {
            listed(&rule.environments, &action.environment)
                && listed(&rule.action_types, &action.kind)
        }
        Rule::ActionTypeBlock(rule) => {
            listed(&rule.environments, &action.environment)
                && listed(&rule.action_types, &action.kind)
        }
        Rule::RateLimit(_) => true,
        Rule::RequireReasoning(rule) => listed(&rule.environments, &action.environment),
        Rule::GrantLifecycle(rule) => {
            listed(&rule.environments, &action.environment) && rule.action_type == action.kind
        }
        Rule::CompliancePack(rule) => rule
            .rules
            .iter()
            .any(|rule| listed(&rule.action_types, &action.kind)),
        Rule::TimeWindow(rule) => listed(&rule.environments, &action.environment),
    };
    policy.active
        && filters
        && policy
            .agent
            .as_ref()
            .is_none_or(|agent| *agent == action.agent)
}

struct Track {
    tier: Tier,
    fired: BTreeSet<String>,
    grant: Option<String>,
}

/// One pass over policies that all bind.
fn hear(policies: &[&Policy], action: &Action, world: &World, risk: Tier, base: Tier) -> Track {
    let grants = || {
        policies.iter().filter_map(|p| match &p.rule {
            Rule::GrantLifecycle(grant) => Some((*p, grant)),
            _ => None,
        })
    };
    let used = grants()
        .filter(|(policy, grant)| is_live(policy, grant, action, world))
        .max_by_key(|(policy, grant)| {
            (
                grant.tier_override,
                policy.agent.is_some(),
                policy.created_at,
                policy.id.clone(),
            )
        });
    let mut fired = BTreeSet::new();
    let mut tier = risk;
    if let Some((policy, grant)) = used {
        tier = grant
            .tier_override
            .max(if risk == Tier::X { Tier::X } else { Tier::A });
        if grant.tier_override != base {
            fired.insert(policy.id.to_string());
        }
    } else {
        for (policy, _) in grants().filter(|(_, grant)| grant.required) {
            tier = tier.max(Tier::C);
            if base < Tier::C {
                fired.insert(policy.id.to_string());
            }
        }
    }
    for policy in policies {
        for (demand, liftable) in demands(policy, action, world, base) {
            if liftable && used.is_some() {
                continue;
            }
            tier = tier.max(demand);
            if demand > base {
                fired.insert(policy.id.to_string());
            }
        }
    }
    Track {
        tier,
        fired,
        grant: used.map(|(policy, _)| policy.id.to_string()),
    }
}

/// What one policy demands by itself, and whether a grant lifts it.
fn demands(policy: &Policy, action: &Action, world: &World, base: Tier) -> Vec<(Tier, bool)> {
    let breach = |breached: bool, on_breach: OnBreach| match (breached, on_breach) {
        (false, _) => vec![],
        (true, OnBreach::Hold) => vec![(Tier::B, true)],
        (true, OnBreach::Block) => vec![(Tier::C, true)],
    };
    match &policy.rule {
        Rule::ConfidenceFloor(rule) => {
            let low = |dimension| match (rule.floors.of(dimension), action.confidence.of(dimension))
            {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(floor), Some(value)) => value < floor,
            };
            let up = match (rule.escalation, base) {
                (Escalation::TierUp, Tier::A) => Tier::B,
                (_, Tier::X) => Tier::X,
                _ => Tier::C,
            };
            if Dimension::ALL.into_iter().any(low) {
                vec![(up, true)]
            } else {
                vec![]
            }
        }
        Rule::EnvironmentRestriction(rule) => {
            if rule.max_tier > base {
                vec![(rule.max_tier, rule.max_tier == Tier::B)]
            } else {
                vec![]
            }
        }
        Rule::ActionTypeBlock(rule) => vec![(rule.tier, false)],
        Rule::RateLimit(rule) => {
            let over = rule
                .windows
                .iter()
                .any(|w| world.count(w.period.seconds()) > w.max);
            breach(over, rule.on_exceed)
        }
        Rule::RequireReasoning(rule) => breach(lacks(rule, action), rule.on_missing),
        Rule::GrantLifecycle(_) => vec![],
        Rule::CompliancePack(rule) => {
            let matching = rule.rules.iter().filter(|rule| {
                let kinds =
                    rule.action_types.is_empty() || rule.action_types.contains(&action.kind);
                let classes = &rule.data_classifications;
                kinds
                    && (classes.is_empty()
                        || classes.iter().any(|c| action.data_classes.contains(c)))
            });
            let tiers = matching
                .filter_map(|rule| rule.min_tier)
                .filter(|tier| *tier > base);
            tiers.map(|tier| (tier, tier == Tier::B)).collect()
        }
        Rule::TimeWindow(rule) => {
            let passes = rule.emergency_override && action.emergency;
            breach(!passes && !is_open(rule, world.now), rule.outside_window)
        }
    }
}

fn is_live(policy: &Policy, grant: &GrantLifecycle, action: &Action, world: &World) -> bool {
    let holds = |(key, value): (&String, &Value)| match key.as_str() {
        "max_size" => action
            .number("size")
            .is_some_and(|size| size <= value.as_f64().unwrap()),
        "min_size" => action
            .number("size")
            .is_some_and(|size| size >= value.as_f64().unwrap()),
        "allowed_targets" => value
            .as_array()
            .unwrap()
            .contains(&Value::from(action.target.as_str())),
        key => action.parameter(key) == Some(value),
    };
    world.now < grant.expires_at
        && world.used(&policy.id) < grant.max_uses
        && grant.conditions.iter().all(holds)
}

fn lacks(rule: &RequireReasoning, action: &Action) -> bool {
    let reasoning = action.reasoning.as_deref().unwrap_or_default().trim();
    let short = reasoning.chars().count() < rule.min_length as usize;
    short
        || rule
            .required_fields
            .iter()
            .any(|field| match field.as_str() {
                "reasoning" => reasoning.is_empty(),
                "evidence" => action.evidence.is_empty(),
                field => match action.parameter(field) {
                    None | Some(Value::Null) => true,
                    Some(Value::String(text)) => text.trim().is_empty(),
                    Some(_) => false,
                },
            })
}

fn is_open(rule: &TimeWindow, now: jiff::Timestamp) -> bool {
    rule.windows.iter().any(|window| {
        let zone = TimeZone::get(&window.timezone).unwrap();
        let local = now.to_zoned(zone);
        let today = i32::from(local.weekday().to_monday_zero_offset());
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        opened(window, today, minute) || opened(window, (today + 6) % 7, minute + 1440)
    })
}

/// Whether a window that starts on a day is open some minutes after that day's midnight.
fn opened(window: &WeeklyWindow, day: i32, minute: i32) -> bool {
    let days = [
        Day::Monday,
        Day::Tuesday,
        Day::Wednesday,
        Day::Thursday,
        Day::Friday,
        Day::Saturday,
        Day::Sunday,
    ];
    let (start, end) = (
        i32::from(window.start.minutes()),
        i32::from(window.end.minutes()),
    );
    let end = if end <= start { end + 1440 } else { end };
    window.days.contains(&days[usize::try_from(day).unwrap()]) && (start..end).contains(&minute)
}
