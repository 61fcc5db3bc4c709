//! Every link of a Markdown file into the project leads somewhere.

use crate::{finding::Finding, house::House};

const RULE: &str = "links";

pub(super) fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pages = house.files.iter().filter(|file| file.path.ends_with(".md"));
    for file in pages {
        for (line, target) in targets(&file.text) {
            if let Some(advice) = breach(house, &file.path, target) {
                findings.push(Finding::new(RULE, &file.path, line, advice));
            }
        }
    }
    findings
}

/// What every `[text](target)` and `[text]: target` outside code names, with its line.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            // Every second piece between back-ticks is code.
            let prose = line.split('`').step_by(2);
            let inline = prose.flat_map(|piece| piece.split("](").skip(1));
            let inline = inline.filter_map(|rest| rest.split(')').next());
            let defined = line
                .starts_with('[')
                .then(|| line.split_once("]: "))
                .flatten();
            let all = inline.chain(defined.map(|(_, target)| target));
            found.extend(all.map(|target| (number + 1, target.trim())));
        }
    }
    found
}

fn breach(house: &House, from: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let Some(path) = resolve(from, path) else {
        return Some(format!("`{target}` leads out of the project"));
    };
    if !path.is_empty() && !house.paths.contains(&path) {
        return Some(format!("`{target}` leads nowhere: name a file that exists"));
    }
    let page = house
        .file(&path)
        .filter(|file| file.path.ends_with(".md"))?;
    let there = anchor.is_empty() || headings(&page.text).any(|heading| heading == anchor);
    (!there).then(|| format!("no heading of `{path}` is called `#{anchor}`"))
}

/// `target` seen from the file at `from`; `None` above the root.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    if target.is_empty() {
        return Some(from.to_owned());
    }
    parts.pop();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The anchors of a page: its headings in lower case, with hyphens for spaces.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let titles = text.lines().filter(|line| line.starts_with('#'));
    titles.map(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::sample::{house, lines};

    fn found(page: &str) -> Vec<String> {
        lines(&check(&house(&[
            ("docs/a.md", page),
            ("docs/b.md", "# Two words, one `code`\n"),
            ("Makefile", ""),
        ])))
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        let page = "[b](b.md) [c](./b.md#two-words-one-code) [m](../Makefile) [h](#top)\n# Top\n";
        assert!(found(page).is_empty(), "{:?}", found(page));
        assert!(found("[x](https://example.org/y) [m](mailto:a@example.org)").is_empty());
    }

    #[test]
    fn dead_links_are_found() {
        let page = "\n[b](gone.md), [b](b.md#gone) and [o](../../up.md)\n\n[r]: gone.md\n";
        let places: Vec<String> = found(page)
            .iter()
            .map(|line| line.chars().take(19).collect())
            .collect();
        assert_eq!(
            places,
            [
                "docs/a.md:2: links:",
                "docs/a.md:2: links:",
                "docs/a.md:2: links:",
                "docs/a.md:4: links:",
            ]
        );
    }

    #[test]
    fn code_is_not_read() {
        assert!(found("`[b](gone.md)`\n```\n[b](gone.md)\n```\n").is_empty());
    }
}
