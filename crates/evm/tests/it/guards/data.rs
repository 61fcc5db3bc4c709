//! Every case of `conformance/calldata` is judged by the guard itself.

use super::{
    cases::{self, Verdict},
    stubs::Bench,
};
use crate::files::artifact;

/// The files, a guard each.
pub(super) const FILES: [&str; 5] = [
    "erc20.yaml",
    "uniswap_v2.yaml",
    "uniswap_v3.yaml",
    "erc4626.yaml",
    "aave_v3.yaml",
];

/// Judges all cases of a file and tells every one that comes out otherwise.
fn judged(name: &str) {
    let (guard, cases) = cases::read(name);
    let mut bench = Bench::new(&artifact(&guard).creation);
    let mut wrong = Vec::new();
    for case in &cases {
        let seen = bench.judge(case);
        if seen != case.want {
            wrong.push(format!(
                "{}\n  wanted {:?}\n  saw    {seen:?}",
                case.note, case.want
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn s3_calls_to_tokens_are_judged_as_their_cases_say() {
    judged("erc20.yaml");
}

#[test]
fn s3_calls_to_a_uniswap_v2_router_are_judged_as_their_cases_say() {
    judged("uniswap_v2.yaml");
}

#[test]
fn s3_calls_to_a_uniswap_v3_router_are_judged_as_their_cases_say() {
    judged("uniswap_v3.yaml");
}

#[test]
fn s3_calls_to_a_tokenised_vault_are_judged_as_their_cases_say() {
    judged("erc4626.yaml");
}

#[test]
fn s3_calls_to_an_aave_pool_are_judged_as_their_cases_say() {
    judged("aave_v3.yaml");
}

/// A rule that no case breaks is a rule that nobody would miss.
#[test]
fn every_rule_is_broken_by_some_case() {
    let source = crate::files::contracts().join("src/guards/Refused.sol");
    let source = std::fs::read_to_string(source).unwrap();
    let names: Vec<&str> = source.split('"').skip(1).step_by(2).collect();
    let all = FILES.into_iter().flat_map(|name| cases::read(name).1);
    let broken: std::collections::BTreeSet<String> = all
        .filter_map(|case| match case.want {
            Verdict::Refused(rule, ..) => Some(rule),
            _ => None,
        })
        .collect();
    let unbroken: Vec<&&str> = names
        .iter()
        .filter(|name| !broken.contains(**name))
        .collect();
    assert!(names.len() > 15 && unbroken.is_empty(), "{unbroken:?}");
}

/// The arguments that may be anything: an amount that is allowed, a pool's fee, yes or no.
const FREE: [(&str, &str, u64); 4] = [
    ("erc20.yaml", "approve", 1),
    ("uniswap_v3.yaml", "buy", 2),
    ("uniswap_v3.yaml", "sell", 2),
    ("aave_v3.yaml", "collateral", 1),
];

/// Every argument of every call that a guard lets through is wrong in some case, and refused for what it is:
/// canonical form does not count.
#[test]
fn every_argument_is_refused_by_some_case() {
    let mut missing = Vec::new();
    for file in FILES {
        let (_, cases) = cases::read(file);
        for (call, count) in cases::named(file) {
            let own = cases
                .iter()
                .filter(|case| case.call.as_ref() == Some(&call));
            let refused = own.filter_map(|case| match &case.want {
                Verdict::Refused(rule, at, _) if !rule.starts_with("canonical") => {
                    Some(u64::from(*at))
                }
                _ => None,
            });
            let refused: std::collections::BTreeSet<u64> = refused.collect();
            let never = (0..count).filter(|at| !refused.contains(at));
            missing.extend(never.map(|at| (file, call.clone(), at)));
        }
    }
    let free = FREE.map(|(file, call, at)| (file, call.to_owned(), at));
    assert_eq!(missing, free);
}

#[test]
fn notes_are_unique() {
    for name in FILES {
        let mut notes: Vec<String> = cases::read(name)
            .1
            .into_iter()
            .map(|case| case.note)
            .collect();
        let count = notes.len();
        notes.sort();
        notes.dedup();
        assert_eq!(notes.len(), count, "{name}");
    }
}
