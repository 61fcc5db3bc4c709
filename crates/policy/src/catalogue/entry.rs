//! A tenant's own lines of the catalogue.

use crate::{label::Label, tier::RiskTier};
use serde::Serialize;

/// One action type of a tenant, or a glob over types.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatalogueEntry {
    /// The type, or a glob over types.
    pub action: Label,
    /// Its risk tier; for a built-in type never below the built-in tier. Without one a built-in
    /// type stays where it is, and a type of the tenant's own has tier 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<RiskTier>,
    /// It costs nothing, so that budgets do not ask what it costs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub free: bool,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
