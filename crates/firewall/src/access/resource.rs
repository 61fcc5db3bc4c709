//! What is asked: a verb, and the thing it is about.

use portcullis_policy::id::{AgentId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a person wants to do.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verb {
    /// Read it, or see it in a list.
    View,
    /// Approve or reject a hold, resolve a violation.
    Decide,
    /// Change it.
    Configure,
    /// Have a credential issued for it.
    IssueCredential,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 4] = [
        Self::View,
        Self::Decide,
        Self::Configure,
        Self::IssueCredential,
    ];

    /// The word that documents and people use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::View => "VIEW",
            Self::Decide => "DECIDE",
            Self::Configure => "CONFIGURE",
            Self::IssueCredential => "ISSUE_CREDENTIAL",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The thing that a verb is about, named by ids that never change.
///
/// `None` says that the thing has no workspace, agent or scope. It does not stand for one that is
/// not known: whoever cannot tell must refuse without asking.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Resource<'r> {
    /// Where it is; a thing without a workspace belongs to the tenant.
    pub workspace: Option<&'r WorkspaceId>,
    /// Whose it is.
    pub agent: Option<&'r AgentId>,
    /// What it touches; of an action, its target.
    pub scope: Option<&'r str>,
}
