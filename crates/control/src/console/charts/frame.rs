//! What all plots share: the canvas, the name, the table, and lengths.

use crate::console::{
    figure,
    parts::table::{Column, Row, figures},
};
use maud::{Markup, html};

/// What a plot says about itself.
pub(super) struct Frame<'v> {
    /// Its id, of its own on the page.
    pub(super) id: &'v str,
    /// Its name.
    pub(super) name: &'v str,
    /// What is to be seen, in a sentence.
    pub(super) summary: String,
    /// The height of the canvas; it is 400 wide.
    pub(super) height: u64,
}

/// The width of every canvas.
pub(super) const WIDTH: u64 = 400;

impl Frame<'_> {
    /// The plot with its name, a legend and its numbers.
    pub(super) fn draw(
        &self,
        drawing: &Markup,
        legend: &Markup,
        columns: &[Column],
        rows: &[Row],
    ) -> Markup {
        let id = self.id;
        html! {
            figure class="chart" {
                svg viewBox={ "0 0 " (WIDTH) " " (self.height) } role="img"
                    aria-labelledby={ (id) "-title " (id) "-desc" } {
                    title id={ (id) "-title" } { (self.name) }
                    desc id={ (id) "-desc" } { (self.summary) }
                    (drawing)
                }
                (legend)
                details id={ (id) "-data" } {
                    summary { "Show the numbers" span class="hush" { ": " (self.name) } }
                    (figures(self.name, columns, rows))
                }
            }
        }
    }
}

/// How long a count is drawn, when `most` is `room` long. What is not zero can be seen.
pub(super) fn length(count: u64, most: u64, room: u64) -> u64 {
    if count == 0 || most == 0 {
        return 0;
    }
    let exact = u128::from(count.min(most)) * u128::from(room) / u128::from(most);
    u64::try_from(exact).unwrap_or(room).max(1)
}

/// Lines at the half and the top of an axis that ends at `most`, with their numbers.
pub(super) fn guides(most: u64, left: u64, top: u64, bottom: u64) -> Markup {
    let room = bottom.saturating_sub(top);
    let half = (most > 1).then(|| (most / 2, bottom - length(most / 2, most, room)));
    html! {
        @for (number, y) in [Some((most, top)), half].into_iter().flatten() {
            line class="guide" x1=(left) x2=(WIDTH) y1=(y) y2=(y) {}
            text x=(left.saturating_sub(6)) y=(y + 4) text-anchor="end" { (figure::short(number)) }
        }
        line class="axis" x1=(left) x2=(WIDTH) y1=(bottom) y2=(bottom) {}
    }
}

/// Where the column of a place begins, and how wide it is, among `count` columns from `left` on.
pub(super) fn slot(place: usize, count: usize, left: u64) -> (u64, u64) {
    let place = u64::try_from(place).unwrap_or_default();
    let count = u64::try_from(count).unwrap_or(1).max(1);
    let room = WIDTH.saturating_sub(left);
    let from = left + room * place / count;
    let to = left + room * (place + 1) / count;
    let whole = to.saturating_sub(from);
    let gap = if whole > 4 { whole.div_ceil(5) } else { 0 };
    let wide = whole.saturating_sub(gap).clamp(1, 48);
    (from + whole.saturating_sub(wide) / 2, wide)
}

/// Whether the column of a place is labelled: about six labels fit.
pub(super) fn is_labelled(place: usize, count: usize) -> bool {
    place.is_multiple_of(count.div_ceil(6).max(1))
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, length, slot};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lengths_stay_in_their_room(count: u64, most: u64, room in 1..1_000_u64) {
            let long = length(count, most, room);
            prop_assert!(long <= room);
            prop_assert_eq!(long == 0, count == 0 || most == 0);
        }

        #[test]
        fn slots_stay_on_the_canvas(count in 1..400_usize, part in 0.0..1.0_f64) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small numbers")]
            let place = (part * count as f64) as usize;
            let (from, wide) = slot(place, count, 40);
            prop_assert!(from >= 40 && wide >= 1 && from + wide <= WIDTH + 1);
        }
    }
}
