//! The tenant policy: what agents may do at all, and how it came to be.

use crate::console::{
    pages::policies::rules,
    parts::{
        badge::Tone,
        button::{Call, link},
        change::{Change, changes},
        code::{Block, block},
        diff::Line as CodeLine,
        empty::empty,
        notice::notice,
        pager::Pager,
        pairs::pairs,
        versions::{Line, Pick, Seal, history, pick},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// What the page needs.
#[derive(Clone, Debug)]
pub struct TenantPolicy {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The version in force; 0 is none.
    pub version: u32,
    /// What is in it, as names and words.
    pub facts: Vec<(&'static str, String)>,
    /// Its text, compared with another version when one is asked for.
    pub text: Vec<CodeLine>,
    /// What the text shows.
    pub pick: Pick,
    /// What changed between the two versions; nothing when one is shown alone.
    pub changes: Option<Vec<Change>>,
    /// Its versions, newest first.
    pub versions: Vec<Version>,
    /// Before and after.
    pub pager: Pager,
    /// Whether the reader may apply another.
    pub may_change: bool,
}

/// One version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Version {
    /// Its number.
    pub number: u32,
    /// Who made it, and when.
    pub seal: Seal,
}

/// What can be done on the page as a whole.
#[must_use]
pub fn deeds(may_change: bool) -> Markup {
    html! {
        @if may_change { (link(Call::Normal, &paths::one(paths::TENANT_POLICY, "edit"), "Change it")) }
        (link(Call::Normal, paths::SIMULATOR, "Try the rules"))
    }
}

/// The page's body.
#[must_use]
pub fn tenant_policy(view: &TenantPolicy) -> Markup {
    html! {
        (rules(paths::TENANT_POLICY))
        @if view.version == 0 { (none()) } @else { (shown(view)) }
    }
}

fn none() -> Markup {
    let words = "No tenant policy was ever applied, and so every action is refused.";
    html! { div class="card" { (empty("Nothing is allowed", words, &html! {})) } }
}

fn shown(view: &TenantPolicy) -> Markup {
    let text = Block {
        id: "text".to_owned(),
        name: view.pick.name(),
        lines: view.text.clone(),
        full_path: paths::with_query(
            &paths::one(paths::TENANT_POLICY, "text"),
            &[("version", &view.pick.version.to_string())],
        ),
    };
    let facts: Vec<(&str, Markup)> = view
        .facts
        .iter()
        .map(|(name, value)| (*name, words::line(value)))
        .collect();
    html! {
        div class="stack" {
            @if view.pick.version != view.version {
                (notice(Tone::Warning, &html! { "This is not in force: version " (view.version) " is. " a href=(paths::TENANT_POLICY) { "Show it" } }))
            }
            @if let Some(list) = &view.changes {
                section class="card flush" aria-labelledby="changes" {
                    header { h2 id="changes" { "What changed" } }
                    (changes("What changed", list))
                }
            }
            div class="split" {
                section class="card stack" aria-labelledby="text-title" {
                    h2 id="text-title" { (view.pick.name()) }
                    (block(&text))
                    (pick(paths::TENANT_POLICY, &view.pick))
                }
                aside class="card stack" aria-labelledby="facts" {
                    h2 id="facts" { "In short" }
                    p class="small quiet" { "What is not allowed here is refused, whatever the policies say." }
                    (pairs(&facts))
                }
            }
            (versions(view))
        }
    }
}

fn versions(view: &TenantPolicy) -> Markup {
    let lines = view.versions.iter().map(|Version { number, seal }| Line {
        number: *number,
        cells: Vec::new(),
        seal,
    });
    history(
        (paths::TENANT_POLICY, view.now),
        &[],
        lines.collect(),
        &view.pager,
    )
}
