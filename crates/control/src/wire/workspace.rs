//! A workspace as lists show it.

use super::moment::Moment;
use portcullis_firewall::workspace;
use serde::Serialize;
use utoipa::ToSchema;

/// A part of the tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Workspace {
    /// Its name, never changed; actions, rules and roles name it.
    #[schema(example = "training")]
    pub id: String,
    /// What its tickets begin with; unique in the tenant.
    pub short_name: String,
    /// What it is for.
    pub description: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created_at: Moment,
}

impl From<workspace::Workspace> for Workspace {
    fn from(workspace: workspace::Workspace) -> Self {
        Self {
            id: workspace.id.to_string(),
            short_name: workspace.short_name,
            description: workspace.description,
            active: workspace.active,
            created_at: workspace.created_at.into(),
        }
    }
}
