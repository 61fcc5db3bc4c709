//! What small actions that belong together added up to lately.

use portcullis_policy::cham::rate_limit::Period;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Amounts with their moments (milliseconds since 1970), oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecentSum {
    entries: VecDeque<(i64, u64)>,
}

impl RecentSum {
    /// Notes an amount, and forgets what is older than the period.
    pub fn push(&mut self, now_ms: i64, amount: u64, period: Period) {
        let start = now_ms.saturating_sub(period.milliseconds());
        while self.entries.front().is_some_and(|(at, _)| *at <= start) {
            self.entries.pop_front();
        }
        self.entries.push_back((now_ms, amount));
    }

    /// The sum over the period that ends now.
    #[must_use]
    pub fn sum(&self, now_ms: i64, period: Period) -> u64 {
        let start = now_ms.saturating_sub(period.milliseconds());
        self.entries
            .iter()
            .filter(|(at, _)| *at > start)
            .fold(0_u64, |sum, (_, amount)| sum.saturating_add(*amount))
    }
}
