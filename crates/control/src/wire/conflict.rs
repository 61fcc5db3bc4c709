//! A disagreement of policies as the wire shows it.

use super::words;
use portcullis_policy::conflict::{ConflictReport, Detector, Resolution};
use serde::Serialize;
use utoipa::ToSchema;

/// A disagreement of policies, and which of them takes effect.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Conflict {
    /// What kind of disagreement.
    #[schema(value_type = words::Detector)]
    pub detector: Detector,
    /// The policies that disagree, the winner first.
    pub policy_ids: Vec<String>,
    /// The disagreement in a sentence.
    pub description: String,
    /// The policy that takes effect.
    pub winner_policy_id: String,
    /// Why it wins.
    #[schema(value_type = words::Resolution)]
    pub resolution: Resolution,
}

impl From<ConflictReport> for Conflict {
    fn from(report: ConflictReport) -> Self {
        Self {
            detector: report.detector,
            policy_ids: report.policy_ids.iter().map(ToString::to_string).collect(),
            description: report.description,
            winner_policy_id: report.winner_policy_id.to_string(),
            resolution: report.resolution,
        }
    }
}
