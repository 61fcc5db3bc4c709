//! Buttons.

use super::{ID_MAX, Text, URL_MAX};
use serde::Serialize;

/// The longest label.
const LABEL_MAX: usize = 75;
/// The longest value.
const VALUE_MAX: usize = 2_000;
/// The longest title of a confirmation.
const TITLE_MAX: usize = 100;
/// The longest text of one.
const QUESTION_MAX: usize = 300;
/// The longest answer of one.
const ANSWER_MAX: usize = 30;

/// A button: it says something to the gate, or opens a page.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "type", rename = "button")]
pub struct Button {
    text: Text,
    action_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<Style>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm: Option<Confirm>,
}

/// The colour of a button.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Green.
    Primary,
    /// Red.
    Danger,
}

/// A question before the button counts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Confirm {
    title: Text,
    text: Text,
    confirm: Text,
    deny: Text,
}

impl Button {
    /// One that says a value; `None` when the value, or the id, is longer than Slack carries.
    #[must_use]
    pub fn press(label: &str, action_id: &'static str, value: &str) -> Option<Self> {
        let fits = (1..=VALUE_MAX).contains(&value.len()) && action_id.len() <= ID_MAX;
        fits.then(|| Self {
            value: Some(value.to_owned()),
            ..Self::bare(label, action_id)
        })
    }

    /// One that opens a page; `None` when the address is longer than Slack carries.
    #[must_use]
    pub fn open(label: &str, action_id: &'static str, url: &str) -> Option<Self> {
        let fits = (1..=URL_MAX).contains(&url.len()) && action_id.len() <= ID_MAX;
        fits.then(|| Self {
            url: Some(url.to_owned()),
            ..Self::bare(label, action_id)
        })
    }

    fn bare(label: &str, action_id: &'static str) -> Self {
        Self {
            text: Text::plain(label, LABEL_MAX),
            action_id,
            value: None,
            url: None,
            style: None,
            confirm: None,
        }
    }

    /// In a colour.
    #[must_use]
    pub fn styled(self, style: Style) -> Self {
        Self {
            style: Some(style),
            ..self
        }
    }

    /// Only after a question.
    #[must_use]
    pub fn asking(self, confirm: Confirm) -> Self {
        Self {
            confirm: Some(confirm),
            ..self
        }
    }
}

impl Confirm {
    /// A question with its two answers.
    #[must_use]
    pub fn new(title: &str, question: &str, yes: &str, no: &str) -> Self {
        Self {
            title: Text::plain(title, TITLE_MAX),
            text: Text::plain(question, QUESTION_MAX),
            confirm: Text::plain(yes, ANSWER_MAX),
            deny: Text::plain(no, ANSWER_MAX),
        }
    }
}
