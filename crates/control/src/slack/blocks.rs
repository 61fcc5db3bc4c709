//! Block Kit, as far as the gate uses it.
//!
//! What an agent or a person wrote goes into rich text and plain text alone, where Slack looks for
//! no marks: it can mention nobody, link nowhere and look like nothing but text. Every constructor
//! keeps to Slack's limits (<https://docs.slack.dev/reference/block-kit>), cutting texts visibly;
//! what would be useless when cut is not made at all.

mod button;
mod page;
mod view;

pub use button::{Button, Confirm, Style};
pub use page::Page;
pub use view::{ANSWER_MAX, Input, View};

use super::text;
use jiff::Timestamp;
use serde::Serialize;

/// The longest text of a section or a piece of rich text.
pub const TEXT_MAX: usize = 3_000;
/// The longest header.
const HEADER_MAX: usize = 150;
/// The longest id of a block or an action.
pub(super) const ID_MAX: usize = 255;
/// The longest address of a link or a button.
pub(super) const URL_MAX: usize = 3_000;

/// One block.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// A heading.
    Header {
        /// Its words.
        text: Text,
    },
    /// Text that is taken as it is.
    RichText {
        /// Its parts.
        elements: Vec<Rich>,
    },
    /// Small print.
    Context {
        /// Its texts.
        elements: [Text; 1],
    },
    /// Buttons.
    Actions {
        /// Names the block.
        block_id: String,
        /// The buttons, at most 25.
        elements: Vec<Button>,
    },
    /// A line.
    Divider,
    /// A question in a modal.
    Input(Input),
}

/// Words and nothing else.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "type", rename = "plain_text")]
pub struct Text {
    text: String,
    /// Never: `:bomb:` stays `:bomb:`.
    emoji: bool,
}

/// A part of rich text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Rich {
    /// A paragraph.
    RichTextSection {
        /// Its pieces.
        elements: Vec<Span>,
    },
    /// Lines in a typewriter's letters.
    RichTextPreformatted {
        /// Its pieces.
        elements: Vec<Span>,
    },
    /// Somebody else's words.
    RichTextQuote {
        /// Its pieces.
        elements: Vec<Span>,
    },
}

/// A piece of rich text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Span {
    /// Words.
    Text {
        /// The words; never empty.
        text: String,
        /// How they look.
        #[serde(skip_serializing_if = "Option::is_none")]
        style: Option<Look>,
    },
    /// A link of the gate's own.
    Link {
        /// Where to.
        url: String,
        /// The words.
        text: String,
    },
    /// A moment, shown in the reader's own time.
    Date {
        /// Seconds since 1970.
        timestamp: i64,
        /// How it is shown.
        format: &'static str,
        /// For readers that cannot: the moment in UTC.
        fallback: String,
    },
}

/// How words look.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Look {
    /// Always: there is no other look.
    pub bold: bool,
}

impl Text {
    /// Words, cut to so many bytes.
    #[must_use]
    pub fn plain(words: &str, most: usize) -> Self {
        let words = if words.is_empty() { "-" } else { words };
        Self {
            text: text::fit(words, most).text,
            emoji: false,
        }
    }
}

impl Block {
    /// A heading.
    #[must_use]
    pub fn header(words: &str) -> Self {
        Self::Header {
            text: Text::plain(words, HEADER_MAX),
        }
    }

    /// Small print.
    #[must_use]
    pub fn small(words: &str) -> Self {
        Self::Context {
            elements: [Text::plain(words, TEXT_MAX)],
        }
    }

    /// A paragraph; pieces that are longer than one may be have been cut by whoever made them.
    #[must_use]
    pub fn paragraph(elements: Vec<Span>) -> Self {
        Self::RichText {
            elements: vec![Rich::RichTextSection { elements }],
        }
    }

    /// Lines as they are.
    #[must_use]
    pub fn lines(words: &str) -> Self {
        Self::RichText {
            elements: vec![Rich::RichTextPreformatted {
                elements: vec![Span::words(words, TEXT_MAX)],
            }],
        }
    }

    /// Somebody else's words.
    #[must_use]
    pub fn quote(words: &str, most: usize) -> Self {
        Self::RichText {
            elements: vec![Rich::RichTextQuote {
                elements: vec![Span::words(words, most.min(TEXT_MAX))],
            }],
        }
    }

    /// The bytes it takes in a message.
    #[must_use]
    pub fn size(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |json| json.len().saturating_add(1))
    }
}

impl Span {
    /// Words, cut to so many bytes.
    #[must_use]
    pub fn words(words: &str, most: usize) -> Self {
        let words = if words.is_empty() { "-" } else { words };
        Self::Text {
            text: text::fit(words, most).text,
            style: None,
        }
    }

    /// Words of the gate that stand out.
    #[must_use]
    pub fn label(words: &str) -> Self {
        Self::Text {
            text: text::fit(words, TEXT_MAX).text,
            style: Some(Look { bold: true }),
        }
    }

    /// A link of the gate's own; mere words when the address is too long for one.
    #[must_use]
    pub fn link(words: &str, url: &str) -> Self {
        if url.len() > URL_MAX {
            return Self::words(words, TEXT_MAX);
        }
        Self::Link {
            url: url.to_owned(),
            text: words.to_owned(),
        }
    }

    /// A moment.
    #[must_use]
    pub fn moment(at: Timestamp) -> Self {
        Self::Date {
            timestamp: at.as_second(),
            format: "{date_short_pretty} at {time}",
            fallback: in_utc(at),
        }
    }
}

/// A moment as people read it, e.g. `2026-04-10 14:32 UTC`.
#[must_use]
pub(super) fn in_utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
