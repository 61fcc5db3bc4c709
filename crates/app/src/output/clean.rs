//! Making text harmless for a terminal.

use std::borrow::Cow;

/// The text with a mark in place of whatever could move the cursor, colour the screen or turn the
/// reading direction: agents write much of what operators read.
#[must_use]
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_harmful) {
        Cow::Owned(
            text.chars()
                .map(|c| if is_harmful(c) { '\u{FFFD}' } else { c })
                .collect(),
        )
    } else {
        Cow::Borrowed(text)
    }
}

/// The text on one line.
#[must_use]
pub(crate) fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_lose_their_power() {
        assert_eq!(clean("a\u{1b}[2Jb\r"), "a\u{FFFD}[2Jb\u{FFFD}");
        assert_eq!(clean("pay \u{202E}01$"), "pay \u{FFFD}01$");
    }

    #[test]
    fn ordinary_text_stays() {
        assert_eq!(clean("line\n\tülines, 漢字"), "line\n\tülines, 漢字");
        assert_eq!(one_line(" a\n  b\t c "), "a b c");
    }
}
