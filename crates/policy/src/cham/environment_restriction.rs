//! `environment_restriction`: the most autonomy an environment permits.

use crate::{label::Label, tier::Tier};
use serde::{Deserialize, Serialize};

/// Raises every matching action to at least `max_tier`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentRestriction {
    /// Where; never empty.
    pub environments: Vec<Label>,
    /// The freest tier permitted: with B, an action of tier A becomes B.
    pub max_tier: Tier,
    /// Which action types; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub action_types: Vec<Label>,
    /// Shown with the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
