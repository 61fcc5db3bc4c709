//! Reading policies as people write them.

mod examples;
mod faults;
mod hostile;
mod round_trip;

use portcullis_policy::{
    cham::{Policy, read::draft},
    id::PolicyId,
};
use serde_json::Value;

/// A policy made from JSON text; the text is right.
fn policy(text: &str) -> Policy {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let now = "2026-01-05T12:00:00Z".parse().expect("a time");
    draft(&value)
        .unwrap_or_else(|faults| panic!("{faults}\n{text}"))
        .into_policy(PolicyId::new("pol_1").expect("an id"), now)
}

/// The faults of JSON text, one a line.
fn faults(text: &str) -> String {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let faults = draft(&value).expect_err("faults");
    faults.0.iter().map(|fault| format!("{fault}\n")).collect()
}
