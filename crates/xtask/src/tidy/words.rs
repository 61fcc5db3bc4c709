//! Words that must not be committed: unfinished work, tests that do not run, one machine's paths.

use crate::{finding::Finding, house::House};

const RULE: &str = "words";

/// A word and what to do instead.
struct Word {
    /// Put together from pieces, so that this table does not find itself.
    text: &'static str,
    /// Whether it matters in Rust alone.
    rust_only: bool,
    /// What to do.
    advice: &'static str,
}

const WORDS: &[Word] = &[
    rust(concat!("todo", "!("), "finish it"),
    rust(
        concat!("unimplemented", "!("),
        "finish it, or refuse with an error",
    ),
    rust(concat!("#[", "ignore"), "let the test run, or delete it"),
    text(
        concat!("FIX", "ME"),
        "fix it, or say in a sentence what stays open",
    ),
    text(
        concat!("X", "XX"),
        "fix it, or say in a sentence what stays open",
    ),
    text(concat!("/wo", "rk/"), PATH),
    text(concat!("/ro", "ot/"), PATH),
    text(concat!("/ho", "me/"), PATH),
    text(concat!("/t", "mp/"), PATH),
];

const PATH: &str = "name no path of one machine: make it relative, an argument, or a temporary one";

/// Files that other people or programs wrote.
const FOREIGN: &[&str] = &["Cargo.lock", "LICENSE"];

const fn rust(text: &'static str, advice: &'static str) -> Word {
    Word {
        text,
        rust_only: true,
        advice,
    }
}

const fn text(text: &'static str, advice: &'static str) -> Word {
    Word {
        text,
        rust_only: false,
        advice,
    }
}

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house
        .files
        .iter()
        .filter(|file| !FOREIGN.contains(&file.path.as_str()))
    {
        let is_rust = file.path.ends_with(".rs");
        for (number, line) in file.text.lines().enumerate() {
            let words = WORDS.iter().filter(|word| is_rust || !word.rust_only);
            findings.extend(words.filter(|word| stands_in(line, word.text)).map(|word| {
                let advice = format!("`{}` must not be committed: {}", word.text, word.advice);
                Finding::new(RULE, &file.path, number + 1, advice)
            }));
        }
    }
    findings
}

/// Whether `word` stands in `line` by itself, not as a part of a longer word or path.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(place, _)| {
        let before = line.get(..place).and_then(|text| text.chars().next_back());
        let after = line
            .get(place + word.len()..)
            .and_then(|text| text.chars().next());
        let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '}');
        let longer =
            word.ends_with(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        !longer && !before.is_some_and(joins)
    })
}

#[cfg(test)]
mod tests {
    use super::{WORDS, check};
    use crate::tidy::sample::{house, lines};

    #[test]
    fn every_word_is_found_where_it_matters() {
        for word in WORDS {
            let line = format!("\nlet a = {} x", word.text);
            let found = lines(&check(&house(&[("crates/x/src/a.rs", &line)])));
            assert_eq!(found.len(), 1, "{line}");
            assert!(
                found
                    .iter()
                    .all(|one| one.starts_with("crates/x/src/a.rs:2: words: "))
            );
            let page = check(&house(&[("docs/a.md", &line)]));
            assert_eq!(page.is_empty(), word.rust_only, "{line}");
        }
    }

    #[test]
    fn a_part_of_a_longer_word_is_another_word() {
        for line in [
            "mktemp a.XXXXXX",
            "GET /v1/work/items",
            "see docs/home/a.md",
        ] {
            let found = lines(&check(&house(&[("docs/a.md", line)])));
            assert!(found.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn foreign_files_are_left_alone() {
        let line = WORDS.first().map_or("", |word| word.text);
        assert!(check(&house(&[("LICENSE", line), ("Cargo.lock", line)])).is_empty());
    }
}
