//! Bars that lie: counts by tier, or how often each policy fires.

use super::frame::{Frame, WIDTH, length};
use crate::console::{
    figure,
    parts::table::{Row, number, words},
};
use maud::{Markup, html};
use portcullis_firewall::visible::visible_line;

/// One bar.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Bar {
    /// Whose it is.
    pub name: String,
    /// How long it is.
    pub count: u64,
    /// What the whole track stands for; 0 is the longest bar. With it the share is told, not the
    /// count.
    pub whole: u64,
}

const HIGH: u64 = 34;
/// The most letters of a name that fit.
const NAME_MOST_LETTERS: usize = 40;

/// Draws bars, in the order they come. `counted` is what is counted: `Actions`, `Fired`.
#[must_use]
pub fn lying(id: &str, name: &str, counted: &'static str, bars: &[Bar]) -> Markup {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or_default();
    let summary = bars
        .iter()
        .map(|bar| format!("{}: {}", bar.name, value(bar)))
        .collect::<Vec<_>>()
        .join(", ");
    let frame = Frame {
        id,
        name,
        summary: visible_line(&summary).into_owned(),
        height: HIGH * u64::try_from(bars.len()).unwrap_or(1).max(1),
    };
    let drawing = html! {
        @for (bar, top) in bars.iter().zip((0..).step_by(34)) { (drawn(bar, most, top)) }
    };
    let rows: Vec<Row> = bars.iter().map(row).collect();
    let columns = [words("Name"), number(counted), number("Share")];
    frame.draw(&drawing, &html! {}, &columns, &rows)
}

fn drawn(bar: &Bar, most: u64, top: u64) -> Markup {
    let whole = if bar.whole == 0 { most } else { bar.whole };
    let long = length(bar.count, whole, WIDTH);
    html! {
        g {
            title { (visible_line(&bar.name)) ": " (figure::full(bar.count)) }
            text x="0" y=(top + 14) { (short_name(&bar.name)) }
            text class="strong" x=(WIDTH) y=(top + 14) text-anchor="end" { (value(bar)) }
            rect class="track" x="0" y=(top + 20) width=(WIDTH) height="8" rx="4" {}
            @if long > 0 { rect class="fill-accent" x="0" y=(top + 20) width=(long) height="8" rx=(4.min(long)) {} }
        }
    }
}

fn value(bar: &Bar) -> String {
    if bar.whole == 0 {
        figure::short(bar.count)
    } else {
        figure::share(bar.count, bar.whole)
    }
}

fn short_name(name: &str) -> String {
    let shown = visible_line(name);
    if shown.chars().count() <= NAME_MOST_LETTERS {
        return shown.into_owned();
    }
    let kept: String = shown.chars().take(NAME_MOST_LETTERS - 1).collect();
    format!("{kept}…")
}

fn row(bar: &Bar) -> Row {
    let share = if bar.whole == 0 {
        String::new()
    } else {
        figure::share(bar.count, bar.whole)
    };
    Row {
        key: String::new(),
        cells: vec![
            html! { (visible_line(&bar.name)) },
            html! { (figure::full(bar.count)) },
            html! { (share) },
        ],
    }
}
