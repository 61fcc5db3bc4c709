//! A budget as lists show it.

use super::words;
use portcullis_firewall::firewall::BudgetView;
use portcullis_policy::facts::{Span, Unit};
use serde::Serialize;
use utoipa::ToSchema;

/// A budget of this day or month.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Budget {
    /// Whose: empty for the tenant's, else e.g. `agent:agt_…` or `workspace:w`.
    pub scope: String,
    /// What it counts.
    #[schema(value_type = words::BudgetUnit)]
    pub unit: Unit,
    /// Over which time.
    #[schema(value_type = words::BudgetSpan)]
    pub span: &'static str,
    /// Which day or month, in the tenant's time zone, e.g. `2026-04-10` or `2026-04`.
    #[schema(example = "2026-04-10")]
    pub period: String,
    /// The limit.
    pub limit: f64,
    /// What is settled.
    pub spent: f64,
    /// What is set aside for actions whose outcome is not known.
    pub reserved: f64,
    /// What is left.
    pub remaining: f64,
    /// What is spent and reserved, in percent of the limit.
    pub used_percent: f64,
    /// When people are warned, in percent of the limit.
    pub warn_at_percent: u8,
}

impl From<BudgetView> for Budget {
    fn from(view: BudgetView) -> Self {
        let allowance = view.allowance;
        let committed = view.account.committed();
        let (span, period) = match allowance.budget.span {
            Span::Day(day) => (
                "day",
                format!(
                    "{:04}-{:02}-{:02}",
                    day / 10_000,
                    day / 100 % 100,
                    day % 100
                ),
            ),
            Span::Month(month) => ("month", format!("{:04}-{:02}", month / 100, month % 100)),
        };
        let limit = allowance.limit.units();
        Self {
            scope: allowance.budget.scope,
            unit: allowance.budget.unit,
            span,
            period,
            limit,
            spent: view.account.spent.units(),
            reserved: view.account.reserved.units(),
            remaining: allowance.limit.minus(committed).units(),
            used_percent: if limit > 0.0 {
                committed.units() / limit * 100.0
            } else {
                100.0
            },
            warn_at_percent: allowance.warn_at_percent,
        }
    }
}
