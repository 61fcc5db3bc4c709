//! `action_type_block`: action types refused outright.

use crate::{label::Label, tier::Tier};
use serde::{Deserialize, Serialize};

/// Refuses action types, whatever their tier or confidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionTypeBlock {
    /// The types refused; never empty.
    pub action_types: Vec<Label>,
    /// Where; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Label>,
    /// [`Tier::C`] for a policy violation, [`Tier::X`] for one as severe as a principle's.
    pub tier: Tier,
    /// Shown with the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
