//! Moments: how long ago, with the exact time in UTC beside it.

use crate::console::figure;
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};

/// A moment seen from `now`: `3 min ago`. The script says it again as it grows old.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp) -> Markup {
    html! {
        time class="nowrap" datetime=(at) title=(exact(at)) data-ago { (figure::ago(at, now)) }
    }
}

/// A moment in full: `2026-11-27 07:49:12 UTC`.
#[must_use]
pub fn clock(at: Timestamp) -> Markup {
    html! { time class="nowrap" datetime=(at) { (exact(at)) } }
}

/// The last moment something happened; a dash when it never did.
#[must_use]
pub fn last(at: Option<Timestamp>, now: Timestamp) -> Markup {
    at.map_or_else(
        || html! { span class="quiet" { "never" } },
        |at| moment(at, now),
    )
}

fn exact(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC).datetime();
    let (day, time) = (at.date(), at.time());
    format!(
        "{day} {:02}:{:02}:{:02} UTC",
        time.hour(),
        time.minute(),
        time.second()
    )
}
