//! `confidence_floor`: minimum confidence per dimension.

use crate::{action::Confidence, label::Label};
use serde::{Deserialize, Serialize};

/// Breached when a floored dimension is reported below its floor, or not reported at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfidenceFloor {
    /// Where; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Label>,
    /// The floors, each from 0 to 1; a dimension without a floor is not tested.
    pub floors: Confidence,
    /// What a breach does.
    #[serde(default)]
    pub escalation: Escalation,
}

/// What a breached floor does.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Escalation {
    /// One tier up, once, however many dimensions fail: A becomes B, B becomes C.
    #[default]
    TierUp,
    /// BLOCKED, tier C.
    Block,
}
