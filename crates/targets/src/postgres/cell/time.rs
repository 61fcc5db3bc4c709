//! Days, times and spans. PostgreSQL counts from the first of January 2000.

use super::take;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// 2000-01-01T00:00:00Z, in seconds since 1970.
const EPOCH_SECONDS: i64 = 946_684_800;
const MICROS: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;

pub(super) fn date(bytes: &[u8]) -> Option<String> {
    let days = i32::from_be_bytes(bytes.try_into().ok()?);
    match days {
        i32::MAX => Some("infinity".to_owned()),
        i32::MIN => Some("-infinity".to_owned()),
        days => {
            let seconds = i64::from(days).checked_mul(DAY_SECONDS)?;
            let start = Timestamp::from_second(seconds.checked_add(EPOCH_SECONDS)?).ok()?;
            Some(clock(start).date().to_string())
        }
    }
}

pub(super) fn time(bytes: &[u8]) -> Option<String> {
    let micros = i64::from_be_bytes(bytes.try_into().ok()?);
    if micros == DAY_SECONDS.checked_mul(MICROS)? {
        return Some("24:00:00".to_owned());
    }
    let moment = Timestamp::from_microsecond(micros).ok()?;
    Some(clock(moment).time().to_string())
}

/// Without a zone: what a clock on the wall shows.
pub(super) fn timestamp(bytes: &[u8]) -> Option<String> {
    either(bytes, |moment| clock(moment).to_string())
}

/// A moment, in UTC.
pub(super) fn moment(bytes: &[u8]) -> Option<String> {
    either(bytes, |moment| moment.to_string())
}

/// A span as ISO 8601 writes it; its months, days and seconds are counted apart.
pub(super) fn interval(bytes: &[u8]) -> Option<String> {
    let mut bytes = bytes;
    let micros = i64::from_be_bytes(take(&mut bytes)?);
    let days = i32::from_be_bytes(take(&mut bytes)?);
    let months = i32::from_be_bytes(take(&mut bytes)?);
    let sign = if micros < 0 { "-" } else { "" };
    let (seconds, rest) = (
        micros.unsigned_abs() / MICROS.unsigned_abs(),
        micros.unsigned_abs() % MICROS.unsigned_abs(),
    );
    Some(format!("P{months}M{days}DT{sign}{seconds}.{rest:06}S"))
}

fn either(bytes: &[u8], write: impl FnOnce(Timestamp) -> String) -> Option<String> {
    let micros = i64::from_be_bytes(bytes.try_into().ok()?);
    match micros {
        i64::MAX => Some("infinity".to_owned()),
        i64::MIN => Some("-infinity".to_owned()),
        micros => {
            let since = micros.checked_add(EPOCH_SECONDS.checked_mul(MICROS)?)?;
            Timestamp::from_microsecond(since).ok().map(write)
        }
    }
}

fn clock(moment: Timestamp) -> DateTime {
    moment.to_zoned(TimeZone::UTC).datetime()
}
