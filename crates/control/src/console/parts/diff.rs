//! What changes between two texts, line by line.

/// The most lines of either text that are compared; longer ones are shown as all old, all new.
const MOST_LINES: usize = 500;

/// One line of a comparison.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What became of it.
    pub change: Change,
    /// What is on it.
    pub text: String,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// It is in both texts.
    Same,
    /// It is new.
    Added,
    /// It is no more.
    Removed,
}

/// The lines of a text that is not compared with anything.
#[must_use]
pub fn plain(text: &str) -> Vec<Line> {
    text.split('\n')
        .map(|text| line(Change::Same, text))
        .collect()
}

/// Compares two texts line by line: every line of either is there, in its order, and as many as
/// possible are the same.
///
/// The work is bounded by the square of 500 lines.
#[must_use]
pub fn compare(before: &str, after: &str) -> Vec<Line> {
    let old: Vec<&str> = before.split('\n').collect();
    let new: Vec<&str> = after.split('\n').collect();
    if old.len() > MOST_LINES || new.len() > MOST_LINES {
        let removed = old.iter().map(|text| line(Change::Removed, text));
        return removed
            .chain(new.iter().map(|text| line(Change::Added, text)))
            .collect();
    }
    walk(&old, &new, &lengths(&old, &new))
}

/// For every pair of places, how many lines the two rests have in common at most.
fn lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u16>> {
    let mut rows = vec![vec![0; new.len() + 1]];
    for old_line in old.iter().rev() {
        let below = rows.last().map_or(&[][..], Vec::as_slice);
        let mut row = vec![0_u16];
        let cells = below.iter().rev();
        for ((new_line, corner), down) in new.iter().rev().zip(cells.clone()).zip(cells.skip(1)) {
            let right = row.last().copied().unwrap_or_default();
            let best = (*down).max(right);
            row.push(if old_line == new_line {
                corner + 1
            } else {
                best
            });
        }
        row.reverse();
        rows.push(row);
    }
    rows.reverse();
    rows
}

fn walk(old: &[&str], new: &[&str], lengths: &[Vec<u16>]) -> Vec<Line> {
    let length = |i: usize, j: usize| lengths.get(i).and_then(|row| row.get(j)).copied();
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::with_capacity(old.len() + new.len());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(was), Some(is)) if was == is => {
                lines.push(line(Change::Same, is));
                (i, j) = (i + 1, j + 1);
            }
            (Some(was), is) if is.is_none() || length(i + 1, j) >= length(i, j + 1) => {
                lines.push(line(Change::Removed, was));
                i += 1;
            }
            (_, Some(is)) => {
                lines.push(line(Change::Added, is));
                j += 1;
            }
            (_, None) => return lines,
        }
    }
}

fn line(change: Change, text: &str) -> Line {
    Line {
        change,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, compare, plain};
    use proptest::prelude::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        let sign = |change| match change {
            Change::Same => ' ',
            Change::Added => '+',
            Change::Removed => '-',
        };
        compare(before, after)
            .into_iter()
            .map(|line| format!("{}{}", sign(line.change), line.text))
            .collect()
    }

    #[test]
    fn a_changed_line_is_one_out_and_one_in() {
        assert_eq!(shown("a\nb\nc", "a\nx\nc"), [" a", "-b", "+x", " c"]);
        assert_eq!(shown("a", "a\nb"), [" a", "+b"]);
        assert_eq!(shown("a\nb", "b"), ["-a", " b"]);
        assert_eq!(shown("", ""), [" "]);
    }

    #[test]
    fn a_text_by_itself_has_no_changes() {
        assert!(plain("a\nb").iter().all(|line| line.change == Change::Same));
    }

    #[test]
    fn texts_too_long_to_compare_are_shown_whole() {
        let long = "x\n".repeat(600);
        assert_eq!(compare(&long, &long).len(), 1202);
    }

    proptest! {
        #[test]
        fn both_texts_are_there(before in "[ab\n]{0,40}", after in "[ab\n]{0,40}") {
            let lines = compare(&before, &after);
            let without = |change| {
                let kept = lines.iter().filter(|line| line.change != change);
                kept.map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
            };
            prop_assert_eq!(without(Change::Added), before);
            prop_assert_eq!(without(Change::Removed), after);
        }
    }
}
