//! The versions of a text: who made them, and two of them compared, chosen without scripts.

use crate::console::{
    parts::{
        button::{Call, submit},
        field::{Choice, Field, Kind},
        moment::moment,
        pager::{Pager, pager},
        table::{Column, Row, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// Who made a version, and when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seal {
    /// The record of the change.
    pub record: u64,
    /// Who made it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// One version in a history.
#[derive(Clone, Debug)]
pub struct Line<'v> {
    /// Its number.
    pub number: u32,
    /// What else is to be known of it; one cell for each column of the history's own.
    pub cells: Vec<Markup>,
    /// Who made it, and when.
    pub seal: &'v Seal,
}

/// A history: the versions of the text at `path`, with columns of its own.
#[must_use]
pub fn history(
    (path, now): (&str, Timestamp),
    own: &[Column],
    lines: Vec<Line<'_>>,
    pages: &Pager,
) -> Markup {
    let row = |line: Line<'_>| {
        let mut cells = vec![version(path, line.number)];
        cells.extend(line.cells);
        cells.push(words::line(&line.seal.by));
        cells.push(moment(line.seal.at, now));
        cells.push(record(line.seal));
        Row {
            key: String::new(),
            cells,
        }
    };
    let rows: Vec<Row> = lines.into_iter().map(row).collect();
    let mut columns = vec![column("Version")];
    columns.extend(own);
    columns.extend(["By", "When", "Record"].map(column));
    html! {
        section class="card flush" aria-labelledby="versions" {
            header { h2 id="versions" { "Versions" } }
            (table("Versions", &columns, &rows))
            (pager(pages))
        }
    }
}

/// The record of a change, as a link.
fn record(seal: &Seal) -> Markup {
    html! { a href=(paths::one(paths::AUDIT, &seal.record.to_string())) { "#" (seal.record) } }
}

/// One version as a link to its text, and to what changed with it.
fn version(path: &str, number: u32) -> Markup {
    let before = number.saturating_sub(1);
    let number = number.to_string();
    let alone = paths::with_query(path, &[("version", &number)]);
    let compared = [
        ("version", number.as_str()),
        ("against", &before.to_string()),
    ];
    html! {
        a href=(alone) { "Version " (number) }
        @if before > 0 {
            div class="small" { a href=(paths::with_query(path, &compared)) { "What changed" span class="hush" { " in version " (number) } } }
        }
    }
}

/// Which versions of a text are looked at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Pick {
    /// The one that is shown.
    pub version: u32,
    /// The one it is compared with; 0 is none.
    pub against: u32,
    /// Every version there is, newest first.
    pub all: Vec<u32>,
}

impl Pick {
    /// What is shown, in words.
    #[must_use]
    pub fn name(&self) -> String {
        if self.against == 0 {
            format!("Version {}", self.version)
        } else {
            format!("Version {} to {}", self.against, self.version)
        }
    }
}

/// The form that chooses; with a single version there is nothing to choose.
#[must_use]
pub fn pick(path: &str, pick: &Pick) -> Markup {
    if pick.all.len() < 2 {
        return html! {};
    }
    let choice = |version: u32, name: String| Choice {
        value: version.to_string(),
        name,
    };
    let versions: Vec<Choice> = pick
        .all
        .iter()
        .map(|version| choice(*version, format!("Version {version}")))
        .collect();
    let mut others = vec![choice(0, "Nothing".to_owned())];
    others.extend(versions.clone());
    let shown = Field::new("pick", "version", "Show")
        .kind(Kind::Choice(versions))
        .value(&pick.version.to_string());
    let against = Field::new("pick", "against", "Compared with")
        .kind(Kind::Choice(others))
        .value(&pick.against.to_string());
    html! {
        form class="filters inset" method="get" action=(path) {
            (shown.draw())
            (against.draw())
            div class="row" { (submit(Call::Normal, "Show")) }
        }
    }
}
