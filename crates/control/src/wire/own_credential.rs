//! What a person has said about their own credential for a scope.

use super::moment::Moment;
use portcullis_firewall::own_credential;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the caller's own credential stands in for the shared one of a scope, in sessions that
/// they open. Nobody else sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnCredential {
    /// For which scope.
    pub scope: String,
    /// Whether it is used.
    pub enabled: bool,
    /// Since when.
    pub since: Moment,
}

impl From<own_credential::OwnCredential> for OwnCredential {
    fn from(said: own_credential::OwnCredential) -> Self {
        Self {
            scope: said.scope,
            enabled: said.enabled,
            since: said.since.into(),
        }
    }
}
