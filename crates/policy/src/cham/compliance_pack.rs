//! `compliance_pack`: a set of regulatory rules.

use crate::{label::Label, tier::Tier};
use serde::{Deserialize, Serialize};

/// The rules of one standard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompliancePack {
    /// `HIPAA`, `SOC2`, `PCI-DSS`, `GDPR` or another.
    pub standard: String,
    /// The rules; never empty.
    pub rules: Vec<ComplianceRule>,
}

/// One rule: it matches when the action type is listed (or none is) and any data class is
/// declared (or none is listed).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplianceRule {
    /// Stable name, e.g. `hipaa_phi_access`.
    pub id: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which action types; empty is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub action_types: Vec<Label>,
    /// Which data; empty is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_classifications: Vec<Label>,
    /// The least tier of a matching action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_tier: Option<Tier>,
    /// How long records of matching actions are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}
