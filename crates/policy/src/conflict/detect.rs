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
    label::Label,
    tier::Tier,
};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::{cmp::Ordering, sync::Arc};

/// The most conflicts reported at once; who has more needs to begin with these.
pub const MAX_REPORTS: usize = 1_000;

/// Where a candidate would disagree with policies that are there; inactive ones, and the one it
/// would replace, are left out. At most [`MAX_REPORTS`].
#[must_use]
pub fn between(policies: &[Arc<Policy>], candidate: &Policy) -> Vec<ConflictReport> {
    let candidate = Profile::of(candidate);
    let mut found = Vec::new();
    for other in policies.iter().map(Arc::as_ref) {
        if other.active && other.id != candidate.policy.id {
            pair(&Profile::of(other), &candidate, &mut found);
        }
    }
    found
}

/// Where active policies disagree with each other, two by two. At most [`MAX_REPORTS`].
#[must_use]
pub fn among(policies: &[Arc<Policy>]) -> Vec<ConflictReport> {
    let active = policies.iter().filter(|policy| policy.active);
    let profiles: Vec<Profile<'_>> = active.map(|policy| Profile::of(policy)).collect();
    let neighbours = Neighbours::of(&profiles);
    let mut found = Vec::new();
    for (at, first) in profiles.iter().enumerate() {
        let others = neighbours.after(at, first).into_iter();
        for second in others.filter_map(|place| profiles.get(place)) {
            pair(first, second, &mut found);
        }
        if found.len() >= MAX_REPORTS {
            break;
        }
    }
    found
}

/// Which policies may share an action type, so that not every pair must be looked at.
struct Neighbours<'p> {
    count: usize,
    /// The places of policies for all action types.
    any: Vec<usize>,
    by_kind: HashMap<&'p Label, Vec<usize>, FixedState>,
}

impl<'p> Neighbours<'p> {
    fn of(profiles: &[Profile<'p>]) -> Self {
        let (mut any, mut by_kind) = (Vec::new(), HashMap::<_, Vec<usize>, _>::default());
        for (at, profile) in profiles.iter().enumerate() {
            if profile.reach.kinds.is_empty() {
                any.push(at);
            }
            for kind in &profile.reach.kinds {
                by_kind.entry(*kind).or_default().push(at);
            }
        }
        Self {
            count: profiles.len(),
            any,
            by_kind,
        }
    }

    /// The places after one policy's that may share an action type with it.
    fn after(&self, at: usize, profile: &Profile<'p>) -> Vec<usize> {
        if profile.reach.kinds.is_empty() {
            return (at + 1..self.count).collect();
        }
        let same = profile
            .reach
            .kinds
            .iter()
            .filter_map(|kind| self.by_kind.get(*kind));
        let places = same
            .chain([&self.any])
            .flatten()
            .copied()
            .filter(|place| *place > at);
        let mut places: Vec<usize> = places.collect();
        places.sort_unstable();
        places.dedup();
        places
    }
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

/// Adds every conflict of two policies, while there is room.
fn pair(first: &Profile<'_>, second: &Profile<'_>, found: &mut Vec<ConflictReport>) {
    if first.reach.meets(&second.reach) {
        let room = MAX_REPORTS.saturating_sub(found.len());
        let detectors = [tiers, windows, grants, floors, scopes];
        found.extend(
            detectors
                .iter()
                .filter_map(|detect| detect(first, second))
                .take(room),
        );
    }
}

/// Two policies that give an action type different tiers.
fn tiers(first: &Profile<'_>, second: &Profile<'_>) -> Option<ConflictReport> {
    let (a, b) = (tier(&first.policy.rule)?, tier(&second.policy.rule)?);
    let what = format!("tier {a} and tier {b} for the same action type");
    (a != b).then(|| {
        report(
            TierConflict,
            &first.contender(a),
            &second.contender(b),
            &what,
        )
    })
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
        report(
            WindowOverlap,
            &a,
            &b,
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
    Some(report(
        GrantVsBlock,
        &a,
        &b,
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
