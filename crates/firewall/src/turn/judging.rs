//! Gathering facts and judging, without changing anything.

use super::Turn;
use crate::{reach, rulebook::Rulebook, state::State};
use jiff::Timestamp;
use portcullis_policy::{
    action::Action,
    facts::{Caller, Facts, Needs, Standing},
    judgement::Judgement,
    rules::RuleSet,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Turn<'_> {
    /// What the world says about an action at this moment.
    pub(super) fn facts(
        &self,
        action: &Action,
        caller: Caller,
        standing: Standing,
    ) -> (Needs, Facts) {
        self.facts_under(&self.state.rulebook, action, caller, standing)
    }

    /// The same under other rules than those in force, for trying them out.
    pub(crate) fn facts_under(
        &self,
        book: &Rulebook,
        action: &Action,
        caller: Caller,
        standing: Standing,
    ) -> (Needs, Facts) {
        gather(self.state, book, action, (caller, standing), self.now)
    }
}

/// Reads exactly what some rules need for an action.
///
/// *Fails closed:* rules that panic over what they need get no answers, and refuse.
fn gather(
    state: &State,
    book: &Rulebook,
    action: &Action,
    (caller, standing): (Caller, Standing),
    now: Timestamp,
) -> (Needs, Facts) {
    let needs = catch_unwind(AssertUnwindSafe(|| book.rules.needs(action, now)));
    let needs = needs.unwrap_or_default();
    let now_ms = now.as_millisecond();
    let charged = caller.agent.as_ref().unwrap_or(&action.agent);
    let tally = &state.tally;
    let facts = Facts {
        now,
        mode: state.tenant.settings.mode_at(now),
        agent: standing,
        chain_intact: state.broken_at.is_none(),
        rates: needs
            .rates
            .iter()
            .map(|n| tally.rate(charged, n, now_ms, needs.writes))
            .collect(),
        grants: needs
            .grants
            .iter()
            .map(|id| {
                book.number_of(id)
                    .map_or(u32::MAX, |n| tally.policy(n).uses)
            })
            .collect(),
        budgets: needs
            .budgets
            .iter()
            .map(|need| tally.books.committed(need))
            .collect(),
        sums: needs
            .sums
            .iter()
            .map(|need| tally.sum(need, now_ms))
            .collect(),
        session: needs
            .session
            .as_ref()
            .map(|_| reach::session_of(state, action, now)),
        command_patterns: reach::commands_of(state, action, now),
        caller,
    };
    (needs, facts)
}

/// Judges; a panic in the rules is a failure like any other.
///
/// Fails closed: [`Judgement::failed`] is BLOCKED and names the stage.
pub(crate) fn judge<'r>(rules: &'r RuleSet, action: &Action, facts: &Facts) -> Judgement<'r> {
    catch_unwind(AssertUnwindSafe(|| rules.judge(action, facts)))
        .unwrap_or_else(|_| Judgement::failed("judge"))
}
