//! Code and JSON, with the lines that changed marked by a colour, a sign and a hidden word.

use crate::console::parts::{
    button,
    diff::{Change, Line},
    words,
};
use maud::{Markup, html};
use portcullis_firewall::visible::{Layout, excerpt, visible_line};

/// The most bytes of a block.
const MOST_BYTES: usize = 64 * 1024;

/// A block of code.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Block {
    /// The id of its element, of its own on the page.
    pub id: String,
    /// What it is, in words.
    pub name: String,
    /// Its lines, as they came.
    pub lines: Vec<Line>,
    /// Where all of it is, if it is cut; empty is nowhere.
    pub full_path: String,
}

/// Draws a block. One that is too long is cut, and says how many bytes are hidden.
#[must_use]
pub fn block(block: &Block) -> Markup {
    let has_changes = block.lines.iter().any(|line| line.change != Change::Same);
    let mut left = MOST_BYTES;
    let mut hidden = 0;
    let mut shown = Vec::with_capacity(block.lines.len());
    for line in &block.lines {
        let cut = excerpt(&line.text, left);
        hidden += cut.hidden_bytes;
        if left > 0 {
            shown.push((line.change, cut.text));
        }
        left = left.saturating_sub(cut.text.len() + 1);
    }
    let path = (!block.full_path.is_empty()).then_some(block.full_path.as_str());
    html! {
        div class="code" {
            pre id=(block.id) tabindex="0" role="region" aria-label=(visible_line(&block.name)) {
                @for (change, text) in &shown { (drawn(*change, text, has_changes)) }
            }
            (button::copy(&block.id, &visible_line(&block.name)))
        }
        @if hidden > 0 { (words::hidden_bytes(hidden, path)) }
    }
}

fn drawn(change: Change, text: &str, has_changes: bool) -> Markup {
    let (class, sign, word) = match change {
        Change::Same => ("line", " ", ""),
        Change::Added => ("line added", "+", "added: "),
        Change::Removed => ("line removed", "−", "removed: "),
    };
    html! {
        span class=(class) {
            @if has_changes { span class="sign" aria-hidden="true" { (sign) } }
            @if !word.is_empty() { span class="hush" { (word) } }
            (words::shown(text, Layout::Block)) "\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, MOST_BYTES, block};
    use crate::console::parts::diff::{compare, plain};

    #[test]
    fn changes_are_told_by_sign_and_word() {
        let lines = compare("{\n\"a\": 1\n}", "{\n\"a\": 2\n}");
        let drawn = block(&Block {
            lines,
            ..Block::default()
        });
        let drawn = drawn.into_string();
        assert!(
            drawn.contains("removed: ") && drawn.contains("added: "),
            "{drawn}"
        );
    }

    #[test]
    fn a_long_block_says_what_it_hides() {
        let text = "y".repeat(MOST_BYTES + 5);
        let drawn = block(&Block {
            lines: plain(&text),
            full_path: "/raw".to_owned(),
            ..Block::default()
        });
        let drawn = drawn.into_string();
        assert!(drawn.contains("5 bytes hidden.") && drawn.contains("/raw"));
        let many = block(&Block {
            lines: plain(&"z\n".repeat(MOST_BYTES)),
            ..Block::default()
        });
        assert!(many.into_string().contains("bytes hidden."));
    }
}
