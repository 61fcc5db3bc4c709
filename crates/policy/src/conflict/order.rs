//! Which of two policies takes effect: the more restrictive, then the agent's own, then the newer.

use super::Resolution;
use crate::cham::Policy;
use std::cmp::Ordering;

/// A policy in a conflict.
#[derive(Clone, Copy, Debug)]
pub struct Contender<'p, R> {
    /// The policy.
    pub policy: &'p Policy,
    /// How much it restricts, as far as this conflict goes.
    pub restriction: R,
}

impl<'p, R: Ord> Contender<'p, R> {
    /// Why this one takes effect and not the other; `None` when the other does.
    pub fn beats(&self, other: &Self) -> Option<Resolution> {
        let (order, step) = self.against(other);
        (order == Ordering::Greater).then_some(step)
    }

    /// The one of the two that takes effect.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if other.beats(&self).is_some() {
            other
        } else {
            self
        }
    }

    /// The order of the two, and the step that decides it.
    fn against(&self, other: &Self) -> (Ordering, Resolution) {
        let scoped = |policy: &Policy| policy.agent.is_some();
        let age = |policy: &'p Policy| (policy.created_at, policy.id.as_str());
        let steps = [
            (
                self.restriction.cmp(&other.restriction),
                Resolution::MoreRestrictive,
            ),
            (
                scoped(self.policy).cmp(&scoped(other.policy)),
                Resolution::AgentScoped,
            ),
        ];
        let newer = (age(self.policy).cmp(&age(other.policy)), Resolution::Newer);
        steps
            .into_iter()
            .find(|(order, _)| order.is_ne())
            .unwrap_or(newer)
    }
}

/// Puts the one that takes effect first, and says why it does.
#[must_use]
pub fn resolve<'p, R: Ord>(
    first: &Contender<'p, R>,
    second: &Contender<'p, R>,
) -> (&'p Policy, &'p Policy, Resolution) {
    match first.against(second) {
        (Ordering::Less, step) => (second.policy, first.policy, step),
        (Ordering::Equal | Ordering::Greater, step) => (first.policy, second.policy, step),
    }
}

/// How one rule compares with another of its type, where each aspect compares as given: stricter
/// when no aspect is looser. Rules that are stricter in one aspect and looser in another are
/// equals.
pub(super) fn overall(aspects: impl IntoIterator<Item = Ordering>) -> Ordering {
    let (mut stricter, mut looser) = (false, false);
    for aspect in aspects {
        stricter |= aspect.is_gt();
        looser |= aspect.is_lt();
    }
    stricter.cmp(&looser)
}
