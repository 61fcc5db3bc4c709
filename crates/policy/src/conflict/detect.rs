//! Finding conflicts without an action: does some action exist that both policies speak about?

use super::{
    ConflictReport,
    Detector::{
        self, ConfidenceConflict, GrantVsBlock, ScopeAmbiguity, TierConflict, WindowOverlap,
    },
    order::{Contender, resolve},
    reach::Reach,
    strictness,
};
use crate::{
    action::Dimension,
    cham::{Policy, Rule, compliance_pack::CompliancePack, time_window::Schedule},
    tier::Tier,
};
use std::{cmp::Ordering, sync::Arc};

/// The most conflicts reported at once; who has more needs to begin with these.
pub const MAX_REPORTS: usize = 1_000;

/// Where a candidate would disagree with policies that are there; inactive ones, and the one it
/// would replace, are left out. At most [`MAX_REPORTS`].
#[must_use]
pub fn between(policies: &[Arc<Policy>], candidate: &Policy) -> Vec<ConflictReport> {
    let candidate = Profile::of(candidate);
    let others = policies.iter().map(Arc::as_ref);
    let others = others.filter(|other| other.active && other.id != candidate.policy.id);
    others
        .flat_map(|other| pair(&Profile::of(other), &candidate))
        .take(MAX_REPORTS)
        .collect()
}

/// Where active policies disagree with each other, two by two. At most [`MAX_REPORTS`].
#[must_use]
pub fn among(policies: &[Arc<Policy>]) -> Vec<ConflictReport> {
    let active = policies.iter().filter(|policy| policy.active);
    let profiles: Vec<Profile<'_>> = active.map(|policy| Profile::of(policy)).collect();
    let pairs = profiles.iter().enumerate().flat_map(|(at, first)| {
        let rest = profiles.get(at + 1..).unwrap_or_default();
        rest.iter().flat_map(move |second| pair(first, second))
    });
    pairs.take(MAX_REPORTS).collect()
}

/// What the detectors look at.
struct Profile<'p> {
    policy: &'p Policy,
    reach: Reach<'p>,
    schedule: Option<Schedule>,
}

impl<'p> Profile<'p> {
    fn of(policy: &'p Policy) -> Self {
        let schedule = match &policy.rule {
            Rule::TimeWindow(rule) => Schedule::compile(rule).ok(),
            _ => None,
        };
        Self {
            policy,
            reach: Reach::of(policy),
            schedule,
        }
    }

    const fn contender<R>(&self, restriction: R) -> Contender<'p, R> {
        Contender {
            policy: self.policy,
            restriction,
        }
    }
}

/// Every conflict of two policies.
fn pair(first: &Profile<'_>, second: &Profile<'_>) -> impl Iterator<Item = ConflictReport> + use<> {
    let meet = first.reach.meets(&second.reach);
    let detectors = [tiers, windows, grants, floors, scopes];
    let found = detectors.map(|detect| if meet { detect(first, second) } else { None });
    found.into_iter().flatten()
}

/// Two policies that give an action type different tiers.
fn tiers(first: &Profile<'_>, second: &Profile<'_>) -> Option<ConflictReport> {
    let (a, b) = (tier(&first.policy.rule)?, tier(&second.policy.rule)?);
    let what = format!("tier {a} and tier {b} for the same action type");
    (a != b).then(|| report(TierConflict, &first.contender(a), &second.contender(b), &what))
}

/// The tier a policy gives to whatever it matches.
fn tier(rule: &Rule) -> Option<Tier> {
    match rule {
        Rule::EnvironmentRestriction(rule) => Some(rule.max_tier),
        Rule::ActionTypeBlock(rule) => Some(rule.tier),
        Rule::CompliancePack(CompliancePack { rules, .. }) => {
            rules.iter().filter_map(|rule| rule.min_tier).max()
        }
        _ => None,
    }
}

/// Two change windows that are open at once, with different rules for the time outside.
fn windows(first: &Profile<'_>, second: &Profile<'_>) -> Option<ConflictReport> {
    let (Rule::TimeWindow(a), Rule::TimeWindow(b)) = (&first.policy.rule, &second.policy.rule)
    else {
        return None;
    };
    let differ = strictness::windows_differ(a, b);
    let overlap = differ && first.schedule.as_ref()?.overlaps(second.schedule.as_ref()?);
    overlap.then(|| {
        let a = first.contender(strictness::window(a, first.schedule.as_ref()));
        let b = second.contender(strictness::window(b, second.schedule.as_ref()));
        report(WindowOverlap, &a, &b,
            "different rules outside change windows that overlap",
        )
    })
}

/// A grant for what a block forbids.
fn grants(first: &Profile<'_>, second: &Profile<'_>) -> Option<ConflictReport> {
    let blocks = match (&first.policy.rule, &second.policy.rule) {
        (Rule::GrantLifecycle(_), Rule::ActionTypeBlock(_)) => (false, true),
        (Rule::ActionTypeBlock(_), Rule::GrantLifecycle(_)) => (true, false),
        _ => return None,
    };
    let (a, b) = (first.contender(blocks.0), second.contender(blocks.1));
    Some(report(GrantVsBlock, &a, &b,
        "a grant and a block for the same action type",
    ))
}

/// Two floors that differ in a dimension.
fn floors(first: &Profile<'_>, second: &Profile<'_>) -> Option<ConflictReport> {
    let (Rule::ConfidenceFloor(a), Rule::ConfidenceFloor(b)) =
        (&first.policy.rule, &second.policy.rule)
    else {
        return None;
    };
    Dimension::ALL.into_iter().find_map(|dimension| {
        let (low, high) = (a.floors.of(dimension)?, b.floors.of(dimension)?);
        let what = format!(
            "floors of {low} and {high} for {} confidence",
            dimension.as_str()
        );
        let key = |floors| strictness::floor(floors, dimension);
        let (a, b) = (
            first.contender(key(&a.floors)),
            second.contender(key(&b.floors)),
        );
        (a.restriction != b.restriction).then(|| report(ConfidenceConflict, &a, &b, &what))
    })
}

/// An agent's policy and a tenant-wide one of its type with different effects.
fn scopes(first: &Profile<'_>, second: &Profile<'_>) -> Option<ConflictReport> {
    let (a, b) = (first.policy, second.policy);
    let contradict = a.agent.is_some() != b.agent.is_some() && strictness::differ(&a.rule, &b.rule);
    contradict.then(|| {
        let order = strictness::compare(&a.rule, &b.rule);
        let (a, b) = (first.contender(order), second.contender(Ordering::Equal));
        let what = format!(
            "different `{}` rules for one agent and for all",
            first.policy.rule.kind()
        );
        report(ScopeAmbiguity, &a, &b, &what)
    })
}

fn report<R: Ord>(
    detector: Detector,
    first: &Contender<'_, R>,
    second: &Contender<'_, R>,
    what: &str,
) -> ConflictReport {
    let (winner, loser, resolution) = resolve(first, second);
    ConflictReport {
        detector,
        policy_ids: vec![winner.id.clone(), loser.id.clone()],
        description: format!(
            "`{}` and `{}` set {what}; `{}` takes effect because it {}",
            winner.name,
            loser.name,
            winner.name,
            resolution.why()
        ),
        winner_policy_id: winner.id.clone(),
        resolution,
    }
}
