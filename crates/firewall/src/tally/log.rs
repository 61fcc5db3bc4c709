//! When actions happened, as far back as some limit looks.

use portcullis_policy::cham::rate_limit::Period;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The least a log keeps, so that a limit made later finds a past to count.
const KEPT_ALWAYS: usize = 1024;

/// The moments of past actions in milliseconds since 1970, oldest first; exact, never sampled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Log {
    times: VecDeque<i64>,
}

impl Log {
    /// Notes an action, and forgets what lies beyond the newest `keep` ones.
    ///
    /// The clock may step back; a log never does: an earlier moment counts as the latest known.
    pub fn push(&mut self, now_ms: i64, keep: u32) {
        let latest = self.times.back().copied().unwrap_or(now_ms);
        self.times.push_back(now_ms.max(latest));
        let keep = usize::try_from(keep)
            .unwrap_or(usize::MAX)
            .saturating_add(1)
            .max(KEPT_ALWAYS);
        while self.times.len() > keep {
            self.times.pop_front();
        }
    }

    /// How many actions the period that ends now holds; counted no further than `enough`.
    ///
    /// An action exactly one period old no longer counts.
    #[must_use]
    pub fn count(&self, now_ms: i64, period: Period, enough: u32) -> u32 {
        let start = now_ms.saturating_sub(period.milliseconds());
        let wanted = usize::try_from(enough).unwrap_or(usize::MAX);
        let first = self.times.len().saturating_sub(wanted);
        // Most often the limit is far away: then the oldest of the newest `enough` tells it all.
        match self.times.get(first) {
            Some(oldest) if *oldest > start && self.times.len() >= wanted => enough,
            _ => {
                let old = self.times.partition_point(|at| *at <= start);
                u32::try_from(self.times.len().saturating_sub(old))
                    .unwrap_or(u32::MAX)
                    .min(enough)
            }
        }
    }

    /// How many moments are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether nothing happened yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }
}
