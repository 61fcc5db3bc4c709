//! An answer about access, with what decided it.

use std::fmt;

use super::{entry::Entry, role::RoleGrant};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Source<'r> {
    /// The set's id.
    pub set: &'r str,
    /// The set's name.
    pub name: &'r str,
    /// The entry's place in the set, from 0.
    pub place: usize,
    /// The entry.
    pub entry: &'r Entry,
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "entries[{}] of `{}` (`{}`)",
            self.place, self.name, self.set
        )
    }
}

/// Why a person may do something, or may not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Why<'r> {
    /// They may.
    Granted {
        /// The grant whose role gives the verb.
        grant: &'r RoleGrant,
        /// The allow entry, where the grant needs one.
        by: Option<Source<'r>>,
    },
    /// They are not active.
    Inactive,
    /// No role of theirs gives the verb there.
    NoRole,
    /// A deny entry covers it.
    Denied(Source<'r>),
    /// A role of the workspace gives the verb, and no allow entry covers the thing.
    NotAllowed(&'r RoleGrant),
}

impl Why<'_> {
    /// Whether they may.
    #[must_use]
    pub const fn may(&self) -> bool {
        matches!(self, Self::Granted { .. })
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Granted { .. } => "access.granted",
            Self::Inactive => "access.inactive",
            Self::NoRole => "access.no_role",
            Self::Denied(_) => "access.denied",
            Self::NotAllowed(_) => "access.not_allowed",
        }
    }
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Granted { grant, by: None } => write!(f, "granted to the {grant}"),
            Self::Granted {
                grant,
                by: Some(source),
            } => write!(f, "granted to the {grant} by {source}"),
            Self::Inactive => f.write_str("the person is not active"),
            Self::NoRole => f.write_str("no role of the person gives this here"),
            Self::Denied(source) => write!(f, "denied by {source}"),
            Self::NotAllowed(grant) => write!(f, "nothing allows this to the {grant}"),
        }
    }
}
