//! The audit trail: its records, one of them with its proof, and whether the chain holds.

use crate::console::{
    figure,
    page::{Crumb, Section},
    parts::{
        actor::Actor,
        badge::{self, Tone},
        button::{Call, link, submit},
        code::{Block, block},
        diff::plain,
        empty::empty,
        field::{Field, Kind},
        filter::{self, filters},
        form::{Form, one_button},
        moment::{clock, moment},
        notice::notice,
        pager::{Pager, pager},
        pairs::pairs,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;
use portcullis_policy::tier::Verdict;

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Audit;

/// What the explorer needs.
#[derive(Clone, Debug)]
pub struct Audit {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// Whether the chain holds.
    pub chain: Chain,
    /// What is asked for; empty is all.
    pub filter: Filter,
    /// The records, newest first.
    pub lines: Vec<Line>,
    /// Before and after.
    pub pager: Pager,
    /// Whether the reader may export.
    pub may_export: bool,
}

/// Whether the chain holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Chain {
    /// No break is known.
    Holds {
        /// How many records there are.
        size: u64,
        /// The root over them, as hexadecimal digits.
        root: String,
    },
    /// It does not, from a record on.
    Broken {
        /// The first record that does not fit.
        record: u64,
    },
}

/// What is asked for; empty is all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// The kind of record, as `?type=`.
    pub kind: String,
    /// A verdict, as `?verdict=`.
    pub verdict: String,
    /// An agent's id, as `?agent=`.
    pub agent: String,
    /// From when on: a day or a moment (RFC 3339), as `?from=`.
    pub from: String,
    /// Until when, as `?to=`.
    pub to: String,
    /// What was wrong with `from`; may be empty.
    pub from_error: String,
    /// What was wrong with `to`; may be empty.
    pub to_error: String,
}

/// One record.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number.
    pub record: u64,
    /// When it was sealed.
    pub at: Timestamp,
    /// Its kind: `decision`, `hold_decided`.
    pub kind: String,
    /// Its verdict, if it is one of a verdict.
    pub verdict: Option<Verdict>,
    /// Who did it: an agent, or a person.
    pub actor: Actor,
    /// What it is about, in a line.
    pub what: String,
    /// Its hash.
    pub hash: String,
}

/// What the page of one record needs.
#[derive(Clone, Debug)]
pub struct Record {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The record.
    pub line: Line,
    /// The hash before it.
    pub prev_hash: String,
    /// The whole record as indented JSON, in the view its reader may see.
    pub json: String,
    /// The number of the newest record.
    pub size: u64,
}

/// The body of the explorer.
#[must_use]
pub fn audit(view: &Audit) -> Markup {
    let columns = [
        column("Record"),
        column("When"),
        column("Verdict"),
        column("By"),
        column("What"),
        column("Hash"),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|line| row(line, view.now)).collect();
    html! {
        div class="stack" {
            (chain(view))
            div class="card flush" {
                (filters(paths::AUDIT, &[], &fields(&view.filter)))
                @if rows.is_empty() { (empty("No records", "Nothing of this kind was sealed.", &html! {})) }
                @else { (table("Records", &columns, &rows)) }
                (pager(&view.pager))
            }
            @if view.may_export { (exports(&view.filter)) }
        }
    }
}

fn row(line: &Line, now: Timestamp) -> Row {
    let record = line.record.to_string();
    Row {
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::AUDIT, &record)) { "#" (record) }
                div class="quiet small" { (words::line(&line.kind)) }
            },
            moment(line.at, now),
            line.verdict.map_or_else(|| html! {}, badge::verdict),
            line.actor.draw(),
            words::line(&line.what),
            html! { code title=(visible_line(&line.hash)) { (words::line(&line.hash.chars().take(12).collect::<String>())) "…" } },
        ],
        key: record,
    }
}

fn chain(view: &Audit) -> Markup {
    let form = Form {
        path: &paths::one(paths::AUDIT, "verify"),
        csrf: &view.csrf,
        ..Form::default()
    };
    let verify = one_button(&form, &submit(Call::Normal, "Verify it now"));
    match &view.chain {
        Chain::Holds { size, root } => notice(
            Tone::Good,
            &html! {
                strong { "No break of the chain is known: " (figure::count(*size, "record")) "." }
                " Root " (words::digest("root", root))
                div class="row" {
                    (link(Call::Normal, &paths::one(paths::AUDIT, "checkpoint"), "Download the signed checkpoint"))
                    (verify)
                }
            },
        ),
        Chain::Broken { record } => notice(
            Tone::Bad,
            &html! {
                strong { "The chain is broken at record #" (record) "." }
                " Verdicts of this tenant stop until a person acknowledges it."
            },
        ),
    }
}

fn fields(filter: &Filter) -> [Field; 5] {
    let field = |name, label, value: &str| Field::new("filter", name, label).value(value);
    [
        field("agent", "Agent", &filter.agent).kind(Kind::Search),
        field("type", "Kind of record", &filter.kind),
        filter::verdict(&filter.verdict),
        filter::from(&filter.from, &filter.from_error),
        filter::to(&filter.to, &filter.to_error),
    ]
}

fn exports(filter: &Filter) -> Markup {
    let path = |format: &str| {
        let pairs = [
            ("format", format),
            ("type", filter.kind.as_str()),
            ("verdict", filter.verdict.as_str()),
            ("agent", filter.agent.as_str()),
            ("from", filter.from.as_str()),
            ("to", filter.to.as_str()),
        ];
        paths::with_query(&paths::one(paths::AUDIT, "export"), &pairs)
    };
    html! {
        section class="card" aria-labelledby="export" {
            header { h2 id="export" { "Export what is filtered" } }
            div class="row" {
                @for (format, name) in [("jsonl", "JSON lines"), ("csv", "CSV"), ("ocsf", "OCSF"), ("cef", "CEF")] {
                    (link(Call::Normal, &path(format), name))
                }
            }
        }
    }
}

/// The way to the page of one record.
#[must_use]
pub fn crumbs() -> Vec<Crumb> {
    vec![Crumb {
        name: "Audit".to_owned(),
        path: paths::AUDIT.to_owned(),
    }]
}

/// The body of one record's page.
#[must_use]
pub fn record(view: &Record) -> Markup {
    let line = &view.line;
    let number = line.record.to_string();
    let json = Block {
        id: "json".to_owned(),
        name: "Record as JSON".to_owned(),
        lines: plain(&view.json),
        full_path: paths::deed(paths::AUDIT, &number, "json"),
    };
    let facts = [
        ("Kind", words::line(&line.kind)),
        (
            "Sealed",
            html! { (clock(line.at)) " " span class="quiet" { "(" (moment(line.at, view.now)) ")" } },
        ),
        ("By", line.actor.draw()),
        ("What", words::line(&line.what)),
        ("Hash", words::digest("hash", &line.hash)),
        ("Hash before", words::digest("prev-hash", &view.prev_hash)),
    ];
    html! {
        div class="split" {
            div class="stack" {
                section class="card" aria-label="Facts" {
                    @if let Some(verdict) = line.verdict { p { (badge::verdict(verdict)) } }
                    (pairs(&facts))
                }
                section class="card" aria-labelledby="json-title" {
                    header { h2 id="json-title" { "The whole record" } }
                    (block(&json))
                }
            }
            aside class="card stack" aria-labelledby="proof" {
                h2 id="proof" { "Proof" }
                p class="small quiet" {
                    "The proof shows that this record is one of " (figure::full(view.size))
                    " under the signed checkpoint. Anyone can check it offline, without this gate."
                }
                (link(Call::Primary, &paths::deed(paths::AUDIT, &number, "proof"), "Download the proof"))
                (neighbours(line.record, view.size))
            }
        }
    }
}

fn neighbours(record: u64, size: u64) -> Markup {
    let path = |number: u64| paths::one(paths::AUDIT, &number.to_string());
    html! {
        div class="row" {
            @if record > 1 { (link(Call::Normal, &path(record - 1), "Older")) }
            @if record < size { (link(Call::Normal, &path(record + 1), "Newer")) }
        }
    }
}
