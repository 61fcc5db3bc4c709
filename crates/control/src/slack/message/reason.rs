//! The question why something is rejected.

use super::action;
use crate::slack::blocks::{ANSWER_MAX, Block, Input, Span, View};
use portcullis_firewall::sight::Sight;
use serde::{Deserialize, Serialize};

/// The most of a name, in bytes.
const NAME_MAX: usize = 500;

/// What the modal carries along: which decision its answer belongs to, and where to answer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// The signed token of the button that was pressed.
    pub token: String,
    /// The channel it was pressed in.
    pub channel: String,
}

impl Carried {
    /// The block and the field that the answer stands in.
    pub const QUESTION: (&'static str, &'static str) = ("reason", "answer");
    /// The longest answer, in characters.
    pub const MOST_CHARS: usize = ANSWER_MAX as usize;
}

/// Asks for a reason before a rejection counts; `None` when there is no room for what must go along.
#[must_use]
pub fn ask_reason(sight: &Sight, carried: &Carried) -> Option<View> {
    let what = Block::paragraph(vec![
        Span::label("Reject "),
        Span::words(&sight.action_type, NAME_MAX),
        Span::label(" on "),
        Span::words(&sight.target, NAME_MAX),
        Span::label(", asked by "),
        Span::words(&sight.agent_name, NAME_MAX),
        Span::label(". One rejection is final."),
    ]);
    let question = Block::Input(Input::required(
        "Why?",
        Carried::QUESTION.0,
        Carried::QUESTION.1,
    ));
    let carried = serde_json::to_string(carried).ok()?;
    View::to_fill_in(
        "Reject",
        action::REASON,
        vec![what, question],
        ("Reject", carried),
    )
}
