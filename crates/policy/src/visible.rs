//! Text as it is: characters that an eye cannot see are written out, as in `\u{202E}`.
//!
//! What people decide on must look like what will run. A right-to-left override, a zero width
//! space or a tag character can make one thing look like another, so they are shown by their
//! numbers (Trojan Source, CVE-2021-42574). A backslash is left alone: who must tell a written-out
//! character from the same letters in the text marks the [`pieces`] apart.

mod unseen;

pub use unseen::is_unseen;

use std::{
    borrow::Cow,
    fmt::{self, Write},
};

/// Whether the shape of a text is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Layout {
    /// One line: line feeds and tabs are written out too.
    Line,
    /// A block: line feeds and tabs stay as they are. A carriage return is written out.
    Block,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Piece<'t> {
    /// Shown as it is.
    Seen(&'t str),
    /// To be written out.
    Unseen(char),
}

impl fmt::Display for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seen(text) => f.write_str(text),
            Self::Unseen(char) => write!(f, "\\u{{{:X}}}", u32::from(*char)),
        }
    }
}

/// The beginning of a text, and how much of it is not there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Excerpt<'t> {
    /// The beginning, as it came: it is yet to be made visible.
    pub text: &'t str,
    /// How many bytes follow it.
    pub hidden_bytes: usize,
}

/// A text on one line, with everything unseen written out, line feeds and tabs too.
///
/// At most six bytes come out for one that goes in.
#[must_use]
pub fn visible_line(text: &str) -> Cow<'_, str> {
    visible(text, Layout::Line)
}

/// A text with its lines and tabs, and everything else unseen written out.
///
/// At most six bytes come out for one that goes in.
#[must_use]
pub fn visible_block(text: &str) -> Cow<'_, str> {
    visible(text, Layout::Block)
}

/// A text with everything unseen written out; borrowed when there is nothing to write out.
#[must_use]
pub fn visible(text: &str, layout: Layout) -> Cow<'_, str> {
    if !text.chars().any(|char| is_written_out(char, layout)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for piece in pieces(text, layout) {
        // Writing to a string does not fail.
        let _ = write!(shown, "{piece}");
    }
    Cow::Owned(shown)
}

/// A text cut into what is seen and what is not, in order and with nothing left out.
pub fn pieces(text: &str, layout: Layout) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        if is_written_out(first, layout) {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            return Some(Piece::Unseen(first));
        }
        let end = rest.find(|char| is_written_out(char, layout));
        let (seen, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after;
        Some(Piece::Seen(seen))
    })
}

/// The beginning of a text, of at most `most_bytes` bytes, cut between two characters.
#[must_use]
pub fn excerpt(text: &str, most_bytes: usize) -> Excerpt<'_> {
    let end = text.floor_char_boundary(most_bytes);
    let (text, hidden) = text.split_at_checked(end).unwrap_or((text, ""));
    Excerpt {
        text,
        hidden_bytes: hidden.len(),
    }
}

fn is_written_out(char: char, layout: Layout) -> bool {
    is_unseen(char) && !(layout == Layout::Block && matches!(char, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::{Layout, Piece, excerpt, is_unseen, pieces, visible, visible_block, visible_line};
    use proptest::prelude::*;
    use std::borrow::Cow;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(visible_line("né 中 😀 \\"), Cow::Borrowed(_)));
        assert!(matches!(visible_block("a\n\tb"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_unseen_is_written_out_by_its_number() {
        assert_eq!(visible_line("rm\u{202E}txt.exe"), "rm\\u{202E}txt.exe");
        assert_eq!(visible_line("a\u{A0}b\u{0}"), "a\\u{A0}b\\u{0}");
        assert_eq!(visible_line("\u{E0041}"), "\\u{E0041}");
    }

    #[test]
    fn lines_and_tabs_stay_only_in_a_block() {
        assert_eq!(visible_line("a\n\tb"), "a\\u{A}\\u{9}b");
        assert_eq!(visible_block("a\r\n\tb"), "a\\u{D}\n\tb");
        assert_eq!(visible_block("a\u{2028}b\u{85}"), "a\\u{2028}b\\u{85}");
    }

    #[test]
    fn an_escape_in_the_text_is_no_piece_of_its_own() {
        let found: Vec<_> = pieces("\\u{202E}\u{202E}", Layout::Line).collect();
        assert_eq!(found, [Piece::Seen("\\u{202E}"), Piece::Unseen('\u{202E}')]);
    }

    #[test]
    fn an_excerpt_tells_what_it_leaves_out() {
        assert_eq!(excerpt("abc", 3).hidden_bytes, 0);
        assert_eq!(excerpt("abc", 1).text, "a");
        assert_eq!(excerpt("abc", 1).hidden_bytes, 2);
        assert_eq!(excerpt("a中b", 2).text, "a");
        assert_eq!(excerpt("a中b", 2).hidden_bytes, 4);
        assert_eq!(excerpt("", 9).hidden_bytes, 0);
    }

    proptest! {
        #[test]
        fn nothing_unseen_stays_and_nothing_is_lost(text in any::<String>(), most in 0..40_usize) {
            for layout in [Layout::Line, Layout::Block] {
                let shown = visible(&text, layout);
                let stays = |char| layout == Layout::Block && matches!(char, '\n' | '\t');
                prop_assert!(shown.chars().all(|char| !is_unseen(char) || stays(char)));
                prop_assert!(shown.len() <= text.len() * 6);
                let back: String = pieces(&text, layout)
                    .map(|piece| match piece {
                        Piece::Seen(seen) => seen.to_owned(),
                        Piece::Unseen(char) => char.to_string(),
                    })
                    .collect();
                prop_assert_eq!(&back, &text);
            }
            let cut = excerpt(&text, most);
            prop_assert!(cut.text.len() <= most);
            prop_assert_eq!(cut.text.len() + cut.hidden_bytes, text.len());
        }
    }
}
