//! `require_reasoning`: fields an action must bring.

use super::OnBreach;
use crate::label::Label;
use serde::{Deserialize, Serialize};

/// Breached when the reasoning is too short or a field is missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequireReasoning {
    /// The fewest characters (Unicode scalar values after trimming) in `reasoning`.
    #[serde(default)]
    pub min_length: u32,
    /// Fields that must be there and not blank; dotted paths reach into the parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_fields: Vec<String>,
    /// Where; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Label>,
    /// What a breach does.
    pub on_missing: OnBreach,
    /// Shown with the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
