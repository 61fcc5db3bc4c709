//! Columns that stand: a histogram, such as of how long holds waited.

use super::frame::{Frame, guides, is_labelled, length, slot};
use crate::console::{
    figure,
    parts::table::{Row, number, words},
};
use maud::{Markup, html};

/// One class of a histogram.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Class {
    /// Its name on the axis, short: `< 1 min`.
    pub name: String,
    /// How many are in it.
    pub count: u64,
}

const LEFT: u64 = 40;
const TOP: u64 = 12;
const BOTTOM: u64 = 150;

/// Draws a histogram. `counted` is what is counted: `Holds`.
#[must_use]
pub fn standing(id: &str, name: &str, counted: &'static str, classes: &[Class]) -> Markup {
    let most = classes
        .iter()
        .map(|class| class.count)
        .max()
        .unwrap_or_default();
    let summary = classes
        .iter()
        .map(|class| format!("{}: {}", class.name, figure::full(class.count)))
        .collect::<Vec<_>>()
        .join(", ");
    let frame = Frame {
        id,
        name,
        summary,
        height: 172,
    };
    let drawing = html! {
        (guides(most, LEFT, TOP, BOTTOM))
        @for (place, class) in classes.iter().enumerate() { (drawn(class, most, place, classes.len())) }
    };
    let rows: Vec<Row> = classes.iter().map(row).collect();
    frame.draw(
        &drawing,
        &html! {},
        &[words("Class"), number(counted)],
        &rows,
    )
}

fn drawn(class: &Class, most: u64, place: usize, count: usize) -> Markup {
    let (from, wide) = slot(place, count, LEFT);
    let high = length(class.count, most, BOTTOM - TOP);
    html! {
        g {
            title { (class.name) ": " (figure::full(class.count)) }
            @if high > 0 { rect class="fill-accent" x=(from) y=(BOTTOM - high) width=(wide) height=(high) rx=(2.min(high)) {} }
            @if is_labelled(place, count) { text x=(from + wide / 2) y=(BOTTOM + 17) text-anchor="middle" { (class.name) } }
        }
    }
}

fn row(class: &Class) -> Row {
    Row {
        key: String::new(),
        cells: vec![
            html! { (class.name) },
            html! { (figure::full(class.count)) },
        ],
    }
}
