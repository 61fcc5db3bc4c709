//! Refusing away from the gate: with the rules at hand, and hardly a fact about the world.
//!
//! Judging only ever adds restrictions, and each count can only add more: a fuller window, a
//! budget more used up, a grant used once more never takes a refusal back. So the judgement under
//! the facts that refuse least is a floor. What is refused there is refused under all facts; what
//! is not must be judged where the facts are.

use super::RuleSet;
use crate::{
    action::Action,
    code::Code,
    facts::{Caller, Facts, Mode},
    judgement::{Judgement, Reason, Source},
    tier::Verdict,
};
use jiff::{RoundMode, Timestamp, TimestampRound, ToSpan, Unit};

/// The most moments one question looks at.
const MOST_MOMENTS: usize = 60;

/// What is known of the world away from the gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Horizon {
    /// The first moment at which the gate may judge.
    pub from: Timestamp,
    /// The last one.
    pub until: Timestamp,
    /// The least binding mode that the tenant can be in between them.
    pub mode: Mode,
    /// Whose credential the action comes with.
    pub caller: Caller,
}

impl RuleSet {
    /// The judgement that refuses an action whatever else the world says; `None` when that is not
    /// sure, and the gate must judge.
    ///
    /// Its reasons are among those that the gate would give to an agent in good standing, but for
    /// what is counted: amounts in it are the least there can be.
    ///
    /// *Fails closed:* `None` is not a permission. A horizon that is the wrong way round or too
    /// far is never sure.
    #[must_use]
    pub fn surely_refuses(&self, action: &Action, horizon: &Horizon) -> Option<Judgement<'_>> {
        let moments = moments(horizon)?;
        let refused = moments.map(|at| self.refuses_at(action, at, horizon));
        // The last is as good as the first: that each of them refuses is what counts.
        refused.reduce(|all, one| all.and(one)).flatten()
    }

    fn refuses_at(
        &self,
        action: &Action,
        at: Timestamp,
        horizon: &Horizon,
    ) -> Option<Judgement<'_>> {
        let needs = self.needs(action, at);
        let facts = Facts::least(&needs, at, horizon.mode, horizon.caller.clone());
        without_grants(self.judge(action, &facts))
    }
}

/// The moments to look at: the first, and every whole minute up to the last. Change windows open
/// and close at whole minutes, and a grant only ever ends, so that what holds at one of them holds
/// until the next.
fn moments(horizon: &Horizon) -> Option<impl Iterator<Item = Timestamp>> {
    let (from, until) = (horizon.from, horizon.until);
    let up = TimestampRound::new()
        .smallest(Unit::Minute)
        .mode(RoundMode::Ceil);
    let first = from.round(up).ok()?;
    let minutes = std::iter::successors(Some(first), |at| at.checked_add(1.minute()).ok());
    let minutes = minutes.take_while(move |at| *at <= until);
    let is_near = minutes.clone().take(MOST_MOMENTS + 1).count() <= MOST_MOMENTS;
    (from <= until && is_near).then(|| std::iter::once(from).chain(minutes))
}

/// What is left of a judgement when it is open whether its grants can still be used; `None` when
/// that is no refusal. That they may lift something was taken into account.
fn without_grants(mut judgement: Judgement<'_>) -> Option<Judgement<'_>> {
    judgement
        .reasons
        .retain(|reason| reason.code != Code::Granted);
    let binding = || judgement.reasons.iter().filter(|reason| reason.enforced);
    let tier = binding().map(|reason| reason.tier).max()?;
    let verdict = binding().map(|reason| reason.verdict).max()?;
    if verdict != Verdict::Blocked {
        return None;
    }
    judgement.verdict = verdict;
    judgement.tier = tier;
    judgement.would = (verdict, tier);
    let reasons = &judgement.reasons;
    judgement.fired.retain(|policy| {
        let speaks = |reason: &Reason<'_>| match reason.source {
            Source::Policy(other) => std::ptr::eq(other, *policy),
            _ => false,
        };
        reasons.iter().any(speaks)
    });
    judgement.conflicts.clear();
    Some(judgement)
}
