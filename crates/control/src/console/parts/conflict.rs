//! Where policies disagree, and which of them wins.

use crate::console::{
    parts::{badge::Tone, notice::notice, words},
    paths,
};
use maud::{Markup, html};

/// The most conflicts that are listed.
const MOST: usize = 50;

/// Policies that disagree.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Conflict {
    /// The kind, as the API names it.
    pub kind: String,
    /// The policy that wins.
    pub winner: Named,
    /// The policies that give way.
    pub losers: Vec<Named>,
    /// The disagreement in a sentence; may be empty.
    pub words: String,
    /// Why the winner wins: the end of a sentence about it.
    pub why: String,
}

/// A policy by its name.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Named {
    /// Its id; empty for one that is only a draft.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The name of a policy, as a link if there is such a policy.
#[must_use]
pub fn named(policy: &Named) -> Markup {
    html! {
        @if policy.id.is_empty() { (words::line(&policy.name)) }
        @else { a href=(paths::one(paths::POLICIES, &policy.id)) { (words::line(&policy.name)) } }
    }
}

/// Draws conflicts, one below the other.
#[must_use]
pub fn conflicts(conflicts: &[Conflict]) -> Markup {
    let rest = conflicts.len().saturating_sub(MOST);
    html! {
        @for one in conflicts.iter().take(MOST) { (notice(Tone::Warning, &told(one))) }
        @if rest > 0 { p { "… and " (rest) " more." } }
    }
}

fn told(one: &Conflict) -> Markup {
    html! {
        strong { (named(&one.winner)) } " wins over "
        @for (place, loser) in one.losers.iter().enumerate() {
            @if place > 0 { ", " }
            (named(loser))
        }
        ": it " (words::line(&one.why)) ". "
        @if !one.words.is_empty() { (words::line(&one.words)) " " }
        code class="quiet" { (words::line(&one.kind)) }
    }
}
