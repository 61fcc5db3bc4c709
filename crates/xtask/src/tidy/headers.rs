//! Every crate's header answers the three questions of a newcomer.

use crate::{finding::Finding, house::House};

const RULE: &str = "headers";

/// What the header must answer, as it must ask it.
const QUESTIONS: &[&str] = &[
    "**What is this?**",
    "**What will it never do?**",
    "**Where do I start reading?**",
];

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &house.packages {
        let lib = format!("{}/src/lib.rs", package.folder());
        let main = format!("{}/src/main.rs", package.folder());
        let Some(face) = house.file(&lib).or_else(|| house.file(&main)) else {
            findings.push(Finding::new(RULE, &lib, 1, "give the crate a face"));
            continue;
        };
        let header: Vec<&str> = face
            .text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .collect();
        let header = header.join("\n");
        let missing = QUESTIONS
            .iter()
            .filter(|question| !header.contains(**question));
        findings.extend(missing.map(|question| {
            Finding::new(
                RULE,
                &face.path,
                1,
                format!("answer `{question}` in the crate's header"),
            )
        }));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{QUESTIONS, check};
    use crate::tidy::sample::{house, lines};

    #[test]
    fn a_header_that_answers_is_fine() {
        let header: String = QUESTIONS
            .iter()
            .map(|one| format!("//! {one} Yes.\n"))
            .collect();
        assert!(lines(&check(&house(&[("crates/x/src/lib.rs", &header)]))).is_empty());
        assert!(lines(&check(&house(&[("crates/x/src/main.rs", &header)]))).is_empty());
    }

    #[test]
    fn each_missing_answer_is_found() {
        let header = "//! **What is this?** A crate.\n\n// **What will it never do?** Speak.";
        let found = lines(&check(&house(&[("crates/x/src/lib.rs", header)])));
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn a_crate_without_a_face_is_found() {
        assert_eq!(check(&house(&[("crates/x/src/a.rs", "")])).len(), 1);
    }
}
