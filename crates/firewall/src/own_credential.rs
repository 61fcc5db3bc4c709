//! Whether a person's own credential stands in for the shared one of a scope, in the sessions that
//! they open. Which credential that is, is the operator's to know: it is kept with the provider.
//!
//! Source: DuploCloud AI Suite, "Credential Overrides".

use jiff::Timestamp;
use portcullis_policy::id::PersonId;
use serde::{Deserialize, Serialize};

/// What a person has said about one scope.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnCredential {
    /// Who.
    pub person: PersonId,
    /// For which scope.
    pub scope: String,
    /// Whether it is used; what is off is kept, and does nothing.
    pub enabled: bool,
    /// Since when.
    pub since: Timestamp,
}

impl OwnCredential {
    /// Under what it is kept. Neither part can hold the sign between them.
    #[must_use]
    pub fn key(person: &PersonId, scope: &str) -> String {
        format!("{person}/{scope}")
    }
}
