//! The shape of files: short, named after what they hold, and a crate's root a mere face.

use crate::{
    finding::Finding,
    house::{House, TextFile},
    token::{Token, tokens, without_tests},
};

const LENGTH: &str = "file-length";
const NAME: &str = "file-name";
const FACE: &str = "face";

/// The most lines of a Rust file.
const MOST_LINES: usize = 600;

/// The most `pub use` of a crate's root.
const MOST_EXPORTS: usize = 15;

/// Names that say nothing: such a module becomes a drawer.
const BANNED: &[&str] = &["common", "core", "helpers", "prelude", "types", "utils"];

/// What a crate's root leaves to its modules.
const ITEMS: &[&str] = &[
    "enum",
    "fn",
    "impl",
    "macro_rules",
    "static",
    "struct",
    "trait",
    "union",
];

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in house.files.iter().filter(|file| file.path.ends_with(".rs")) {
        findings.extend(too_long(file));
        findings.extend(badly_named(file));
        if file.path.ends_with("/src/lib.rs") {
            findings.extend(no_face(file));
        }
    }
    findings
}

fn too_long(file: &TextFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    let advice = format!("{lines} lines are more than {MOST_LINES}: split it by its nouns");
    (lines > MOST_LINES).then(|| Finding::new(LENGTH, &file.path, MOST_LINES + 1, advice))
}

fn badly_named(file: &TextFile) -> Option<Finding> {
    let (folders, name) = file.path.rsplit_once('/')?;
    if name == "mod.rs" {
        let advice = format!("rename it to `{folders}.rs`, beside its folder");
        return Some(Finding::new(NAME, &file.path, 1, advice));
    }
    let stem = name.strip_suffix(".rs").unwrap_or(name);
    let banned = folders
        .split('/')
        .chain([stem])
        .find(|part| BANNED.contains(part))?;
    let advice = format!("`{banned}` says nothing: name it after the noun it holds");
    Some(Finding::new(NAME, &file.path, 1, advice))
}

fn no_face(file: &TextFile) -> Vec<Finding> {
    let code = without_tests(tokens(&file.text));
    let item = code
        .iter()
        .find(|token| ITEMS.contains(&token.text.as_str()));
    let item = item.map(|token| {
        let advice = format!(
            "move the `{}` into a module: the root is a face",
            token.text
        );
        Finding::new(FACE, &file.path, token.line, advice)
    });
    let exports = exports(&code);
    let many = (exports > MOST_EXPORTS).then(|| {
        let advice = format!("{exports} re-exports are more than {MOST_EXPORTS}: name modules");
        Finding::new(FACE, &file.path, 1, advice)
    });
    item.into_iter().chain(many).collect()
}

/// How many names `pub use` offers; a glob counts as more than may be.
fn exports(code: &[Token]) -> usize {
    let mut count = 0;
    let mut rest = code.iter().zip(code.iter().skip(1));
    while let Some((a, b)) = rest.next() {
        if a.is("pub") && b.is("use") {
            let statement = rest
                .by_ref()
                .map(|(_, b)| b)
                .take_while(|token| !token.is(";"));
            count += statement.fold(1, |sum, token| match token.text.as_str() {
                "," => sum + 1,
                "*" => sum + MOST_EXPORTS,
                _ => sum,
            });
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::sample::{house, lines};

    fn found(path: &str, text: &str) -> Vec<String> {
        lines(&check(&house(&[(path, text)])))
    }

    #[test]
    fn the_wall_stands_at_six_hundred_lines() {
        assert!(found("crates/x/src/a.rs", &"\n".repeat(600)).is_empty());
        assert_eq!(found("crates/x/src/a.rs", &"\n".repeat(601)).len(), 1);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        assert_eq!(
            found("crates/x/src/a/mod.rs", ""),
            [
                "crates/x/src/a/mod.rs:1: file-name: rename it to `crates/x/src/a.rs`, beside its \
              folder"
            ]
        );
        assert_eq!(found("crates/x/src/utils.rs", "").len(), 1);
        assert_eq!(found("crates/x/tests/it/common/a.rs", "").len(), 1);
        assert_eq!(found("crates/core/src/a.rs", "").len(), 1);
        assert!(found("crates/x/src/a.rs", "").is_empty());
    }

    #[test]
    fn a_root_with_items_is_no_face() {
        let face = "//! Fn struct.\nmod a;\npub use a::{B, C};\n#[cfg(test)] mod t { fn f() {} }";
        assert!(found("crates/x/src/lib.rs", face).is_empty());
        assert_eq!(
            found("crates/x/src/lib.rs", "mod a;\npub fn f() {}").len(),
            1
        );
        assert!(found("crates/x/src/main.rs", "fn main() {}").is_empty());
    }

    #[test]
    fn a_root_offers_few_names() {
        let many = |count: usize| format!("pub use a::{{{}Z}};", "A, ".repeat(count - 1));
        assert!(found("crates/x/src/lib.rs", &many(15)).is_empty());
        assert_eq!(found("crates/x/src/lib.rs", &many(16)).len(), 1);
        assert_eq!(found("crates/x/src/lib.rs", "pub use a::*;").len(), 1);
    }
}
