//! Every decision page is listed, and no two share a number.

use crate::{finding::Finding, house::House};
use std::collections::BTreeMap;

const RULE: &str = "decisions";
const FOLDER: &str = "docs/decisions/";
const INDEX: &str = "docs/decisions/README.md";

pub(super) fn check(house: &House) -> Vec<Finding> {
    let index = house.file(INDEX).map_or("", |file| file.text.as_str());
    let mut numbers = BTreeMap::new();
    let mut findings = Vec::new();
    for file in &house.files {
        let Some(name) = file
            .path
            .strip_prefix(FOLDER)
            .filter(|name| *name != "README.md")
        else {
            continue;
        };
        let find = |advice: String| Finding::new(RULE, &file.path, 1, advice);
        let Some(number) = number(name) else {
            findings.push(find("name the page `NNNN-what-it-decides.md`".to_owned()));
            continue;
        };
        if !index.contains(&format!("({name})")) {
            findings.push(find(format!("list the page in {INDEX}")));
        }
        if let Some(other) = numbers.insert(number, name) {
            findings.push(find(format!(
                "`{other}` has this number too: take the next one"
            )));
        }
    }
    findings
}

/// The four digits that a page's name begins with.
fn number(name: &str) -> Option<&str> {
    let (number, rest) = name.split_at_checked(4)?;
    let shaped = number.bytes().all(|byte| byte.is_ascii_digit())
        && rest.starts_with('-')
        && rest.ends_with(".md");
    shaped.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{INDEX, check};
    use crate::tidy::sample::{house, lines};

    #[test]
    fn a_listed_page_is_fine() {
        let house = house(&[(INDEX, "[a](0001-a.md)"), ("docs/decisions/0001-a.md", "")]);
        assert!(lines(&check(&house)).is_empty());
    }

    #[test]
    fn unlisted_misnamed_and_doubled_pages_are_found() {
        let house = house(&[
            (INDEX, "[a](0001-a.md)"),
            ("docs/decisions/0001-a.md", ""),
            ("docs/decisions/0001-b.md", ""),
            ("docs/decisions/notes.md", ""),
        ]);
        let found = lines(&check(&house));
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
