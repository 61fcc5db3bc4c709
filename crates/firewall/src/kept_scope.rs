//! A scope as a tenant keeps it: what it reaches, and where it may be used.

use crate::{
    scope::{DESCRIPTION_MAX_BYTES, FILTERS_MAX_BYTES, Mode, NAME_MAX_BYTES, Scope},
    visible,
};
use jiff::Timestamp;
use portcullis_policy::{
    fault::Faults,
    id::{ScopeName, WorkspaceId},
};
use serde::{Deserialize, Serialize};

/// The most workspaces that a scope is for.
const WORKSPACES_MAX: usize = 256;
/// The longest name of an environment, in bytes.
const ENVIRONMENT_MAX_BYTES: usize = 64;

/// A scope as it is kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct KeptScope {
    /// What it reaches.
    pub scope: Scope,
    /// Where it may be used.
    pub workspaces: Vec<Attachment>,
    /// 1, and one more whenever what it reaches changes: who was given it as it was does not have
    /// it as it is.
    pub revision: u32,
    /// When it was added.
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// A workspace that a scope may be used in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Where.
    pub workspace: WorkspaceId,
    /// What an agent may take by itself, when it opens a session; nothing when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agents: Option<Mode>,
}

/// A scope to be added, or to stand in for one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScopeDraft {
    /// What it reaches.
    pub scope: Scope,
    /// Where it may be used.
    pub workspaces: Vec<Attachment>,
}

impl KeptScope {
    /// How it may be used in a workspace.
    #[must_use]
    pub fn attachment(&self, workspace: &WorkspaceId) -> Option<&Attachment> {
        let mut all = self.workspaces.iter();
        all.find(|one| one.workspace == *workspace)
    }
}

impl ScopeDraft {
    /// Everything that is wrong with it, apart from what its issuer and the workspaces say.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        let scope = &self.scope;
        if !is_name(&scope.name) {
            let why = "expected at most 64 lower-case letters, digits and `-_.:`";
            faults.add("name", why);
        }
        if scope.description.len() > DESCRIPTION_MAX_BYTES {
            let why = format!("has at most {DESCRIPTION_MAX_BYTES} bytes");
            faults.add("description", why);
        }
        let provider = scope.provider.as_str();
        if ScopeName::new(provider).is_err() || provider.len() > NAME_MAX_BYTES {
            faults.add("provider", "expected the operator's name of a provider");
        }
        let environment = scope.environment.as_str();
        let plain = visible::visible_line(environment) == environment;
        if environment.is_empty() || environment.len() > ENVIRONMENT_MAX_BYTES || !plain {
            faults.add("environment", "expected a short name");
        }
        let filters = serde_json::to_vec(&scope.filters);
        if !filters.is_ok_and(|json| json.len() <= FILTERS_MAX_BYTES) {
            let why = format!("have at most {FILTERS_MAX_BYTES} bytes as JSON");
            faults.add("filters", why);
        }
        self.attachment_faults(&mut faults);
        faults
    }

    fn attachment_faults(&self, faults: &mut Faults) {
        if self.workspaces.len() > WORKSPACES_MAX {
            let why = format!("has at most {WORKSPACES_MAX} items");
            faults.add("workspaces", why);
        }
        for (at, one) in self.workspaces.iter().enumerate() {
            let mut before = self.workspaces.iter().take(at);
            if before.any(|other| other.workspace == one.workspace) {
                faults.add(format!("workspaces[{at}].workspace"), "is there twice");
            }
            if one.agents > Some(self.scope.mode) {
                let why = "is more than the scope gives";
                faults.add(format!("workspaces[{at}].agents"), why);
            }
        }
    }
}

/// Whether a text can be the name of a scope.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.:".contains(&b);
    !name.is_empty()
        && name.len() <= NAME_MAX_BYTES
        && name.bytes().all(plain)
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{Attachment, ScopeDraft, is_name};
    use crate::scope::{Mode, Scope};
    use portcullis_policy::{id::WorkspaceId, label::Label};

    #[test]
    fn names_are_plain() {
        for good in ["aws:ec2", "cluster-1", "a", "k8s.read_only"] {
            assert!(is_name(good), "{good}");
        }
        let long = "a".repeat(65);
        for bad in ["", "Aws", "a b", ":a", "-a", "a/b", "ä", &long] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn agents_take_no_more_than_the_scope_gives() {
        let at = |workspace: &str, agents| Attachment {
            workspace: WorkspaceId::new(workspace).unwrap(),
            agents,
        };
        let draft = |mode, workspaces| ScopeDraft {
            scope: Scope {
                name: "cluster".to_owned(),
                description: String::new(),
                provider: "kube".to_owned(),
                environment: Label::new("staging"),
                mode,
                filters: serde_json::Map::new(),
            },
            workspaces,
        };
        let found = |draft: ScopeDraft| draft.faults().0.len();
        assert_eq!(found(draft(Mode::Read, vec![at("w", Some(Mode::Read))])), 0);
        assert_eq!(
            found(draft(Mode::Read, vec![at("w", Some(Mode::Write))])),
            1
        );
        assert_eq!(
            found(draft(Mode::Write, vec![at("w", Some(Mode::Write))])),
            0
        );
        assert_eq!(
            found(draft(Mode::Write, vec![at("w", None), at("w", None)])),
            1
        );
    }
}
