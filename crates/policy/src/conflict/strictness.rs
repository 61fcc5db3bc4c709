//! How two rules of one type compare.

use super::order::overall;
use crate::{
    action::{Confidence, Dimension},
    cham::{
        OnBreach, Rule,
        confidence_floor::Escalation,
        rate_limit::{Period, RateLimit},
        require_reasoning::RequireReasoning,
        time_window::{Schedule, TimeWindow},
    },
};
use std::cmp::{Ordering, Reverse};

/// Whether two rules of one type would treat the same action differently.
#[must_use]
pub fn differ(first: &Rule, second: &Rule) -> bool {
    match (first, second) {
        (Rule::ConfidenceFloor(a), Rule::ConfidenceFloor(b)) => {
            (a.floors, a.escalation) != (b.floors, b.escalation)
        }
        (Rule::EnvironmentRestriction(a), Rule::EnvironmentRestriction(b)) => {
            a.max_tier != b.max_tier
        }
        (Rule::ActionTypeBlock(a), Rule::ActionTypeBlock(b)) => a.tier != b.tier,
        (Rule::RateLimit(a), Rule::RateLimit(b)) => {
            (&a.windows, a.on_exceed) != (&b.windows, b.on_exceed)
        }
        (Rule::RequireReasoning(a), Rule::RequireReasoning(b)) => {
            (a.min_length, &a.required_fields, a.on_missing)
                != (b.min_length, &b.required_fields, b.on_missing)
        }
        (Rule::GrantLifecycle(a), Rule::GrantLifecycle(b)) => {
            (a.tier_override, a.required) != (b.tier_override, b.required)
        }
        // Packs of two standards add to each other.
        (Rule::CompliancePack(a), Rule::CompliancePack(b)) => {
            a.standard.eq_ignore_ascii_case(&b.standard) && a.rules != b.rules
        }
        (Rule::TimeWindow(a), Rule::TimeWindow(b)) => {
            windows_differ(a, b) || a.windows != b.windows
        }
        _ => false,
    }
}

/// How the first rule compares with the second: greater is stricter; equal also when neither is
/// stricter in every aspect.
pub(super) fn compare(first: &Rule, second: &Rule) -> Ordering {
    match (first, second) {
        (Rule::ConfidenceFloor(a), Rule::ConfidenceFloor(b)) => {
            let floors = Dimension::ALL
                .map(|dimension| floor(&a.floors, dimension).cmp(&floor(&b.floors, dimension)));
            let escalation =
                (a.escalation == Escalation::Block).cmp(&(b.escalation == Escalation::Block));
            overall(floors.into_iter().chain([escalation]))
        }
        (Rule::EnvironmentRestriction(a), Rule::EnvironmentRestriction(b)) => {
            a.max_tier.cmp(&b.max_tier)
        }
        (Rule::ActionTypeBlock(a), Rule::ActionTypeBlock(b)) => a.tier.cmp(&b.tier),
        (Rule::RateLimit(a), Rule::RateLimit(b)) => compare_rates(a, b),
        (Rule::RequireReasoning(a), Rule::RequireReasoning(b)) => compare_fields(a, b),
        (Rule::GrantLifecycle(a), Rule::GrantLifecycle(b)) => overall([
            a.tier_override.cmp(&b.tier_override),
            a.required.cmp(&b.required),
        ]),
        (Rule::TimeWindow(a), Rule::TimeWindow(b)) => window(a, None).cmp(&window(b, None)),
        _ => Ordering::Equal,
    }
}

/// Whether two change windows have different rules for the time outside.
pub(super) fn windows_differ(first: &TimeWindow, second: &TimeWindow) -> bool {
    (first.outside_window, first.emergency_override)
        != (second.outside_window, second.emergency_override)
}

/// A floor as a number that sorts; no floor is the lowest.
pub(super) fn floor(floors: &Confidence, dimension: Dimension) -> u64 {
    // Floats that are not negative sort as their bits do.
    floors
        .of(dimension)
        .map_or(0, |floor| floor.max(0.0).to_bits() + 1)
}

/// How strict a change window is: open for less time, then blocking, then without exception.
pub(super) fn window(rule: &TimeWindow, schedule: Option<&Schedule>) -> (Reverse<u16>, bool, bool) {
    let compiled = || Schedule::compile(rule).ok();
    let open = schedule.map(Schedule::open_minutes);
    let open = open
        .or_else(|| compiled().map(|schedule| schedule.open_minutes()))
        .unwrap_or(0);
    (
        Reverse(open),
        blocks(rule.outside_window),
        !rule.emergency_override,
    )
}

fn blocks(on_breach: OnBreach) -> bool {
    on_breach == OnBreach::Block
}

fn compare_rates(first: &RateLimit, second: &RateLimit) -> Ordering {
    let most = |limit: &RateLimit, period: Period| {
        let windows = limit
            .windows
            .iter()
            .filter(|window| window.period == period);
        Reverse(windows.map(|window| window.max).min().unwrap_or(u32::MAX))
    };
    let periods = first
        .windows
        .iter()
        .chain(&second.windows)
        .map(|window| window.period);
    let windows = periods.map(|period| most(first, period).cmp(&most(second, period)));
    overall(windows.chain([blocks(first.on_exceed).cmp(&blocks(second.on_exceed))]))
}

fn compare_fields(first: &RequireReasoning, second: &RequireReasoning) -> Ordering {
    let lacks = |some: &RequireReasoning, all: &RequireReasoning| {
        all.required_fields
            .iter()
            .any(|field| !some.required_fields.contains(field))
    };
    overall([
        first.min_length.cmp(&second.min_length),
        lacks(second, first).cmp(&false),
        false.cmp(&lacks(first, second)),
        blocks(first.on_missing).cmp(&blocks(second.on_missing)),
    ])
}
