//! Moments as text: RFC 3339, UTC, always three decimals.

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};

static PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// The moment as text, e.g. `2026-04-10T14:32:01.000Z`.
#[must_use]
pub fn text(at: Timestamp) -> String {
    let mut text = String::with_capacity(24);
    // Printing to a `String` cannot fail; an empty text would be refused by every reader.
    if PRINTER.print_timestamp(&at, &mut text).is_err() {
        text.clear();
    }
    text
}

/// The moment cut to whole milliseconds.
#[must_use]
pub fn milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// So many seconds later; the far end of time when that does not fit.
#[must_use]
pub fn later(at: Timestamp, seconds: u32) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_secs(i64::from(seconds)))
        .unwrap_or(Timestamp::MAX)
}
