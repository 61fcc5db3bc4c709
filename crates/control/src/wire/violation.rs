//! A violation as lists show it.

use super::{hold::FiredPolicy, moment::Moment, words};
use portcullis_firewall::violation::{self, ViolationKind, ViolationStatus};
use portcullis_policy::cham::Severity;
use serde::Serialize;
use utoipa::ToSchema;

/// A refused action, to be looked at by people.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Violation {
    /// `vio_…`
    #[schema(example = "vio_2f61c0ffee00000000000001")]
    pub id: String,
    /// The same as `id`.
    pub violation_id: String,
    /// What was violated.
    #[serde(rename = "type")]
    #[schema(value_type = words::ViolationType)]
    pub kind: ViolationKind,
    /// How bad it is.
    #[schema(value_type = words::Severity)]
    pub severity: Severity,
    /// Where it stands.
    #[schema(value_type = words::ViolationStatus)]
    pub status: ViolationStatus,
    /// Whose action.
    pub agent_id: String,
    /// The agent's name then.
    pub agent_name: String,
    /// What was asked.
    pub action_type: String,
    /// On what.
    pub target_service: String,
    /// Where.
    pub environment: String,
    /// Which rule, e.g. `SGP-13`, a policy's id or a reason's code.
    pub rule_violated: Option<String>,
    /// Why, in words.
    pub reason: String,
    /// The policies that fired.
    pub fired_policies: Vec<FiredPolicy>,
    /// The record of the BLOCKED verdict.
    pub seq: u64,
    /// When.
    pub timestamp: Moment,
    /// Who resolved it.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<Moment>,
    /// With what words.
    pub notes: Option<String>,
}

impl From<violation::Violation> for Violation {
    fn from(violation: violation::Violation) -> Self {
        Self {
            violation_id: violation.id.clone(),
            id: violation.id,
            kind: violation.kind,
            severity: violation.severity,
            status: violation.status,
            agent_id: violation.agent_id.to_string(),
            agent_name: violation.agent_name,
            action_type: violation.action_type,
            target_service: violation.target_service,
            environment: violation.environment,
            rule_violated: violation.rule_violated,
            reason: violation.reason,
            fired_policies: violation
                .fired_policies
                .into_iter()
                .map(FiredPolicy::from)
                .collect(),
            seq: violation.seq,
            timestamp: violation.timestamp.into(),
            resolved_by: violation.resolved_by,
            resolved_at: violation.resolved_at.map(Moment),
            notes: violation.notes,
        }
    }
}
