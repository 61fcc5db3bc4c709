//! What is left to spend.

use serde::Serialize;

/// A budget of this day or month, as an approver sees it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct BudgetLeft {
    /// Which, in words.
    pub name: String,
    /// What is left, with its unit.
    pub left: String,
    /// The limit, with its unit.
    pub limit: String,
    /// What is spent and reserved, in thousandths of the limit.
    pub used_permille: u32,
}
