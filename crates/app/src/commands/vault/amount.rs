//! Amounts, parts of a hundred and moments on the command line.

use crate::output::table::Table;
use portcullis_evm::{
    U256,
    names::{decimal, units},
};

/// Per cent as parts of 10,000.
pub(super) fn hundredths(text: &str) -> Result<u16, String> {
    percent(text, 2)
}

/// Per cent as parts of 100,000.
pub(super) fn thousandths(text: &str) -> Result<u16, String> {
    percent(text, 3)
}

fn percent(text: &str, places: u8) -> Result<u16, String> {
    let parts = units(text, places).and_then(|parts| u16::try_from(parts).ok());
    parts.ok_or_else(|| format!("expected per cent with at most {places} decimals"))
}

/// A decimal number of shares, with 18 decimals.
pub(super) fn shares(text: &str) -> Result<U256, String> {
    units(text, 18).ok_or_else(|| "expected a decimal number of shares".to_owned())
}

/// USD with 18 decimals, to the cent.
pub(super) fn usd(amount: U256) -> String {
    decimal(amount / U256::from(10_000_000_000_000_000_u64), 2)
}

/// A time on the chain, in seconds since 1970.
pub(super) fn moment(seconds: u64) -> String {
    let seconds_ = i64::try_from(seconds).ok();
    let moment = seconds_.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    moment.map_or_else(|| seconds.to_string(), |moment| moment.to_string())
}

/// What holds now, and what is announced with the time from which it may be in force.
pub(super) fn now_and_next(now: &str, next: Option<(String, u64)>) -> Table {
    let next = next.map(|(words, ready)| format!("{words}, from {} on for 14 days", moment(ready)));
    let next = next.unwrap_or_else(|| "nothing".to_owned());
    Table::facts([("now", now), ("announced", &next)]).uncut()
}
