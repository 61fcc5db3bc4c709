//! Verdicts over time: one column for each span, stacked by verdict.

use super::frame::{Frame, guides, is_labelled, length, slot};
use crate::console::{
    figure,
    parts::table::{Row, number, words},
};
use maud::{Markup, html};

/// The verdicts of one span of time.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Span {
    /// Its name on the axis, short: `14:00`, `Mon`.
    pub name: String,
    /// How many were CLEARED.
    pub cleared: u64,
    /// How many were HELD.
    pub held: u64,
    /// How many were BLOCKED.
    pub blocked: u64,
}

impl Span {
    const fn total(&self) -> u64 {
        self.cleared
            .saturating_add(self.held)
            .saturating_add(self.blocked)
    }
}

const LEFT: u64 = 40;
const TOP: u64 = 12;
const BOTTOM: u64 = 150;

/// Draws the spans, oldest first. `id` is of its own on the page.
#[must_use]
pub fn over_time(id: &str, name: &str, spans: &[Span]) -> Markup {
    let most = spans.iter().map(Span::total).max().unwrap_or_default();
    let sum = |count: fn(&Span) -> u64| {
        figure::full(spans.iter().map(count).fold(0, u64::saturating_add))
    };
    let summary = format!(
        "{} cleared, {} held, {} blocked",
        sum(|span| span.cleared),
        sum(|span| span.held),
        sum(|span| span.blocked)
    );
    let frame = Frame {
        id,
        name,
        summary,
        height: 172,
    };
    let drawing = html! {
        (patterns(id))
        (guides(most, LEFT, TOP, BOTTOM))
        @for (place, span) in spans.iter().enumerate() {
            (column(id, span, most, slot(place, spans.len(), LEFT)))
            @if is_labelled(place, spans.len()) { (axis_name(place, spans)) }
        }
    };
    let columns = [
        words("Time"),
        number("Cleared"),
        number("Held"),
        number("Blocked"),
    ];
    let rows: Vec<Row> = spans.iter().map(row).collect();
    frame.draw(&drawing, &legend(id), &columns, &rows)
}

fn axis_name(place: usize, spans: &[Span]) -> Markup {
    let (from, wide) = slot(place, spans.len(), LEFT);
    let name = spans.get(place).map_or("", |span| span.name.as_str());
    html! { text x=(from + wide / 2) y=(BOTTOM + 17) text-anchor="middle" { (name) } }
}

fn column(id: &str, span: &Span, most: u64, (from, wide): (u64, u64)) -> Markup {
    let parts = [
        ("fill-cleared", None, span.cleared),
        ("fill-held", Some("dots"), span.held),
        ("fill-blocked", Some("lines"), span.blocked),
    ];
    let mut floor = BOTTOM;
    let mut drawn = Vec::with_capacity(3);
    for (class, pattern, count) in parts {
        let high = length(count, most, BOTTOM - TOP).min(floor);
        floor -= high;
        if high > 0 {
            drawn.push((class, pattern, floor, high));
        }
    }
    html! {
        g {
            title { (span.name) ": " (figure::full(span.cleared)) " cleared, " (figure::full(span.held)) " held, " (figure::full(span.blocked)) " blocked" }
            @for (class, pattern, y, high) in drawn {
                rect class=(class) x=(from) y=(y) width=(wide) height=(high) {}
                @if let Some(pattern) = pattern {
                    rect x=(from) y=(y) width=(wide) height=(high) fill={ "url(#" (id) "-" (pattern) ")" } {}
                }
            }
        }
    }
}

fn patterns(id: &str) -> Markup {
    html! {
        defs {
            pattern id={ (id) "-dots" } width="5" height="5" patternUnits="userSpaceOnUse" {
                circle class="dot" cx="2.5" cy="2.5" r="0.9" {}
            }
            pattern id={ (id) "-lines" } width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                line class="hatch" x1="0" x2="0" y1="0" y2="5" {}
            }
        }
    }
}

fn legend(id: &str) -> Markup {
    let kinds = [
        ("fill-cleared", None, "Cleared"),
        ("fill-held", Some("dots"), "Held"),
        ("fill-blocked", Some("lines"), "Blocked"),
    ];
    html! {
        ul class="legend" {
            @for (class, pattern, name) in kinds {
                li {
                    svg viewBox="0 0 14 14" aria-hidden="true" {
                        rect class=(class) width="14" height="14" rx="3" {}
                        @if let Some(pattern) = pattern { rect width="14" height="14" rx="3" fill={ "url(#" (id) "-" (pattern) ")" } {} }
                    }
                    (name)
                }
            }
        }
    }
}

fn row(span: &Span) -> Row {
    let count = |count| html! { (figure::full(count)) };
    Row {
        key: String::new(),
        cells: vec![
            html! { (span.name) },
            count(span.cleared),
            count(span.held),
            count(span.blocked),
        ],
    }
}
