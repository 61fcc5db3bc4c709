//! What kinds of statements there are: the cases of `conformance/targets`.

use portcullis_targets::postgres::kind::{Kind, MOST_BYTES, Unfit};
use proptest::{prop_assert_eq, proptest};
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    note: String,
    statement: String,
    kind: String,
}

#[test]
fn statements_are_told_by_their_first_word() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join("../../conformance/targets/statements.yaml");
    let cases = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Case> = serde_saphyr::from_str(&cases).unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let found = match Kind::of(&case.statement) {
            Ok(Kind::Query) => "query",
            Ok(Kind::Change) => "change",
            Err(_) => "refused",
        };
        assert_eq!(found, case.kind, "{}: {}", case.note, case.statement);
    }
}

#[test]
fn a_statement_has_a_length() {
    let long = format!("select '{}'", "x".repeat(MOST_BYTES));
    assert_eq!(Kind::of(&long), Err(Unfit::Text));
}

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in ".*") {
        let _ = Kind::of(&text);
    }

    #[test]
    fn what_stands_before_the_word_does_not_matter(
        before in "([ \t\n(]|--[a-z ]*\n|/\\*[a-z ]*\\*/){0,9}"
    ) {
        prop_assert_eq!(Kind::of(&format!("{before}delete from x")), Ok(Kind::Change));
        prop_assert_eq!(Kind::of(&format!("{before}drop table x")), Err(Unfit::Word));
    }
}
