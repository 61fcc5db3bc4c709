//! The rules and the facts of a case.

use super::case::{Case, Kind};
use jiff::{SignedDuration, Timestamp};
use portcullis_policy::{
    action::Action,
    amount::Micros,
    cham::{Policy, read::draft},
    facts::{BudgetNeed, Caller, Facts, RateNeed, Span},
    fault::Faults,
    id::{PolicyId, TenantId},
    rules::{RuleSet, Source},
    tenant::{self, TenantPolicy},
};
use serde_json::{Value, json};
use std::sync::Arc;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Compiles the rules of a case, with its policies as listed or in reverse.
pub(super) fn compile(case: &Case, reverse: bool) -> Result<RuleSet, Faults> {
    let mut faults = Faults::default();
    let tenant_policy = tenant_policy(case, &mut faults);
    let mut policies = policies(case, &mut faults);
    if reverse {
        policies.reverse();
    }
    faults.or(())?;
    let source = Source {
        tenant: TenantId::new("ten_test").expect("an id"),
        tenant_policy,
        policies,
        scope_mode: case.scope_mode,
    };
    RuleSet::compile(source).map_err(|wrong| {
        let (policies, tenant): (Vec<_>, Vec<_>) = wrong
            .0
            .into_iter()
            .partition(|fault| fault.path.starts_with("policies["));
        let mut faults = Faults(policies);
        prefixed(&mut faults, "tenant_policy", Faults(tenant));
        faults
    })
}

fn tenant_policy(case: &Case, faults: &mut Faults) -> Option<TenantPolicy> {
    let everything = json!({
        "version": 1,
        "catalogue": [{ "action": "*", "tier": 1, "free": true }],
        "actions": [{ "action": "*" }],
    });
    let written = match &case.tenant_policy {
        None => &everything,
        Some(Value::String(none)) if none == "none" => return None,
        Some(written) => written,
    };
    let read = tenant::read::from_value(written);
    read.map_err(|wrong| prefixed(faults, "tenant_policy", wrong))
        .ok()
}

fn policies(case: &Case, faults: &mut Faults) -> Vec<Arc<Policy>> {
    let mut policies = Vec::new();
    for (place, written) in case.policies.iter().enumerate() {
        match draft(written) {
            Ok(draft) => {
                let id = written.get("id").and_then(Value::as_str).map(str::to_owned);
                let id = id.unwrap_or_else(|| format!("pol_{}", place + 1));
                let made = written
                    .get("created_at")
                    .and_then(Value::as_str)
                    .map_or_else(
                        || {
                            let minutes = i64::try_from(place).expect("a small number");
                            at("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minutes)
                        },
                        at,
                    );
                let id = PolicyId::new(&id).expect("an id");
                policies.push(Arc::new(draft.into_policy(id, made)));
            }
            Err(wrong) => prefixed(faults, &format!("policies[{place}]"), wrong),
        }
    }
    policies
}

fn prefixed(faults: &mut Faults, prefix: &str, wrong: Faults) {
    for fault in wrong.0 {
        let dot = if fault.path.is_empty() { "" } else { "." };
        faults.add(format!("{prefix}{dot}{}", fault.path), fault.message);
    }
}

/// Answers what the rules need to know, and nothing else.
pub(super) fn facts(case: &Case, rules: &RuleSet, action: &Action) -> Result<Facts, String> {
    let world = &case.facts;
    check_keys(case)?;
    let now = world.now.unwrap_or_else(|| at("2026-01-05T12:00:00Z"));
    let standing = world
        .agent
        .as_ref()
        .map(super::case::AgentCase::standing)
        .unwrap_or_default();
    let needs = rules.needs(action, now);
    let known = |kind: Kind| !world.withhold.contains(&kind);
    let caller = Caller {
        tenant: action.tenant.clone(),
        agent: None,
    };
    let rate = |need: &RateNeed| {
        world
            .counts
            .get(&rate_key(need))
            .copied()
            .unwrap_or(1)
            .min(need.enough)
    };
    let committed = |need: &BudgetNeed| {
        let units = world
            .committed
            .get(&budget_key(need))
            .copied()
            .unwrap_or_default();
        Micros::from_units(units).expect("an amount")
    };
    let uses = |id: &PolicyId| world.uses.get(id.as_str()).copied().unwrap_or_default();
    let recent = |key: &str| world.recent.get(key).copied().unwrap_or_default();
    Ok(Facts {
        now,
        mode: world.mode,
        caller: world.caller.clone().unwrap_or(caller),
        agent: standing,
        chain_intact: world.chain_intact.unwrap_or(true),
        rates: needs
            .rates
            .iter()
            .filter(|_| known(Kind::Rates))
            .map(rate)
            .collect(),
        grants: needs
            .grants
            .iter()
            .filter(|_| known(Kind::Grants))
            .map(uses)
            .collect(),
        budgets: needs
            .budgets
            .iter()
            .filter(|_| known(Kind::Budgets))
            .map(committed)
            .collect(),
        sums: needs
            .sums
            .iter()
            .filter(|_| known(Kind::Sums))
            .map(|need| recent(&need.key))
            .collect(),
        session: needs.session.and_then(|_| world.session.clone()),
        command_patterns: world.command_patterns.clone(),
    })
}

/// Refuses keys that could never be asked for, so that a slip does not pass unseen.
fn check_keys(case: &Case) -> Result<(), String> {
    let counters = ["agent", "tenant", "agent_writes", "tenant_writes"];
    for key in case.facts.counts.keys() {
        let known = key.split_once('/').is_some_and(|(counter, period)| {
            counters.contains(&counter)
                && portcullis_policy::cham::rate_limit::Period::try_from(period.to_owned())
                    .is_ok_and(|read| read.to_string() == period)
        });
        if !known {
            return Err(format!(
                "  `{key}` is not a counter and its period, such as `agent/1m`"
            ));
        }
    }
    for key in case.facts.committed.keys() {
        let known = ["usd/day", "usd/month", "gpu_hours/day", "gpu_hours/month"]
            .iter()
            .any(|budget| key == budget || key.ends_with(&format!("/{budget}")));
        if !known {
            return Err(format!(
                "  `{key}` is not a budget such as `agent:agt_test/usd/day`"
            ));
        }
    }
    Ok(())
}

fn rate_key(need: &RateNeed) -> String {
    format!("{}/{}", word(&need.counter), need.period)
}

/// A budget as cases write it.
pub(super) fn budget_key(need: &BudgetNeed) -> String {
    let span = match need.span {
        Span::Day(_) => "day",
        Span::Month(_) => "month",
    };
    let key = format!("{}/{span}", word(&need.unit));
    if need.scope.is_empty() {
        key
    } else {
        format!("{}/{key}", need.scope)
    }
}

/// The word of a plain enumeration on the wire.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        other => panic!("not a word: {other:?}"),
    }
}
