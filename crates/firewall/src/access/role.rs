//! What a person is, and where.

use portcullis_policy::id::WorkspaceId;
use serde::{Deserialize, Serialize};
use std::fmt;

use super::resource::Verb;

/// What a person is. Each role may all that those before it may.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PersonRole {
    /// Reads.
    Viewer,
    /// Also decides holds, and has credentials issued.
    Operator,
    /// Also changes rules, agents, keys and settings; no permission set binds them.
    Architect,
}

impl PersonRole {
    /// The word that documents and people use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "VIEWER",
            Self::Operator => "OPERATOR",
            Self::Architect => "ARCHITECT",
        }
    }

    /// Whether the role gives a verb.
    #[must_use]
    pub const fn gives(self, verb: Verb) -> bool {
        match verb {
            Verb::View => true,
            Verb::Decide | Verb::IssueCredential => {
                matches!(self, Self::Operator | Self::Architect)
            }
            Verb::Configure => matches!(self, Self::Architect),
        }
    }
}

impl fmt::Display for PersonRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A role, and where it holds.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleGrant {
    /// The role.
    pub role: PersonRole,
    /// Where; nothing stands for the whole tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<WorkspaceId>,
}

impl fmt::Display for RoleGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workspace {
            Some(workspace) => write!(f, "{} of workspace `{workspace}`", self.role),
            None => write!(f, "{} of the tenant", self.role),
        }
    }
}
