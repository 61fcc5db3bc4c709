//! What the gate carried out, carries out or tried; and one of these, with what was foreseen of it
//! beside what came of it.

mod one;

pub use one::{OneExecution, Outcome, Resolve, crumbs, execution};

use crate::console::{
    figure,
    page::Section,
    parts::{
        actor::Actor,
        badge::{self, Tone},
        empty::empty,
        field::{Field, choices},
        filter::filters,
        icon::Icon,
        moment::moment,
        notice::notice,
        pager::{Pager, pager},
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::execution::Stage;

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Executions;

/// What the list needs.
#[derive(Clone, Debug)]
pub struct Executions {
    /// The moment the page is made.
    pub now: Timestamp,
    /// A stage by its name; empty is all.
    pub state: String,
    /// An agent's id or name; empty is all.
    pub agent: String,
    /// How many wait for somebody to find out what became of them, of all.
    pub unknown: u64,
    /// The executions of this page.
    pub lines: Vec<Line>,
    /// Before and after.
    pub pager: Pager,
}

/// One execution.
#[derive(Clone, Debug)]
pub struct Line {
    /// The record of the action's verdict.
    pub record: u64,
    /// How far it is.
    pub stage: Stage,
    /// Whose action.
    pub agent: Actor,
    /// Its type.
    pub action: String,
    /// On what.
    pub target: String,
    /// What was tried and what came of it; empty while it runs.
    pub summary: String,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it counts as unknown if nothing was heard.
    pub due_at: Timestamp,
}

impl Line {
    /// Whether a person has to find out what became of it.
    #[must_use]
    pub fn is_unknown(&self, now: Timestamp) -> bool {
        self.stage == Stage::Unknown || self.stage == Stage::Started && now >= self.due_at
    }

    fn state(&self, now: Timestamp) -> Markup {
        match self.stage {
            _ if self.is_unknown(now) => badge::drawn(Tone::Bad, Icon::Warning, "Unknown"),
            Stage::Started | Stage::Unknown => badge::drawn(Tone::Accent, Icon::Play, "Runs"),
            Stage::Done => badge::drawn(Tone::Good, Icon::Check, "Done"),
            Stage::Failed => badge::drawn(Tone::Warning, Icon::Cross, "Not done"),
        }
    }
}

/// The body of the list.
#[must_use]
pub fn executions(view: &Executions) -> Markup {
    let columns = [
        column("Action"),
        column("Outcome"),
        column("What came of it"),
        column("Agent"),
        column("Begun"),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|line| row(line, view.now)).collect();
    html! {
        div class="stack" {
            @if view.unknown > 0 { (alarm(view.unknown)) }
            div class="card flush" {
                (filters(paths::EXECUTIONS, &[], &fields(view)))
                @if rows.is_empty() { (empty("Nothing was carried out", "What the gate does itself, for agents, is listed here as soon as it is begun.", &html! {})) }
                @else { (table("Executions", &columns, &rows)) }
                (pager(&view.pager))
            }
        }
    }
}

fn alarm(unknown: u64) -> Markup {
    let path = paths::with_query(paths::EXECUTIONS, &[("state", Stage::Unknown.as_str())]);
    notice(
        Tone::Bad,
        &html! {
            strong { "Nobody can tell what became of " (figure::count(unknown, "action")) "." }
            " Somebody has to look, and to say so; until then what was reserved for it stays reserved. "
            a href=(path) { "Show these alone" } "."
        },
    )
}

fn fields(view: &Executions) -> [Field; 2] {
    let states = choices(&[
        ("", "All"),
        ("unknown", "Unknown"),
        ("started", "Runs"),
        ("done", "Done"),
        ("failed", "Not done"),
    ]);
    [
        Field::new("filter", "state", "Outcome")
            .kind(states)
            .value(&view.state),
        Field::new("filter", "agent", "Agent").value(&view.agent),
    ]
}

fn row(line: &Line, now: Timestamp) -> Row {
    let record = line.record.to_string();
    Row {
        cells: vec![
            html! {
                a class="lead" href=(paths::one(paths::EXECUTIONS, &record)) { (words::line(&line.action)) }
                div { (words::line(&line.target)) }
            },
            line.state(now),
            words::line(&line.summary),
            line.agent.draw(),
            moment(line.started_at, now),
        ],
        key: record,
    }
}
