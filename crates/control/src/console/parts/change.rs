//! What changes from one tenant policy to another, place by place.

use crate::console::parts::{
    badge::{self, Tone},
    table::{Row, table, words as column},
    words,
};
use maud::{Markup, html};

/// The most changes that are listed.
const MOST: usize = 200;

/// One difference.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Change {
    /// Where: `actions[workloads.submit].caps.max_gpus_per_job`.
    pub path: String,
    /// What was written before; nothing when it is new.
    pub before: Option<String>,
    /// What is written now; nothing when it is gone.
    pub after: Option<String>,
    /// Whether more is possible than before.
    pub loosens: bool,
}

/// A table of changes; `name` says what they are.
#[must_use]
pub fn changes(name: &str, changes: &[Change]) -> Markup {
    if changes.is_empty() {
        return html! { p class="quiet" { "Nothing changes." } };
    }
    let side = |side: &Option<String>| {
        html! { @if let Some(text) = side { (words::line(text)) } @else { span class="quiet" { "–" } } }
    };
    let row = |change: &Change| Row {
        key: String::new(),
        cells: vec![
            words::code(&change.path),
            side(&change.before),
            side(&change.after),
            html! { @if change.loosens { (badge::label(Tone::Warning, "Loosens")) } },
        ],
    };
    let rows: Vec<Row> = changes.iter().take(MOST).map(row).collect();
    let columns = [
        column("Where"),
        column("Before"),
        column("Now"),
        column("Effect"),
    ];
    let rest = changes.len().saturating_sub(MOST);
    html! {
        (table(name, &columns, &rows))
        @if rest > 0 { p { "… and " (rest) " more." } }
    }
}
