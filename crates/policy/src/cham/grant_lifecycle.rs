//! `grant_lifecycle`: a pre-approval with limited uses and an end.

use crate::{label::Label, tier::Tier};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Gives matching actions a tier of its own, a limited number of times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantLifecycle {
    /// The one action type granted.
    pub action_type: Label,
    /// Where; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Label>,
    /// Uses before it is spent; at least 1.
    pub max_uses: u32,
    /// End of life: at this moment it is over.
    pub expires_at: Timestamp,
    /// The tier granted actions get, typically A.
    pub tier_override: Tier,
    /// What must hold of the parameters: `max_k` and `min_k` numeric, `allowed_ks` membership,
    /// else equality. An absent operand fails.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub conditions: Map<String, Value>,
    /// When true, matching actions without a live grant are BLOCKED.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}
