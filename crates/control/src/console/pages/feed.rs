//! The live feed of judgements, newest first, each with its reasons.

use crate::console::{
    page::Section,
    parts::{
        badge,
        empty::empty,
        field::{Field, Kind, choices},
        filter::{self, filters},
        moment::moment,
        pager::{Pager, pager},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_policy::tier::{RiskTier, Verdict};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Activity;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The moment the page is made.
    pub now: Timestamp,
    /// What is asked for.
    pub filter: Filter,
    /// The judgements, newest first.
    pub lines: Vec<Line>,
    /// Before and after.
    pub pager: Pager,
}

/// What is asked for; empty is all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// `CLEARED`, `HELD` or `BLOCKED`, as `?verdict=`.
    pub verdict: String,
    /// `A`, `B`, `C` or `X`, as `?tier=`.
    pub tier: String,
    /// An agent's id or name, as `?agent=`.
    pub agent: String,
    /// The action's type, as `?action=`.
    pub action: String,
    /// From when on: a day or a moment (RFC 3339), as `?from=`.
    pub from: String,
    /// Until when, as `?to=`.
    pub to: String,
    /// What was wrong with `from`; may be empty.
    pub from_error: String,
    /// What was wrong with `to`; may be empty.
    pub to_error: String,
}

/// One judgement.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number of its record.
    pub record: u64,
    /// When it was made.
    pub at: Timestamp,
    /// The verdict.
    pub verdict: Verdict,
    /// How risky the action is.
    pub risk: RiskTier,
    /// The action's type, as the agent sent it.
    pub action: String,
    /// On what.
    pub target: String,
    /// Where.
    pub environment: String,
    /// Who asked.
    pub agent: String,
    /// The reasons: code and sentence, the one that decides first.
    pub reasons: Vec<(String, String)>,
    /// The hold it waits in; empty is none.
    pub hold: String,
}

/// The page's body.
#[must_use]
pub fn feed(view: &Feed) -> Markup {
    html! {
        div class="card flush" {
            (filters(paths::FEED, &[], &fields(&view.filter)))
            section id="feed" data-live=(paths::EVENTS) aria-label="Judgements" {
                @if view.lines.is_empty() {
                    (empty("No judgements", "What agents ask for appears here as it is judged, with the reasons.", &html! {}))
                } @else {
                    ol class="list" { @for line in &view.lines { (drawn(line, view.now)) } }
                }
            }
            (pager(&view.pager))
        }
    }
}

/// What the head of the page shows: whether it is up to date.
#[must_use]
pub fn live() -> Markup {
    html! { span class="badge plain needs-script" role="status" data-live-state="live" { "Live" } }
}

fn drawn(line: &Line, now: Timestamp) -> Markup {
    let record = line.record.to_string();
    html! {
        li data-key=(record) {
            div class="title" {
                (badge::verdict(line.verdict))
                a class="lead" href=(paths::one(paths::AUDIT, &record)) { (words::line(&line.action)) }
                span { (words::line(&line.target)) span class="quiet" { " in " (words::line(&line.environment)) } }
                (badge::risk(line.risk))
            }
            @if let Some(((code, reason), others)) = line.reasons.split_first() {
                p { (words::line(reason)) " " code class="quiet" { (words::line(code)) } }
                @if !others.is_empty() { (more(&record, others)) }
            }
            p class="quiet small" {
                (words::line(&line.agent)) " · " (moment(line.at, now))
                @if !line.hold.is_empty() { " · " a href=(paths::one(paths::APPROVALS, &line.hold)) { "hold" span class="hush" { " of record " (record) } } }
            }
        }
    }
}

fn more(record: &str, others: &[(String, String)]) -> Markup {
    html! {
        details id={ "more-" (record) } class="small" {
            summary { (others.len()) " more" span class="hush" { " reasons for record " (record) } }
            ul class="bullets" { @for (code, reason) in others { li { (words::line(reason)) " " code class="quiet" { (words::line(code)) } } } }
        }
    }
}

fn fields(filter: &Filter) -> [Field; 6] {
    let field = |name, label, value: &str| Field::new("filter", name, label).value(value);
    [
        field("action", "Action", &filter.action).kind(Kind::Search),
        filter::verdict(&filter.verdict),
        field("tier", "Tier", &filter.tier).kind(tiers()),
        field("agent", "Agent", &filter.agent),
        filter::from(&filter.from, &filter.from_error),
        filter::to(&filter.to, &filter.to_error),
    ]
}

fn tiers() -> Kind {
    choices(&[
        ("", "All"),
        ("A", "A agent alone"),
        ("B", "B people decide"),
        ("C", "C policy refuses"),
        ("X", "X principle refuses"),
    ])
}
