//! Tables that become cards where the room is small. Roles are said out loud, as a table whose
//! rows are laid out otherwise is no table to some programs that read pages aloud.

use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;

/// One column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Column {
    /// Its head, which is also the label of a cell in a card.
    pub label: &'static str,
    /// Whether it holds numbers, which stand at the end of a cell.
    pub is_number: bool,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// What makes it the same row after a refresh, and a stop for the keys `j` and `k`; empty is
    /// neither.
    pub key: String,
    /// One cell for each column; the first one names the row.
    pub cells: Vec<Markup>,
}

/// A column of words.
#[must_use]
pub const fn words(label: &'static str) -> Column {
    Column {
        label,
        is_number: false,
    }
}

/// A column of numbers.
#[must_use]
pub const fn number(label: &'static str) -> Column {
    Column {
        label,
        is_number: true,
    }
}

/// A table. Its caption is heard, not seen: a heading stands above it.
#[must_use]
pub fn table(caption: &str, columns: &[Column], rows: &[Row]) -> Markup {
    html! {
        table class="table" role="table" {
            caption class="hush" { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for column in columns { th scope="col" role="columnheader" class=[class(*column)] { (column.label) } }
                }
            }
            tbody role="rowgroup" { @for row in rows { (tr(columns, row)) } }
        }
    }
}

/// A small table of figures, below a plot. It has few short columns, so it stays one everywhere.
#[must_use]
pub fn figures(caption: &str, columns: &[Column], rows: &[Row]) -> Markup {
    html! {
        table class="figures" {
            caption class="hush" { (caption) }
            thead { tr { @for column in columns { th scope="col" class=[class(*column)] { (column.label) } } } }
            tbody {
                @for row in rows {
                    tr {
                        @for (place, (column, cell)) in columns.iter().zip(&row.cells).enumerate() {
                            @if place == 0 { th scope="row" { (cell) } } @else { td class=[class(*column)] { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

fn tr(columns: &[Column], row: &Row) -> Markup {
    html! {
        tr role="row" data-key=[(!row.key.is_empty()).then(|| visible_line(&row.key))] {
            @for (place, (column, cell)) in columns.iter().zip(&row.cells).enumerate() {
                @if place == 0 {
                    th scope="row" role="rowheader" data-label=(column.label) { div { (cell) } }
                } @else {
                    td role="cell" class=[class(*column)] data-label=(column.label) { div { (cell) } }
                }
            }
        }
    }
}

fn class(column: Column) -> Option<&'static str> {
    column.is_number.then_some("number")
}
