//! `conformance/redaction/*.yaml`: what each rule hides, and what it keeps.

use portcullis_screen::{kind::Kind, screen::Screen};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "for who reads the file")]
struct File {
    about: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    rule: String,
    hide: Option<String>,
    r#as: Option<String>,
    keep: Option<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/redaction");
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        let file: File = serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        cases.extend(file.cases);
    }
    assert!(cases.len() > 80, "only {} cases", cases.len());
    cases
}

/// What stands in a file for a token is cut by `~~`, so that nobody takes it for a real one.
fn joined(text: &str) -> String {
    text.replace("~~", "")
}

/// Every text of every case.
pub(crate) fn every_text() -> Vec<String> {
    let texts = cases()
        .into_iter()
        .filter_map(|case| case.hide.or(case.keep));
    texts.map(|text| joined(&text)).collect()
}

/// A screen for all personal data finds more in a text than a case is about; this one is for the
/// kind of the rule.
fn screen(rule: &str) -> Screen {
    let kind = Screen::rules().find(|(name, _)| *name == rule);
    let (_, kind) = kind.unwrap_or_else(|| panic!("no rule `{rule}`"));
    let personal = Kind::PERSONAL.into_iter().filter(|one| *one == kind);
    Screen::builder()
        .personal(personal)
        .build()
        .expect("a screen")
}

#[test]
fn every_case_is_redacted_as_it_says() {
    let mut wrong = Vec::new();
    for case in cases() {
        let screen = screen(&case.rule);
        match (&case.hide, &case.r#as, &case.keep) {
            (Some(text), Some(want), None) => {
                let text = joined(text);
                let redacted = screen.redact(&text);
                let by_rule = redacted
                    .findings
                    .iter()
                    .any(|found| found.rule == case.rule);
                if redacted.text != joined(want) || !by_rule {
                    wrong.push(format!(
                        "{}: {text}\n  -> {} {:?}",
                        case.rule, redacted.text, redacted.findings
                    ));
                }
            }
            (None, None, Some(text)) => {
                let text = joined(text);
                let redacted = screen.redact(&text);
                if !redacted.findings.is_empty() {
                    wrong.push(format!(
                        "{}: keep {text}\n  -> {} {:?}",
                        case.rule, redacted.text, redacted.findings
                    ));
                }
            }
            _ => wrong.push(format!("{}: `hide` and `as`, or `keep`", case.rule)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_cases_of_both_kinds() {
    let mut seen: BTreeMap<&str, (usize, usize)> =
        Screen::rules().map(|(name, _)| (name, (0, 0))).collect();
    let cases = cases();
    for case in &cases {
        let counts = seen.get_mut(case.rule.as_str()).expect("a rule");
        counts.0 += usize::from(case.hide.is_some());
        counts.1 += usize::from(case.keep.is_some());
    }
    let bare: Vec<_> = seen
        .iter()
        .filter(|(_, counts)| counts.0 == 0 || counts.1 == 0)
        .collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn what_is_redacted_is_left_alone_the_second_time() {
    for case in cases() {
        let screen = screen(&case.rule);
        let Some(text) = case.hide else { continue };
        let once = screen.redact(&joined(&text)).text.into_owned();
        let twice = screen.redact(&once);
        assert_eq!(twice.text, once, "{:?}", twice.findings);
    }
}
