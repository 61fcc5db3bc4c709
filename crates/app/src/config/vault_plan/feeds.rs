//! The feeds of a plan.

use super::{Sheet, address, must_address, named, number, whole};
use portcullis_evm::{
    U256,
    deployment::{Aggregator, Feed, Mean},
    names::units,
};
use portcullis_policy::fault::Faults;
use serde_json::Value;

/// The keys of both kinds.
const KEYS: &[&str] = &[
    "aggregator",
    "least_liquidity",
    "least_usd",
    "max_age_seconds",
    "most_usd",
    "other",
    "pool",
    "sequencer",
    "sequencer_grace_seconds",
    "token",
    "window_seconds",
];

/// Every feed, each behind the ones that it leans on.
pub(super) fn read(sheet: &Sheet<'_>, faults: &mut Faults) -> Vec<(String, Feed)> {
    let mut feeds = Vec::new();
    let mut means: Vec<(String, Mean, String)> = Vec::new();
    for (name, value, path) in sheet.entries("feeds", faults) {
        named(name, &path, faults);
        match feed(value, path.clone(), faults) {
            Some(Feed::Mean(mean)) => means.push((name.to_owned(), mean, path)),
            Some(feed) => feeds.push((name.to_owned(), feed)),
            None => {}
        }
    }
    // Each mean comes behind the feed that it leans on.
    loop {
        let known = |name: &String| feeds.iter().any(|(one, _)| one == name);
        let Some(at) = means.iter().position(|(_, mean, _)| known(&mean.other)) else {
            break;
        };
        let (name, mean, _) = means.remove(at);
        feeds.push((name, Feed::Mean(mean)));
    }
    for (_, _, path) in means {
        faults.add(format!("{path}.other"), "leans on no feed of this file");
    }
    feeds
}

fn feed(value: &Value, path: String, faults: &mut Faults) -> Option<Feed> {
    let sheet = Sheet::open(value, path, KEYS, faults)?;
    let bounds = (
        dollars(&sheet, "least_usd", faults),
        dollars(&sheet, "most_usd", faults),
    );
    match (sheet.value("aggregator"), sheet.value("pool")) {
        (Some(_), None) => aggregator(&sheet, bounds, faults).map(Feed::Aggregator),
        (None, Some(_)) => mean(&sheet, bounds, faults).map(Feed::Mean),
        _ => {
            sheet.fault("aggregator", "expected either this or `pool`", faults);
            None
        }
    }
}

fn aggregator(
    sheet: &Sheet<'_>,
    bounds: (Option<U256>, Option<U256>),
    faults: &mut Faults,
) -> Option<Aggregator> {
    let source = address(sheet, "aggregator", faults);
    let age = number(sheet, "max_age_seconds", faults);
    let sequencer = address(sheet, "sequencer", faults);
    let grace = match sequencer {
        Some(_) => number(sheet, "sequencer_grace_seconds", faults),
        None => Some(0),
    };
    Some(Aggregator {
        source: source?,
        max_age: age?,
        bounds: (bounds.0?, bounds.1?),
        sequencer: (sequencer.unwrap_or_default(), grace?),
    })
}

fn mean(
    sheet: &Sheet<'_>,
    bounds: (Option<U256>, Option<U256>),
    faults: &mut Faults,
) -> Option<Mean> {
    let pool = address(sheet, "pool", faults);
    let token = must_address(sheet, "token", faults);
    let other = sheet.must_text("other", faults);
    let window = number(sheet, "window_seconds", faults);
    let window = window.and_then(|seconds| u32::try_from(seconds).ok());
    let depth = whole(sheet, "least_liquidity", faults);
    Some(Mean {
        pool: pool?,
        token: token?,
        other: other?,
        window: window?,
        depth: depth?,
        bounds: (bounds.0?, bounds.1?),
    })
}

/// USD with 18 decimals.
fn dollars(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<U256> {
    let found = match sheet.value(key) {
        Some(Value::Number(number)) => units(&number.to_string(), 18),
        Some(Value::String(text)) => units(text, 18),
        _ => None,
    };
    if found.is_none() {
        sheet.fault(key, "expected an amount of USD", faults);
    }
    found
}
