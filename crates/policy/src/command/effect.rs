//! What a command does to the world, in one word.

use serde::Serialize;
use std::fmt;

/// What a command does. The order is that of caution: of several the last counts.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It looks, and changes nothing.
    #[default]
    Read,
    /// It changes something.
    Write,
    /// Nobody can tell from the command itself.
    NotUnderstood,
    /// It takes something away that does not come back by itself.
    Destructive,
}

impl Effect {
    /// The word for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::Write => "writes",
            Self::NotUnderstood => "not understood",
            Self::Destructive => "destroys",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
