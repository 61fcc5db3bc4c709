//! The built-in action types, as data.

mod everyday;
mod fleet;
mod infrastructure;

use super::row::Row;
use crate::tier::RiskTier;

/// Every built-in action type.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [fleet::ROWS, everyday::ROWS, infrastructure::ROWS]
        .into_iter()
        .flatten()
}

/// Every family of action types that may be open at the end.
#[must_use]
pub const fn families() -> &'static [Family] {
    FAMILIES
}

/// Action types that share a prefix, and what counts for those that have no line of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Family {
    /// What the types begin with, the dot included.
    pub prefix: &'static str,
    /// The risk tier of a type without a line of its own.
    pub otherwise: RiskTier,
    /// Whether a tenant may give its own types in this family any tier, because the gate cannot
    /// know what they do.
    pub open: bool,
    /// What it is, for people.
    pub is: &'static str,
}

const FAMILIES: &[Family] = &[
    family("mcp.", RiskTier::HighWrite, true, "tools of MCP servers"),
    family("http.", RiskTier::HighWrite, true, "HTTP requests"),
    family(
        "shell.",
        RiskTier::HighWrite,
        true,
        "commands in a session's walls",
    ),
    family("sql.", RiskTier::Destructive, false, "SQL statements"),
    family(
        "k8s.",
        RiskTier::Destructive,
        false,
        "Kubernetes operations",
    ),
    family(
        "evm.",
        RiskTier::Destructive,
        false,
        "transactions and calls on a chain",
    ),
    family(
        "tokens.",
        RiskTier::Prohibited,
        false,
        "the gate's own keys",
    ),
];

const fn family(prefix: &'static str, otherwise: RiskTier, open: bool, is: &'static str) -> Family {
    Family {
        prefix,
        otherwise,
        open,
        is,
    }
}
