//! A part of a tenant.

use jiff::Timestamp;
use portcullis_policy::id::WorkspaceId;
use serde::{Deserialize, Serialize};

/// The longest short name, in characters.
pub const SHORT_NAME_MAX: usize = 10;

/// A workspace as it is kept (seed 002).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its name: lower case, never changed. Actions, rules and roles name it.
    pub id: WorkspaceId,
    /// What its tickets begin with; unique in the tenant.
    pub short_name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether a text can be a short name: a letter, then letters, digits, `-` and `_`.
#[must_use]
pub fn is_short_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.len() <= SHORT_NAME_MAX
        && text.chars().all(plain)
}

/// The short name of a workspace that was given none.
#[must_use]
pub fn short_name_of(id: &WorkspaceId) -> String {
    let letters = id.as_str().chars().filter(char::is_ascii_alphanumeric);
    let short: String = letters
        .skip_while(char::is_ascii_digit)
        .take(SHORT_NAME_MAX)
        .collect();
    if short.is_empty() {
        "w".to_owned()
    } else {
        short
    }
}
