//! Changes of somebody's own rights, which wait for a second architect.

use super::{Deed, Entry, groups::sides, linked};
use crate::console::{
    page::Section,
    parts::{
        button::Call,
        empty::empty,
        moment::moment,
        table::{Row, table, words as column},
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Groups;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Elevations {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// What waits.
    pub lines: Vec<Elevation>,
    /// Whether the reader may refuse, and agree to what is not their own.
    pub may_change: bool,
}

/// A change that waits.
#[derive(Clone, Debug)]
pub struct Elevation {
    /// Its id.
    pub id: String,
    /// Who would gain by it, and asked for it.
    pub person: Entry,
    /// The group they want to be in.
    pub group: Entry,
    /// When they asked.
    pub asked_at: Timestamp,
    /// When it is forgotten.
    pub ends_at: Timestamp,
    /// Whether the reader asked for it.
    pub is_own: bool,
}

/// The page's body.
#[must_use]
pub fn elevations(view: &Elevations) -> Markup {
    let columns = [
        column("Who"),
        column("Wants to join"),
        column("Asked"),
        column("Ends"),
        column("Answer"),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|line| row(view, line)).collect();
    let waiting = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    html! {
        (sides(waiting, true))
        div class="card flush" {
            @if rows.is_empty() {
                (empty("Nothing waits", "Whoever adds themselves to a group waits here for a second architect, for a day.", &html! {}))
            } @else { (table("Changes that wait", &columns, &rows)) }
        }
    }
}

fn row(view: &Elevations, line: &Elevation) -> Row {
    Row {
        key: line.id.clone(),
        cells: vec![
            linked(paths::PEOPLE, &line.person),
            linked(paths::GROUPS, &line.group),
            moment(line.asked_at, view.now),
            moment(line.ends_at, view.now),
            answer(view, line),
        ],
    }
}

fn answer(view: &Elevations, line: &Elevation) -> Markup {
    let deed = |deed, call, words, confirm| Deed {
        path: paths::deed(paths::ELEVATIONS, &line.id, deed),
        csrf: &view.csrf,
        call,
        words,
        whom: &line.person.name,
        confirm,
    };
    html! {
        @if !view.may_change { span class="quiet" { "An architect answers." } }
        @else if line.is_own {
            div class="stack tight" {
                span class="quiet small" { "Another architect must agree." }
                (deed("refuse", Call::Normal, "Take it back", "").draw())
            }
        } @else {
            div class="row" {
                (deed("confirm", Call::Normal, "Agree", "They are in the group at once.").draw())
                (deed("refuse", Call::Plain, "Refuse", "").draw())
            }
        }
    }
}
