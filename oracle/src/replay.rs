//! The cases of `conformance/access`, decided by both.

use crate::{
    cedar, gate, shrink,
    world::{Given, Grant, Request, Set},
};
use serde::Deserialize;

const FILES: [&str; 4] = [
    include_str!("../../conformance/access/roles.json"),
    include_str!("../../conformance/access/allow.json"),
    include_str!("../../conformance/access/deny.json"),
    include_str!("../../conformance/access/patterns.json"),
];

#[derive(Deserialize)]
struct File {
    given: Given,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    note: String,
    active: Option<bool>,
    grants: Option<Vec<Grant>>,
    sets: Option<Vec<Set>>,
    ask: Request,
    want: String,
}

/// Replays every case and says how many there are.
pub(crate) fn all() -> Result<usize, String> {
    let mut count = 0;
    for text in FILES {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for case in file.cases {
            one(&file.given, case)?;
            count += 1;
        }
    }
    Ok(count)
}

fn one(given: &Given, case: Case) -> Result<(), String> {
    let given = Given {
        active: case.active.unwrap_or(given.active),
        grants: case.grants.unwrap_or_else(|| given.grants.clone()),
        sets: case.sets.unwrap_or_else(|| given.sets.clone()),
    };
    let want = case.want == "access.granted";
    let asked = std::slice::from_ref(&case.ask);
    if cedar::decide(&given, asked)? == [want] && gate::decide(&given, asked)? == [want] {
        return Ok(());
    }
    let told = shrink::described(&given, &case.ask);
    Err(format!("{}: wanted {}; {told}", case.note, case.want))
}
