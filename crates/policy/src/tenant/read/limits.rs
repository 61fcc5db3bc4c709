//! Budgets, rates, approvals and prices.

use super::{
    approver::{EXPIRES_MINUTES, approvers},
    escalation,
    table::{Table, amount},
};
use crate::{
    fault::Faults,
    id::AgentId,
    spelling,
    tenant::{Approvals, Budgets, Prices, RateLimits, TierApproval},
    tier::RiskTier,
};
use std::collections::BTreeMap;

/// How many people may be asked for.
const MOST_APPROVALS: u8 = 10;

const TIER_KEYS: [&str; 6] = [
    "approvers",
    "required",
    "expires_minutes",
    "escalate",
    "ceiling_minutes",
    "owner_approval",
];

const BUDGET_KEYS: [&str; 7] = [
    "per_action_usd",
    "daily_usd",
    "monthly_usd",
    "per_action_gpu_hours",
    "daily_gpu_hours",
    "monthly_gpu_hours",
    "warn_at_percent",
];

/// The tenant's own budgets.
pub(super) fn budgets(table: &Table<'_>, faults: &mut Faults) -> Option<Budgets> {
    table
        .table("budgets", &BUDGET_KEYS, faults)
        .map(|table| budget(&table, faults))
}

/// Budgets of agents or workspaces, by id.
pub(super) fn budgets_by_id(
    table: &Table<'_>,
    key: &str,
    faults: &mut Faults,
) -> BTreeMap<String, Budgets> {
    let Some(table) = table.table_any(key, faults) else {
        return BTreeMap::new();
    };
    table.collect(faults, |id, value, path, faults| {
        // Agents and workspaces have ids of the same form.
        if let Err(error) = AgentId::new(id) {
            faults.add(path.clone(), error.to_string());
        }
        let table = Table::open(value, path, &BUDGET_KEYS, faults)?;
        Some(budget(&table, faults))
    })
}

fn budget(table: &Table<'_>, faults: &mut Faults) -> Budgets {
    let budgets = Budgets {
        per_action_usd: table.amount("per_action_usd", faults),
        daily_usd: table.amount("daily_usd", faults),
        monthly_usd: table.amount("monthly_usd", faults),
        per_action_gpu_hours: table.amount("per_action_gpu_hours", faults),
        daily_gpu_hours: table.amount("daily_gpu_hours", faults),
        monthly_gpu_hours: table.amount("monthly_gpu_hours", faults),
        warn_at_percent: table.whole("warn_at_percent", 1..=100, faults),
    };
    let limited = |key: &&str| *key != "warn_at_percent" && table.has(key);
    if !BUDGET_KEYS.iter().any(limited) {
        table.fault("warn_at_percent", "there is no limit to warn of", faults);
    }
    budgets
}

/// How often.
pub(super) fn rate_limits(table: &Table<'_>, faults: &mut Faults) -> Option<RateLimits> {
    let keys = [
        "writes_per_minute",
        "writes_per_hour",
        "actions_per_minute",
        "actions_per_hour",
        "split_factor",
    ];
    let table = table.table("rate_limits", &keys, faults)?;
    // Counting further than this would only cost memory.
    let most = 1..=1_000_000;
    Some(RateLimits {
        writes_per_minute: table.whole("writes_per_minute", most.clone(), faults),
        writes_per_hour: table.whole("writes_per_hour", most.clone(), faults),
        actions_per_minute: table.whole("actions_per_minute", most.clone(), faults),
        actions_per_hour: table.whole("actions_per_hour", most, faults),
        split_factor: table.whole("split_factor", 1..=1000, faults),
    })
}

/// Who approves.
pub(super) fn approvals(table: &Table<'_>, faults: &mut Faults) -> Option<Approvals> {
    let keys = ["expires_minutes", "tier3", "tier4", "self_approval"];
    let table = table.table("approvals", &keys, faults)?;
    let expires_minutes = table.whole("expires_minutes", EXPIRES_MINUTES, faults);
    let usual = expires_minutes.unwrap_or(Approvals::EXPIRES_MINUTES);
    Some(Approvals {
        expires_minutes,
        tier3: tier(&table, ("tier3", RiskTier::HighWrite), usual, faults),
        tier4: tier(&table, ("tier4", RiskTier::Destructive), usual, faults),
        self_approval: table.flag("self_approval", faults).unwrap_or_default(),
    })
}

/// Who approves one tier; its first level lasts `usual` minutes when it does not say.
fn tier(
    table: &Table<'_>,
    (key, risk): (&str, RiskTier),
    usual: u32,
    faults: &mut Faults,
) -> Option<TierApproval> {
    let table = table.table(key, &TIER_KEYS, faults)?;
    let required = table.whole("required", risk.approvals()..=MOST_APPROVALS, faults);
    let quorum = required.unwrap_or_else(|| risk.approvals());
    let expires_minutes = table.whole("expires_minutes", EXPIRES_MINUTES, faults);
    let first = expires_minutes.unwrap_or(usual);
    let ceiling_minutes = escalation::ceiling(&table, first, faults);
    Some(TierApproval {
        approvers: approvers(&table, quorum, faults),
        required,
        expires_minutes,
        escalate: escalation::steps(&table, quorum, (first, ceiling_minutes), faults),
        ceiling_minutes,
        owner_approval: table.flag("owner_approval", faults).unwrap_or_default(),
    })
}

/// What things cost.
pub(super) fn prices(table: &Table<'_>, faults: &mut Faults) -> Option<Prices> {
    let table = table.table("prices", &["gpu_hour_usd", "default_hours"], faults)?;
    let default_hours = table.amount("default_hours", faults);
    if default_hours == Some(0.0) {
        table.fault("default_hours", "no job takes zero hours", faults);
    }
    let by_type = table.table_any("gpu_hour_usd", faults);
    let gpu_hour_usd = by_type.map_or_else(BTreeMap::new, |table| {
        table.collect(faults, |name, value, path, faults| {
            let slip = spelling::nearest(name, ["default"]).is_some() && name != "default";
            if name.trim().is_empty() || slip {
                faults.add(
                    path.clone(),
                    format!("`{name}` is neither a GPU type nor `default`"),
                );
            }
            amount(value, path, faults)
        })
    });
    Some(Prices {
        gpu_hour_usd,
        default_hours,
    })
}
