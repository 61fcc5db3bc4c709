//! Modals.

use super::{Block, ID_MAX, Text};
use serde::Serialize;

/// The longest title, and the longest label of its buttons.
const TITLE_MAX: usize = 24;
/// The most that a modal carries along unseen.
const METADATA_MAX: usize = 3_000;
/// The longest label of a question.
const LABEL_MAX: usize = 2_000;
/// The longest answer that is taken, in characters.
pub const ANSWER_MAX: u16 = 1_000;

/// A modal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename = "modal")]
pub struct View {
    callback_id: &'static str,
    title: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    submit: Option<Text>,
    close: Text,
    private_metadata: String,
    blocks: Vec<Block>,
}

/// A question of one answer in words.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Input {
    block_id: &'static str,
    label: Text,
    element: Field,
    optional: bool,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "type", rename = "plain_text_input")]
struct Field {
    action_id: &'static str,
    multiline: bool,
    min_length: u16,
    max_length: u16,
}

impl View {
    /// A modal to read.
    #[must_use]
    pub fn to_read(title: &str, callback_id: &'static str, blocks: Vec<Block>) -> Self {
        Self {
            callback_id,
            title: Text::plain(title, TITLE_MAX),
            submit: None,
            close: Text::plain("Close", TITLE_MAX),
            private_metadata: String::new(),
            blocks,
        }
    }

    /// A modal to fill in, which carries something along; `None` when that is longer than Slack
    /// carries.
    #[must_use]
    pub fn to_fill_in(
        title: &str,
        callback_id: &'static str,
        blocks: Vec<Block>,
        (submit, carried): (&str, String),
    ) -> Option<Self> {
        let fits = carried.len() <= METADATA_MAX && callback_id.len() <= ID_MAX;
        fits.then(|| Self {
            submit: Some(Text::plain(submit, TITLE_MAX)),
            private_metadata: carried,
            close: Text::plain("Cancel", TITLE_MAX),
            ..Self::to_read(title, callback_id, blocks)
        })
    }
}

impl Input {
    /// A question that must be answered.
    #[must_use]
    pub fn required(label: &str, block_id: &'static str, action_id: &'static str) -> Self {
        Self {
            block_id,
            label: Text::plain(label, LABEL_MAX),
            element: Field {
                action_id,
                multiline: true,
                min_length: 1,
                max_length: ANSWER_MAX,
            },
            optional: false,
        }
    }
}
