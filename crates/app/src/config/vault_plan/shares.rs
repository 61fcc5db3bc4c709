//! The shares of tokenised vaults (ERC-4626) in a plan.

use super::{Sheet, must_address, named, number, whole};
use portcullis_evm::{Address, U256, names::units};
use portcullis_policy::fault::Faults;
use serde_json::Value;

/// The most that shares may grow in a year: what doubles in less is not grown.
const MOST_GROWTH: u64 = 10_000;
const KEYS: &[&str] = &["growth_percent", "least_rate", "rate", "share", "since"];

/// Shares of a tokenised vault, as the file tells of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SharesPlan {
    /// The tokenised vault.
    pub(crate) share: Address,
    /// The rate to grow from, and since when, in seconds since 1970; nothing when neither is told.
    pub(crate) anchor: Option<(U256, u64)>,
    /// A year's growth, in ten-thousandths.
    pub(crate) growth: u64,
    /// The least rate.
    pub(crate) floor: U256,
}

pub(super) fn read(sheet: &Sheet<'_>, faults: &mut Faults) -> Vec<(String, SharesPlan)> {
    let mut all = Vec::new();
    let feeds = sheet.entries("feeds", &mut Faults::default());
    for (name, value, path) in sheet.entries("shares", faults) {
        named(name, &path, faults);
        if feeds.iter().any(|(feed, ..)| *feed == name) {
            faults.add(&path, "a feed has this name");
        }
        let one = Sheet::open(value, path, KEYS, faults).and_then(|one| share(&one, faults));
        all.extend(one.map(|one| (name.to_owned(), one)));
    }
    all
}

fn share(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<SharesPlan> {
    let share = must_address(sheet, "share", faults);
    let growth = per_cent(sheet, "growth_percent", faults);
    let floor = whole(sheet, "least_rate", faults);
    let anchor = match (sheet.value("rate"), sheet.value("since")) {
        (None, None) => Some(None),
        _ => {
            let rate = whole(sheet, "rate", faults);
            let since = number(sheet, "since", faults);
            rate.zip(since).map(Some)
        }
    };
    Some(SharesPlan {
        share: share?,
        anchor: anchor?,
        growth: growth?,
        floor: floor?,
    })
}

/// In hundredths.
fn per_cent(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<u64> {
    let found = match sheet.value(key) {
        Some(Value::Number(number)) => units(&number.to_string(), 2),
        _ => None,
    };
    let found = found.and_then(|part| u64::try_from(part).ok());
    if found.is_none_or(|part| part > MOST_GROWTH) {
        sheet.fault(key, "expected per cent a year, 100 at most", faults);
    }
    found
}
