//! What somebody may have meant by a misspelt word.

/// The longest word worth comparing, in bytes: nothing the rules know is longer.
const LONGEST: usize = 64;

/// The known word nearest to a misspelt one, when it is near enough to be what was meant.
///
/// Near enough is at most two edits and at most a third of the word (so that words of one or two
/// letters have no neighbours); one edit is a letter added, left out, replaced, or swapped with its
/// neighbour. Case does not count.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let most = (word.chars().count() / 3).min(2);
    known
        .into_iter()
        .map(|candidate| (edits(&word, &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= most)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean `x`?)` when a known word is near, else nothing: to be put behind a message.
pub(crate) fn hint<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
}

/// How many edits turn one word into the other (optimal string alignment).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, letter) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX);
            let replaced = at(&above, column) + usize::from(letter != *other);
            let mut least = replaced
                .min(at(&above, column + 1) + 1)
                .min(at(&current, column) + 1);
            let swapped = column.checked_sub(1).filter(|left| {
                to.get(*left) == Some(&letter) && previous == Some(*other) && row > 0
            });
            if let Some(left) = swapped {
                least = least.min(at(&before, left).saturating_add(1));
            }
            current.push(least);
        }
        previous = Some(letter);
        before = std::mem::replace(&mut above, current);
    }
    above.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{hint, nearest};

    const KNOWN: [&str; 4] = ["action_types", "environments", "reason", "tier"];

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        for (slip, meant) in [
            ("action_type", "action_types"),
            ("acton_typse", "action_types"),
            ("enviroments", "environments"),
            ("Reason", "reason"),
            ("teir", "tier"),
            ("raeson", "reason"),
        ] {
            assert_eq!(nearest(slip, KNOWN), Some(meant), "{slip}");
        }
    }

    #[test]
    fn another_word_is_not_taken_for_a_slip() {
        for word in ["", "owner", "ti", "verdict", &"action_types".repeat(20)] {
            assert_eq!(nearest(word, KNOWN), None, "{word}");
            assert_eq!(hint(word, KNOWN), "");
        }
    }
}
