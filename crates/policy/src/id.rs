//! The names of things: one newtype per kind, so that one kind is never taken for another.

use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt, sync::Arc};

/// The longest id the gate accepts, in bytes.
pub const ID_MAX_BYTES: usize = 128;

/// Why a text is not an id.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IdError {
    /// Nothing but blanks.
    #[error("an id must not be empty")]
    Empty,
    /// Over [`ID_MAX_BYTES`].
    #[error("an id has at most {ID_MAX_BYTES} bytes")]
    TooLong,
    /// A character that is not safe in a URL path.
    #[error("an id has only letters, digits and `-_.:@`, not `{0}`")]
    Character(char),
}

fn check(text: &str) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > ID_MAX_BYTES {
        return Err(IdError::TooLong);
    }
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_.:@".contains(c);
    text.chars()
        .find(|c| !safe(*c))
        .map_or(Ok(()), |c| Err(IdError::Character(c)))
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads an id.
            ///
            /// # Errors
            /// [`IdError`] when the text is empty, too long or not safe in a URL path.
            pub fn new(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(Arc::from(text)))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(&text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    )*};
}

impl SessionId {
    /// What the ids begin with that the gate gives; any other is the caller's own word.
    pub const PREFIX: &str = "ses_";

    /// Whether it claims to be one of the gate's. Then it must be: a caller's own word is free
    /// text, and gives nothing.
    #[must_use]
    pub fn is_the_gates(&self) -> bool {
        self.0.starts_with(Self::PREFIX)
    }
}

id! {
    /// An organisation: the isolation boundary for everything.
    TenantId
    /// A registered non-human caller; given by the gate, never changed.
    AgentId
    /// A part of a tenant.
    WorkspaceId
    /// One piece of work.
    SessionId
    /// A named reach that credentials are minted from.
    ScopeName
    /// One of the configurable CHAM policies.
    PolicyId
    /// A human of a tenant; given by the gate, never changed.
    PersonId
    /// People who count as one; given by the gate, never changed.
    GroupId
}
