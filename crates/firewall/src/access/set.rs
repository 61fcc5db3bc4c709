//! A permission set: entries under a name, to be given to people and groups.

use serde::{Deserialize, Serialize};

use super::entry::{Entry, EntryError};

/// The longest id and the longest name of a set, in bytes.
pub const NAME_MAX_BYTES: usize = 128;

/// The longest description, in bytes.
pub const DESCRIPTION_MAX_BYTES: usize = 1_024;

/// The most entries of a set.
pub const ENTRIES_MAX: usize = 256;

/// The most patterns in all entries of a set together.
pub const PATTERNS_MAX: usize = 512;

/// What a person or a group may and may not reach, by workspace.
///
/// Reading refuses keys it does not know, and what [`PermissionSet::check`] refuses.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawSet")]
pub struct PermissionSet {
    /// The id, which never changes.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows and denies; no entry, nothing. Their order does not matter.
    pub entries: Vec<Entry>,
}

/// Why a permission set is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SetError {
    /// No id or no name.
    #[error("`{0}` must not be empty")]
    Empty(&'static str),
    /// Over [`NAME_MAX_BYTES`] or [`DESCRIPTION_MAX_BYTES`].
    #[error("`{0}` has at most {1} bytes")]
    TooLong(&'static str, usize),
    /// Over [`ENTRIES_MAX`].
    #[error("a permission set has at most {ENTRIES_MAX} entries")]
    Entries,
    /// Over [`PATTERNS_MAX`].
    #[error("the entries of a permission set have at most {PATTERNS_MAX} patterns together")]
    Patterns,
    /// An entry is refused.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl SetError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty(_) => "set.empty",
            Self::TooLong(..) => "set.too_long",
            Self::Entries => "set.entries",
            Self::Patterns => "set.patterns",
            Self::Entry(error) => error.code(),
        }
    }
}

impl PermissionSet {
    /// Whether the set keeps its bounds and its entries can match.
    ///
    /// # Errors
    /// [`SetError`] names the first thing that is wrong.
    pub fn check(&self) -> Result<(), SetError> {
        for (key, text) in [("id", &self.id), ("name", &self.name)] {
            if text.trim().is_empty() {
                return Err(SetError::Empty(key));
            }
            bounded(key, text, NAME_MAX_BYTES)?;
        }
        bounded("description", &self.description, DESCRIPTION_MAX_BYTES)?;
        if self.entries.len() > ENTRIES_MAX {
            return Err(SetError::Entries);
        }
        let patterns = |entry: &Entry| entry.agents.len() + entry.scopes.len();
        if self.entries.iter().map(patterns).sum::<usize>() > PATTERNS_MAX {
            return Err(SetError::Patterns);
        }
        self.entries
            .iter()
            .try_for_each(|entry| entry.check().map_err(SetError::Entry))
    }
}

const fn bounded(key: &'static str, text: &str, most: usize) -> Result<(), SetError> {
    if text.len() > most {
        return Err(SetError::TooLong(key, most));
    }
    Ok(())
}

/// A set as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSet {
    id: String,
    name: String,
    #[serde(default)]
    description: String,
    entries: Vec<Entry>,
}

impl TryFrom<RawSet> for PermissionSet {
    type Error = SetError;

    fn try_from(raw: RawSet) -> Result<Self, SetError> {
        let set = Self {
            id: raw.id,
            name: raw.name,
            description: raw.description,
            entries: raw.entries,
        };
        set.check().map(|()| set)
    }
}
