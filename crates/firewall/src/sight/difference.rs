//! Parameters line by line, against those of an earlier decision.

use crate::visible;
use serde::Serialize;
use serde_json::Value;

/// One line of indented JSON.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Line {
    /// What became of it.
    pub change: Change,
    /// The text, without the end of the line.
    pub text: String,
}

/// What became of a line since the earlier decision.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was there, or there is nothing to compare with.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// More lines than this, on either side, are not compared: that takes their product of work.
const LINES_COMPARED: usize = 600;

/// The lines of `now`, compared with those of `before`.
pub(super) fn compare(before: Option<&Value>, now: &Value) -> Vec<Line> {
    let now = lines(now);
    let Some(before) = before.map(lines) else {
        return all(now, Change::Same);
    };
    if before.len() > LINES_COMPARED || now.len() > LINES_COMPARED {
        return all(now, Change::Same);
    }
    let common = longest_common(&before, &now);
    let (mut old, mut new) = (before.into_iter(), now.into_iter());
    let mut compared = Vec::new();
    for line in common {
        take_until(&mut old, &line, Change::Removed, &mut compared);
        take_until(&mut new, &line, Change::Added, &mut compared);
        compared.push(Line {
            change: Change::Same,
            text: line,
        });
    }
    compared.extend(all(old, Change::Removed));
    compared.extend(all(new, Change::Added));
    compared
}

/// Moves lines over up to one that both sides have, which is taken and not moved.
fn take_until(
    from: &mut impl Iterator<Item = String>,
    line: &str,
    change: Change,
    into: &mut Vec<Line>,
) {
    for text in from.by_ref() {
        if text == line {
            return;
        }
        into.push(Line { change, text });
    }
}

fn all(lines: impl IntoIterator<Item = String>, change: Change) -> Vec<Line> {
    lines
        .into_iter()
        .map(|text| Line { change, text })
        .collect()
}

/// A value as indented JSON, with nothing in it that cannot be seen.
fn lines(value: &Value) -> Vec<String> {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.lines()
        .map(|line| visible::visible_line(line).into_owned())
        .collect()
}

/// The longest sequence of lines that both have in order.
fn longest_common(one: &[String], other: &[String]) -> Vec<String> {
    let width = other.len().saturating_add(1);
    // One row for each suffix of `one`, the empty one last.
    let mut rows = vec![vec![0_u32; width]];
    for left in one.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row = vec![0_u32; width];
        for (at, right) in other.iter().enumerate().rev() {
            let next = at.saturating_add(1);
            let value = if left == right {
                below.get(next).copied().unwrap_or(0).saturating_add(1)
            } else {
                let skip_left = below.get(at).copied().unwrap_or(0);
                skip_left.max(row.get(next).copied().unwrap_or(0))
            };
            if let Some(cell) = row.get_mut(at) {
                *cell = value;
            }
        }
        rows.push(row);
    }
    rows.reverse();
    walk(one, other, &rows)
}

fn walk(one: &[String], other: &[String], rows: &[Vec<u32>]) -> Vec<String> {
    let cell = |i: usize, j: usize| rows.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    let (mut i, mut j, mut common) = (0_usize, 0_usize, Vec::new());
    while let (Some(left), Some(right)) = (one.get(i), other.get(j)) {
        if left == right {
            common.push(left.clone());
            (i, j) = (i.saturating_add(1), j.saturating_add(1));
        } else if cell(i.saturating_add(1), j) >= cell(i, j.saturating_add(1)) {
            i = i.saturating_add(1);
        } else {
            j = j.saturating_add(1);
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::{Change, compare};
    use serde_json::json;

    #[test]
    fn only_what_changed_is_marked() {
        let before = json!({"image": "api:1", "replicas": 2});
        let now = json!({"image": "api:2", "replicas": 2});
        let marked: Vec<_> = compare(Some(&before), &now)
            .into_iter()
            .filter(|line| line.change != Change::Same)
            .map(|line| (line.change, line.text.trim().to_owned()))
            .collect();
        let wanted = [
            (Change::Removed, "\"image\": \"api:1\",".to_owned()),
            (Change::Added, "\"image\": \"api:2\",".to_owned()),
        ];
        assert_eq!(marked, wanted);
    }

    #[test]
    fn the_new_side_reads_whole_whatever_changed() {
        let before = json!({"a": [1, 2, 3], "b": {"c": null}});
        let now = json!({"a": [3, 2], "d": "x"});
        let new: String = compare(Some(&before), &now)
            .into_iter()
            .filter(|line| line.change != Change::Removed)
            .map(|line| line.text)
            .collect();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&new).unwrap(),
            now
        );
    }
}
