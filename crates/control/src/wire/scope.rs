//! A scope, as lists show it.

use super::{moment::Moment, words};
use portcullis_firewall::{
    kept_scope::{Attachment, KeptScope},
    scope::Mode,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A named reach: what credentials are minted from. It holds none itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scope {
    /// Its name, which never changes.
    #[schema(example = "cluster:staging")]
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The provider, by the operator's name for it.
    pub provider: String,
    /// Where it reaches; an action of another environment gets nothing from it.
    pub environment: String,
    /// The most that may be done with it.
    #[schema(value_type = words::Access)]
    pub mode: Mode,
    /// How it narrows the provider, in the words of its issuer.
    #[schema(value_type = Object)]
    pub filters: Map<String, Value>,
    /// Where it may be used.
    pub workspaces: Vec<ScopeWorkspace>,
    /// One more whenever what it reaches changes: a session has it as it was given.
    pub revision: u32,
    /// When it was added.
    pub added_at: Moment,
    /// By whom.
    pub added_by: String,
    /// When it was last changed.
    pub changed_at: Moment,
}

/// A workspace that a scope may be used in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScopeWorkspace {
    /// Where.
    pub workspace: String,
    /// What an agent may take by itself; nothing when not given.
    #[schema(value_type = Option<words::Access>)]
    pub agents: Option<Mode>,
}

impl From<Attachment> for ScopeWorkspace {
    fn from(place: Attachment) -> Self {
        Self {
            workspace: place.workspace.to_string(),
            agents: place.agents,
        }
    }
}

impl From<KeptScope> for Scope {
    fn from(kept: KeptScope) -> Self {
        let scope = kept.scope;
        Self {
            name: scope.name,
            description: scope.description,
            provider: scope.provider,
            environment: scope.environment.to_string(),
            mode: scope.mode,
            filters: scope.filters,
            workspaces: kept.workspaces.into_iter().map(Into::into).collect(),
            revision: kept.revision,
            added_at: kept.added_at.into(),
            added_by: kept.added_by,
            changed_at: kept.changed_at.into(),
        }
    }
}
