//! How what a tool says differs from what was accepted, line by line.

use portcullis_firewall::visible::visible_line;
use serde_json::Value;

/// What was accepted with `-`, what is said now with `+`, and what both have.
pub(super) fn lines(tool: &Value) -> String {
    let text = |key: &str| {
        let content = tool
            .get(key)
            .and_then(|definition| definition.get("content"));
        content.map(|content| serde_json::to_string_pretty(content).unwrap_or_default())
    };
    let (before, after) = (text("pinned"), text("proposed"));
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (Some(same), None) => (same.clone(), same),
        (None, after) => (String::new(), after.unwrap_or_default()),
    };
    let before: Vec<&str> = before.lines().collect();
    let after: Vec<&str> = after.lines().collect();
    let mut shown = String::new();
    for (mark, line) in compared(&before, &after) {
        shown.push_str(mark);
        shown.push_str(&visible_line(line));
        shown.push('\n');
    }
    shown
}

/// The shortest way from one to the other: lines that both have in order are kept.
fn compared<'l>(before: &[&'l str], after: &[&'l str]) -> Vec<(&'static str, &'l str)> {
    let mut longest = vec![vec![0_usize; after.len() + 1]; before.len() + 1];
    let at = |table: &[Vec<usize>], i: usize, j: usize| {
        table
            .get(i)
            .and_then(|row| row.get(j))
            .copied()
            .unwrap_or(0)
    };
    for (i, line) in before.iter().enumerate().rev() {
        for (j, other) in after.iter().enumerate().rev() {
            let best = if line == other {
                at(&longest, i + 1, j + 1) + 1
            } else {
                at(&longest, i + 1, j).max(at(&longest, i, j + 1))
            };
            if let Some(place) = longest.get_mut(i).and_then(|row| row.get_mut(j)) {
                *place = best;
            }
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    loop {
        match (before.get(i), after.get(j)) {
            (Some(line), Some(other)) if line == other => {
                lines.push(("  ", *line));
                (i, j) = (i + 1, j + 1);
            }
            (Some(line), other)
                if other.is_none() || at(&longest, i + 1, j) >= at(&longest, i, j + 1) =>
            {
                lines.push(("- ", *line));
                i += 1;
            }
            (_, Some(other)) => {
                lines.push(("+ ", *other));
                j += 1;
            }
            (_, None) => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{compared, lines};
    use serde_json::json;

    #[test]
    fn what_both_have_stays() {
        let found = compared(&["a", "b", "c"], &["a", "x", "c", "d"]);
        assert_eq!(
            found,
            [
                ("  ", "a"),
                ("- ", "b"),
                ("+ ", "x"),
                ("  ", "c"),
                ("+ ", "d")
            ]
        );
    }

    #[test]
    fn what_an_eye_cannot_see_is_shown() {
        let tool = json!({"proposed": {"content": {"description": "a\u{202E}b"}}});
        assert!(lines(&tool).contains("\\u{202E}"), "{}", lines(&tool));
    }
}
