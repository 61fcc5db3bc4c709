//! Words and bytes that came from outside: shown as they are, and never more than they are.

use crate::console::{
    figure,
    parts::{badge::Tone, button, icon::Icon, notice},
};
use maud::{Markup, PreEscaped, html};
use portcullis_firewall::visible::{Layout, Piece, excerpt, pieces};

/// The most bytes of a name or a value in a list.
const LINE_MOST_BYTES: usize = 240;
/// The most bytes of an agent's words.
const WORDS_MOST_BYTES: usize = 16 * 1024;

/// A text on one line; what an eye cannot see is written out and marked. A long one is cut, with
/// the number of hidden bytes behind it.
#[must_use]
pub fn line(text: &str) -> Markup {
    let cut = excerpt(text, LINE_MOST_BYTES);
    html! {
        (shown(cut.text, Layout::Line))
        @if cut.hidden_bytes > 0 { " " (more(cut.hidden_bytes)) }
    }
}

/// The same in the letters of code.
#[must_use]
pub fn code(text: &str) -> Markup {
    html! { code { (line(text)) } }
}

/// A text of which nothing is cut.
#[must_use]
pub fn shown(text: &str, layout: Layout) -> Markup {
    let unseen = |char: char, piece: Piece<'_>| {
        html! { span class="unseen" title={ "Unseen character U+" (format!("{:04X}", u32::from(char))) } { (piece.to_string()) } }
    };
    let mut all = String::with_capacity(text.len());
    for piece in pieces(text, layout) {
        match piece {
            Piece::Seen(text) => all.push_str(&html! { (text) }.into_string()),
            Piece::Unseen(char) => all.push_str(&unseen(char, piece).into_string()),
        }
    }
    PreEscaped(all)
}

/// A digest, in full, with a button that copies it.
#[must_use]
pub fn digest(id: &str, text: &str) -> Markup {
    html! {
        span class="row" {
            span class="digest" id=(id) { (line(text)) }
            (button::copy(id, "the digest"))
        }
    }
}

/// Tells that not all of a text is shown. Who sees it must not decide on what is there alone.
#[must_use]
pub fn hidden_bytes(bytes: usize, full_path: Option<&str>) -> Markup {
    notice::notice(
        Tone::Bad,
        &html! {
            strong { (figure::count(u64::try_from(bytes).unwrap_or(u64::MAX), "byte")) " hidden." }
            " This is not all of it"
            @if let Some(path) = full_path { ": " a href=(path) { "read it in full" } }
            "."
        },
    )
}

/// Something an agent says for itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Said {
    /// What it is about, in our words: `Reasoning`, `Evidence`.
    pub about: String,
    /// The agent's words, as they came.
    pub words: String,
}

/// An agent's own words, set apart from everything the gate says. Without any, nothing.
#[must_use]
pub fn untrusted(said: &[Said]) -> Markup {
    if said.is_empty() {
        return html! {};
    }
    let body = html! {
        @for one in said {
            @let cut = excerpt(&one.words, WORDS_MOST_BYTES);
            h3 { (one.about) }
            blockquote { (shown(cut.text, Layout::Block)) }
            @if cut.hidden_bytes > 0 { (hidden_bytes(cut.hidden_bytes, None)) }
        }
    };
    foreign("untrusted", "Written by the agent. Do not trust it.", &body)
}

/// What somebody outside says, set apart from everything the gate says; `title` warns of it, and
/// `id` is the heading's.
#[must_use]
pub fn foreign(id: &str, title: &str, body: &Markup) -> Markup {
    html! {
        section class="untrusted" aria-labelledby=(id) {
            header { (Icon::Warning.draw()) h2 id=(id) { (title) } }
            (body)
        }
    }
}

fn more(bytes: usize) -> Markup {
    html! { span class="quiet nowrap" { "… +" (figure::count(u64::try_from(bytes).unwrap_or(u64::MAX), "byte")) } }
}

#[cfg(test)]
mod tests {
    use super::{Said, line, untrusted};

    #[test]
    fn markup_in_a_text_is_text() {
        assert_eq!(line("<b>&\"").into_string(), "&lt;b&gt;&amp;&quot;");
    }

    #[test]
    fn the_unseen_is_marked_apart_from_the_same_letters() {
        let shown = line("\\u{202E}\u{202E}").into_string();
        assert_eq!(
            shown,
            "\\u{202E}<span class=\"unseen\" title=\"Unseen character U+202E\">\\u{202E}</span>"
        );
    }

    #[test]
    fn a_long_line_tells_what_it_hides() {
        let shown = line(&"x".repeat(1_240)).into_string();
        assert!(shown.contains("+1,000 bytes"), "{shown}");
    }

    #[test]
    fn an_agent_without_words_takes_no_room() {
        assert!(untrusted(&[]).into_string().is_empty());
        let said = Said {
            about: "Reasoning".to_owned(),
            words: "</blockquote>".to_owned(),
        };
        let shown = untrusted(&[said]).into_string();
        assert_eq!(shown.matches("</blockquote>").count(), 1);
        assert!(shown.contains("Written by the agent. Do not trust it."));
    }
}
