//! Waiting happens where I/O happens: below the third floor, `async` stands in few, named rooms.

use crate::{
    finding::Finding,
    house::House,
    module::{Module, modules},
    token,
};

const RULE: &str = "floors";

/// The crates that judge and decide, and their rooms that may wait.
const STILL: &[(&str, &[&str])] = &[
    ("policy", &[]),
    // The driver runs the lanes, the state is read from the ledger, and the handle waits for what
    // a lane answers.
    ("firewall", &["driver", "firewall", "state"]),
];

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &house.packages {
        let Some((_, may)) = STILL.iter().find(|(noun, _)| *noun == package.noun()) else {
            continue;
        };
        let all = modules(house, package, "src");
        findings.extend(all.iter().filter_map(|module| waiting(module, may)));
    }
    findings
}

fn waiting(module: &Module, may: &[&str]) -> Option<Finding> {
    let room = module.path.first().map(String::as_str);
    if module.is_test() || room.is_some_and(|room| may.contains(&room)) {
        return None;
    }
    let tokens = token::without_tests(token::tokens(&module.text));
    let word = tokens
        .iter()
        .find(|token| token.is("async") || token.is("await"))?;
    let advice = if may.is_empty() {
        "nothing waits in this crate: take the answer as an argument".to_owned()
    } else {
        format!(
            "only {} may wait: let it ask, and pass the answer down",
            may.join(" and ")
        )
    };
    Some(Finding::new(RULE, &module.file, word.line, advice))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::sample::{house, lines};

    #[test]
    fn only_the_named_rooms_wait() {
        let house = house(&[
            ("crates/firewall/src/driver.rs", "async fn f() {}"),
            ("crates/firewall/src/firewall/calls.rs", "async fn f() {}"),
            ("crates/firewall/src/lane.rs", "fn f() {}\nasync fn g() {}"),
            ("crates/policy/src/rules.rs", "async fn f() {} // async"),
            ("crates/gateway/src/http.rs", "async fn f() {}"),
        ]);
        assert_eq!(
            lines(&check(&house)),
            [
                "crates/firewall/src/lane.rs:2: floors: only driver and firewall and state may wait: let \
                 it ask, and pass the answer down",
                "crates/policy/src/rules.rs:1: floors: nothing waits in this crate: take the \
                 answer as an argument",
            ]
        );
    }

    #[test]
    fn tests_and_comments_may_say_async() {
        let house = house(&[(
            "crates/policy/src/rules.rs",
            "// async\n#[cfg(test)] mod tests { async fn f() {} }",
        )]);
        assert!(lines(&check(&house)).is_empty());
    }
}
