//! A permit's life in the ledger: issued once, spent once.

use crate::digest::ActionDigest;
use jiff::Timestamp;
use portcullis_policy::id::AgentId;
use serde::{Deserialize, Serialize};

/// A permit as it is kept; its token is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermitState {
    /// `prm_…`
    pub id: String,
    /// Whose.
    pub agent_id: AgentId,
    /// For what exactly.
    pub action_digest: ActionDigest,
    /// The record that cleared it.
    pub seq: u64,
    /// The hold it was released from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
    /// When it was given.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redeemed_at: Option<Timestamp>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redeemed_by: Option<String>,
}

impl PermitState {
    /// The word that lists filter by.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        if self.redeemed_at.is_some() {
            "REDEEMED"
        } else {
            "ISSUED"
        }
    }
}
