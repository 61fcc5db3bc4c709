//! From policies to what the judge reads.

use super::{
    index::{Index, Indexer, MAX_SLIPS},
    shelves::{Kind, Shelves},
};
use crate::{
    action::Dimension,
    cham::{Policy, Rule, confidence_floor::ConfidenceFloor, time_window::Schedule},
    conflict::reach::Reach,
    fault::Faults,
    label::Label,
    tier::Tier,
};
use hashbrown::HashSet;
use std::sync::Arc;

/// The active policies in the order of the rule set: tenant-wide before an agent's own, older
/// before newer.
pub(super) fn order(mut policies: Vec<Arc<Policy>>, faults: &mut Faults) -> Vec<Arc<Policy>> {
    policies.retain(|policy| policy.active);
    policies.sort_unstable_by(|first, second| {
        let key = |policy: &Policy| (policy.agent.is_some(), policy.created_at);
        key(first)
            .cmp(&key(second))
            .then_with(|| first.id.cmp(&second.id))
    });
    let mut seen = HashSet::with_capacity(policies.len());
    for policy in policies
        .iter()
        .filter(|policy| !seen.insert(policy.id.as_str()))
    {
        faults.add(path(policy), "is there twice");
    }
    drop(seen);
    policies
}

/// Compiles policies that stand in the order of the rule set; `kinds` are action types that get a
/// number although no policy names them.
pub(super) fn compile<'k>(
    policies: &[Arc<Policy>],
    kinds: impl Iterator<Item = &'k Label>,
    faults: &mut Faults,
) -> (Index, Shelves) {
    let mut shelves = Shelves::default();
    let mut indexer = Indexer::default();
    let mut schedules = Vec::with_capacity(policies.len());
    kinds.for_each(|kind| indexer.number_kind(kind));
    for (place, policy) in (0..).zip(policies) {
        check(policy, faults);
        schedules.push(schedule(policy, &mut shelves, faults));
        if let Rule::CompliancePack(pack) = &policy.rule {
            let kinds = pack.rules.iter().flat_map(|rule| &rule.action_types);
            kinds.for_each(|kind| indexer.number_kind(kind));
        }
        let kind = Kind::of(&policy.rule);
        if !indexer.note(place, kind, policy.log_only, &Reach::of(policy)) {
            let most = format!(
                "with this policy there are over {MAX_SLIPS} pairs of an action type and an environment"
            );
            faults.add(path(policy), most);
        }
    }
    shelves.calendar.compare();
    let index = indexer.finish(&mut shelves, |shelves, index, place| {
        let number = |kind: &Label| index.kind(kind).unwrap_or(u32::MAX);
        let schedule = schedules.get(place as usize).copied().unwrap_or(u32::MAX);
        let policy = policies.get(place as usize);
        policy
            .map(|policy| shelves.add(place, policy, schedule, &number))
            .unwrap_or_default()
    });
    (index, shelves)
}

fn path(policy: &Policy) -> String {
    format!("policies[{}]", policy.id)
}

fn schedule(policy: &Policy, shelves: &mut Shelves, faults: &mut Faults) -> u32 {
    let Rule::TimeWindow(rule) = &policy.rule else {
        return u32::MAX;
    };
    match Schedule::compile(rule) {
        Ok(schedule) => shelves.calendar.add(schedule),
        Err(found) => {
            for fault in found.0 {
                faults.add(
                    format!("{}.config.{}", path(policy), fault.path),
                    fault.message,
                );
            }
            u32::MAX
        }
    }
}

/// Refuses what would judge more softly than it reads, however the policy came here.
fn check(policy: &Policy, faults: &mut Faults) {
    match &policy.rule {
        Rule::ConfidenceFloor(rule) => check_floors(policy, rule, faults),
        Rule::ActionTypeBlock(rule) if rule.tier < Tier::C => {
            let most = format!("must be C or X, not {}", rule.tier);
            faults.add(format!("{}.config.tier", path(policy)), most);
        }
        Rule::EnvironmentRestriction(_)
        | Rule::ActionTypeBlock(_)
        | Rule::RateLimit(_)
        | Rule::RequireReasoning(_)
        | Rule::GrantLifecycle(_)
        | Rule::CompliancePack(_)
        | Rule::TimeWindow(_) => {}
    }
}

fn check_floors(policy: &Policy, rule: &ConfidenceFloor, faults: &mut Faults) {
    for dimension in Dimension::ALL {
        let floor = rule.floors.of(dimension);
        if floor.is_some_and(|floor| !(0.0..=1.0).contains(&floor)) {
            let at = format!("{}.config.floors.{}", path(policy), dimension.as_str());
            faults.add(at, "must be between 0 and 1");
        }
    }
}
