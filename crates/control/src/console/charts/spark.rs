//! A line in the size of a word.

use super::frame::length;
use crate::console::figure;
use maud::{Markup, html};
use std::fmt::Write;

const WIDE: usize = 100;
const HIGH: u64 = 24;

/// Draws counts as a line, oldest first. `name` says what they are.
#[must_use]
pub fn line(name: &str, counts: &[u64]) -> Markup {
    let most = counts.iter().copied().max().unwrap_or_default();
    let latest = counts.last().copied().unwrap_or_default();
    let steps = counts.len().saturating_sub(1).max(1);
    let mut points = String::new();
    for (place, count) in counts.iter().enumerate() {
        let y = HIGH + 2 - length(*count, most, HIGH);
        let _ = write!(points, "{},{y} ", place * WIDE / steps);
    }
    if counts.len() == 1 {
        // One point is no line: it goes on to the end.
        let y = HIGH + 2 - length(latest, most, HIGH);
        let _ = write!(points, "{WIDE},{y}");
    }
    html! {
        svg class="sparkline" viewBox="0 0 100 28" preserveAspectRatio="none" role="img"
            aria-label={ (name) ": latest " (figure::full(latest)) ", at most " (figure::full(most)) } {
            @if !counts.is_empty() { polyline class="spark" points=(points.trim_end()) vector-effect="non-scaling-stroke" {} }
        }
    }
}
