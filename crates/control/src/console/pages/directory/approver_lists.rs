//! Approver lists: who may approve which actions, and whether there are enough of them.

use super::{Entry, several};
use crate::console::{
    figure,
    page::Section,
    parts::{
        badge::{self, Tone},
        button::{Call, link},
        notice::notice,
        pairs::pairs,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use maud::{Markup, html};
use portcullis_policy::tier::RiskTier;

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::ApproverLists;

/// What the page needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ApproverLists {
    /// One list for each tier that asks people.
    pub lists: Vec<ApproverList>,
    /// Where the lists are changed; empty when the reader cannot go there.
    pub change: String,
}

/// Who may approve the actions of one risk tier.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApproverList {
    /// The tier.
    pub risk: RiskTier,
    /// Whether anybody may who decides at all: then nobody is named.
    pub is_open: bool,
    /// The groups.
    pub groups: Vec<Entry>,
    /// The people.
    pub people: Vec<Entry>,
    /// The users of Slack, by id.
    pub slack_users: Vec<String>,
    /// Words of the list that name nobody.
    pub unknown: Vec<String>,
    /// How many different people must approve.
    pub required: u64,
    /// Whom it comes to, and why they could not decide; empty when they could.
    pub electors: Vec<(Entry, String)>,
    /// Whether the agent's owner may approve.
    pub owner_may: bool,
    /// Who is asked next when nobody decides, level by level, in words.
    pub next: Vec<String>,
}

impl ApproverList {
    fn able(&self) -> u64 {
        let able = self.electors.iter().filter(|(_, bar)| bar.is_empty());
        u64::try_from(able.count()).unwrap_or(u64::MAX)
    }
}

/// The page's body.
#[must_use]
pub fn approver_lists(view: &ApproverLists) -> Markup {
    html! {
        div class="stack" {
            p {
                "The tenant policy says who may approve what. Names are looked up when people are asked; this is what they come to now."
                @if !view.change.is_empty() { " " (link(Call::Normal, &view.change, "To the tenant policy")) }
            }
            @for list in &view.lists { (self::list(list)) }
        }
    }
}

fn list(list: &ApproverList) -> Markup {
    let id = format!("tier-{}", list.risk.number());
    html! {
        section class="card flush" aria-labelledby=(id) {
            header { h2 id=(id) { (name(list.risk)) } (badge::risk(list.risk)) }
            div class="stack inset" { (verdict(list)) (pairs(&facts(list))) }
            (electors(list))
        }
    }
}

const fn name(risk: RiskTier) -> &'static str {
    match risk {
        RiskTier::Destructive => "What cannot be undone",
        _ => "What weighs heavily",
    }
}

/// Whether enough people could approve, said plainly.
fn verdict(list: &ApproverList) -> Markup {
    let (able, required) = (list.able(), list.required);
    let people = |number: u64| if number == 1 { "person" } else { "people" };
    if able < required {
        return notice(
            Tone::Bad,
            &html! {
                strong { "It cannot be approved now." }
                " It takes " (required) " " (people(required)) ", and " (figure::full(able)) " could approve: every such action times out and is refused."
            },
        );
    }
    let spare = if able == required {
        " All of them must: when one is away, asked for it or owns the agent, it times out and is refused."
    } else {
        ""
    };
    let tone = if able == required {
        Tone::Warning
    } else {
        Tone::Good
    };
    notice(
        tone,
        &html! {
            strong { "It can be approved now." }
            " It takes " (required) " " (people(required)) ", and " (figure::full(able)) " could approve." (spare)
        },
    )
}

fn facts(list: &ApproverList) -> Vec<(&'static str, Markup)> {
    let codes = |texts: &[String]| {
        html! { @for (place, text) in texts.iter().enumerate() { @if place > 0 { ", " } (words::code(text)) } }
    };
    let mut facts = Vec::new();
    if list.is_open {
        facts.push((
            "Who",
            html! { "Nobody is named: anybody may who decides at all." },
        ));
    }
    if !list.groups.is_empty() {
        facts.push(("Groups", several(paths::GROUPS, &list.groups)));
    }
    if !list.people.is_empty() {
        facts.push(("People", several(paths::PEOPLE, &list.people)));
    }
    if !list.slack_users.is_empty() {
        facts.push(("Users of Slack", codes(&list.slack_users)));
    }
    if !list.unknown.is_empty() {
        facts.push((
            "Names nobody",
            html! { (codes(&list.unknown)) " " (badge::label(Tone::Bad, "stands for nobody")) },
        ));
    }
    let owner = if list.owner_may {
        "may approve"
    } else {
        "may not approve"
    };
    facts.push(("The agent's owner", html! { (owner) }));
    if !list.next.is_empty() {
        let next = html! { ol class="bullets" { @for level in &list.next { li { (words::line(level)) } } } };
        facts.push(("When nobody decides", next));
    }
    facts
}

fn electors(list: &ApproverList) -> Markup {
    let row = |(person, bar): &(Entry, String)| Row {
        key: String::new(),
        cells: vec![
            super::linked(paths::PEOPLE, person),
            if bar.is_empty() {
                badge::label(Tone::Good, "Yes")
            } else {
                html! { (badge::label(Tone::Warning, "No")) " " span class="small" { (bar) } }
            },
        ],
    };
    let rows: Vec<Row> = list.electors.iter().map(row).collect();
    html! {
        @if !rows.is_empty() { (table("Who it comes to", &[column("Person"), column("Could approve now")], &rows)) }
    }
}
