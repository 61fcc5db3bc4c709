//! Waiting happens where I/O happens: below the third floor, `async` stands in one file.

use crate::{finding::Finding, house::House, module::modules, token};

const RULE: &str = "floors";

/// The crates that must not wait, and the one module each that may.
const STILL: &[(&str, Option<&str>)] = &[("policy", None), ("firewall", Some("driver"))];

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &house.packages {
        let Some((_, may)) = STILL.iter().find(|(noun, _)| *noun == package.noun()) else {
            continue;
        };
        let still = modules(house, package, "src").into_iter().filter(|module| {
            !module.is_test() && (may.is_none() || module.path.first().map(String::as_str) != *may)
        });
        findings.extend(still.filter_map(|module| {
            let tokens = token::without_tests(token::tokens(&module.text));
            let word = tokens
                .iter()
                .find(|token| token.is("async") || token.is("await"))?;
            let advice = may.map_or_else(
                || "nothing waits in this crate: take the answer as an argument".to_owned(),
                |may| format!("only `{may}.rs` waits: let it ask, and pass the answer down"),
            );
            Some(Finding::new(RULE, &module.file, word.line, advice))
        }));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::sample::{house, lines};

    #[test]
    fn only_the_driver_waits() {
        let house = house(&[
            ("crates/firewall/src/driver.rs", "async fn f() {}"),
            ("crates/firewall/src/lane.rs", "fn f() {}\nasync fn g() {}"),
            ("crates/policy/src/rules.rs", "async fn f() {} // async"),
            ("crates/gateway/src/http.rs", "async fn f() {}"),
        ]);
        assert_eq!(
            lines(&check(&house)),
            [
                "crates/firewall/src/lane.rs:2: floors: only `driver.rs` waits: let it ask, and \
                 pass the answer down",
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
