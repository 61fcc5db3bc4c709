//! Budget days and months.

use crate::facts::Span;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::cell::OnceCell;

/// The tenant's local date at one moment, worked out when first asked for.
#[derive(Debug)]
pub(super) struct Calendar<'z> {
    now: Timestamp,
    zone: &'z TimeZone,
    date: OnceCell<Date>,
}

impl<'z> Calendar<'z> {
    pub(super) const fn new(now: Timestamp, zone: &'z TimeZone) -> Self {
        Self {
            now,
            zone,
            date: OnceCell::new(),
        }
    }

    /// The local day.
    pub(super) fn day(&self) -> Span {
        let date = self.date();
        Span::Day(number(date) * 100 + u32::from(date.day().unsigned_abs()))
    }

    /// The local month.
    pub(super) fn month(&self) -> Span {
        Span::Month(number(self.date()))
    }

    fn date(&self) -> Date {
        *self
            .date
            .get_or_init(|| self.zone.to_datetime(self.now).date())
    }
}

/// Year and month as `yyyymm`.
fn number(date: Date) -> u32 {
    u32::from(date.year().unsigned_abs()) * 100 + u32::from(date.month().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Span};
    use crate::tenant::read;

    fn spans(now: &str, zone: &str) -> (Span, Span) {
        let zone = read::zone(zone).unwrap();
        let calendar = Calendar::new(now.parse().unwrap(), &zone);
        (calendar.day(), calendar.month())
    }

    #[test]
    fn days_and_months_begin_at_local_midnight() {
        for (now, zone, day, month) in [
            ("2026-01-31T23:59:59Z", "UTC", 20_260_131, 202_601),
            ("2026-02-01T00:00:00Z", "UTC", 20_260_201, 202_602),
            (
                "2026-02-01T00:00:00Z",
                "America/New_York",
                20_260_131,
                202_601,
            ),
            (
                "2026-02-01T04:59:59Z",
                "America/New_York",
                20_260_131,
                202_601,
            ),
            (
                "2026-02-01T05:00:00Z",
                "America/New_York",
                20_260_201,
                202_602,
            ),
            ("2026-01-31T15:00:00Z", "Asia/Tokyo", 20_260_201, 202_602),
        ] {
            assert_eq!(
                spans(now, zone),
                (Span::Day(day), Span::Month(month)),
                "{now} {zone}"
            );
        }
    }

    #[test]
    fn days_are_23_or_25_hours_long_when_clocks_change() {
        let day = |now| spans(now, "Europe/Berlin").0;
        // 29 March 2026: midnight is at +01:00, the next one at +02:00.
        assert_eq!(day("2026-03-28T22:59:59Z"), Span::Day(20_260_328));
        assert_eq!(day("2026-03-28T23:00:00Z"), Span::Day(20_260_329));
        assert_eq!(day("2026-03-29T21:59:59Z"), Span::Day(20_260_329));
        assert_eq!(day("2026-03-29T22:00:00Z"), Span::Day(20_260_330));
        // 25 October 2026: midnight is at +02:00, the next one at +01:00.
        assert_eq!(day("2026-10-24T22:00:00Z"), Span::Day(20_261_025));
        assert_eq!(day("2026-10-25T22:59:59Z"), Span::Day(20_261_025));
        assert_eq!(day("2026-10-25T23:00:00Z"), Span::Day(20_261_026));
    }
}
