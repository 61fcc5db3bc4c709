//! Every file, test and conformance case that a map of the project names exists.

use crate::{
    finding::Finding,
    house::{House, TextFile},
};

const RULE: &str = "coverage";

/// The pages that say where things are, and what shows them.
const PAGES: &[&str] = &[
    "ARCHITECTURE.md",
    "docs/coverage.md",
    "docs/threats.md",
    "docs/threats-vault.md",
    "docs/decisions/",
];

/// How the name of a test or case is joined to its file's.
const JOINT: &str = "::";

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_map = |path: &str| PAGES.iter().any(|page| path.starts_with(page));
    for page in house.files.iter().filter(|file| is_map(&file.path)) {
        for (line, code) in codes(&page.text) {
            if let Some(advice) = breach(house, code) {
                findings.push(Finding::new(RULE, &page.path, line, advice));
            }
        }
    }
    findings
}

/// Everything between back-ticks outside fences, with its line.
fn codes(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(
                line.split('`')
                    .skip(1)
                    .step_by(2)
                    .map(|code| (number + 1, code)),
            );
        }
    }
    found
}

fn breach(house: &House, code: &str) -> Option<String> {
    let (path, name) = code
        .split_once(JOINT)
        .map_or((code, None), |(path, name)| (path, Some(name)));
    let is_file = path.ends_with(".rs") || path.ends_with(".yaml");
    if !is_file || path.contains(['<', '*', ' ']) {
        return None;
    }
    let files: Vec<&TextFile> = house
        .files
        .iter()
        .filter(|file| ends_with_path(&file.path, path))
        .collect();
    if files.is_empty() {
        return Some(format!("`{path}` is not there: name a file that exists"));
    }
    let name = name?;
    let shown = files.iter().any(|file| shows(file, name));
    (!shown).then(|| format!("`{path}` has no test or case `{name}`"))
}

/// Whether `path` is all of `whole`, or its last folders and file.
fn ends_with_path(whole: &str, path: &str) -> bool {
    whole
        .strip_suffix(path)
        .is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Whether a file has a test, or as a file of cases a note, of this name.
fn shows(file: &TextFile, name: &str) -> bool {
    if file.path.ends_with(".yaml") {
        return notes(&file.text).any(|note| note == name);
    }
    let lines: Vec<&str> = file.text.lines().map(str::trim_start).collect();
    let starts: Vec<usize> = (0..lines.len())
        .filter(|at| lines.get(*at).is_some_and(|line| declares(line, name)))
        .collect();
    starts.iter().any(|at| {
        let above = lines.iter().take(*at).rev();
        above
            .take_while(|line| line.starts_with('#') || line.starts_with("//"))
            .any(|line| line.starts_with("#[") && line.contains("test"))
    })
}

fn declares(line: &str, name: &str) -> bool {
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")
        .and_then(|rest| rest.strip_prefix(name))
        .is_some_and(|rest| rest.starts_with('('))
}

/// The notes of all cases of a file, one on a line.
fn notes(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.split_once("note: "))
        .filter(|(before, _)| before.trim_start_matches([' ', '-', '{']).is_empty())
        .map(|(before, note)| match before.contains('{') {
            true => note.split_once(", ").map_or(note, |(note, _)| note),
            false => note,
        })
        .map(|note| note.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::sample::{house, lines};

    const TESTS: &str = "#[test]\nfn it_holds() {}\n\n#[tokio::test]\n// Slow.\nasync fn it_waits() {}\n\n\
                         fn it_helps() {}\n";
    const CASES: &str =
        "cases:\n  - note: just below, one up\n    want: {}\n  - { note: a form, raw: x }\n";

    fn found(page: &str) -> Vec<String> {
        lines(&check(&house(&[
            ("docs/coverage.md", page),
            ("crates/a/tests/it/b.rs", TESTS),
            ("conformance/c.yaml", CASES),
        ])))
    }

    #[test]
    fn what_exists_may_be_named_with_as_much_of_its_path_as_is_needed() {
        let page = "`crates/a/tests/it/b.rs::it_holds` `it/b.rs::it_waits` `b.rs`\n\
                    `conformance/c.yaml::just below, one up` `c.yaml::a form`\n";
        assert!(found(page).is_empty(), "{:?}", found(page));
    }

    #[test]
    fn files_that_are_gone_are_found() {
        for name in ["gone.rs", "gone.yaml::a form", "xb.rs", "t/b.rs"] {
            assert_eq!(found(&format!("\n`{name}`\n")).len(), 1, "{name}");
        }
    }

    #[test]
    fn tests_and_cases_that_are_gone_are_found() {
        for name in [
            "b.rs::gone",
            "b.rs::it_helps",
            "b.rs::it",
            "c.yaml::just below",
            "c.yaml::x",
        ] {
            let found = found(&format!("\n| x | `{name}` |\n"));
            assert!(
                matches!(found.as_slice(), [one] if one.starts_with("docs/coverage.md:2: coverage: ")),
                "{name}: {found:?}"
            );
        }
    }

    #[test]
    fn other_code_fences_and_other_pages_are_not_read() {
        assert!(
            found("`RuleSet::judge` `cham/<type>.rs` `make test`\n```\n`gone.rs`\n```\n")
                .is_empty()
        );
        let other = house(&[("docs/glossary.md", "`gone.rs`")]);
        assert!(lines(&check(&other)).is_empty());
    }
}
