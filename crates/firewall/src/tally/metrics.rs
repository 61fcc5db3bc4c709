//! How a policy performs: evaluated, fired, and with what verdicts.

use jiff::Timestamp;
use portcullis_policy::tier::Verdict;
use serde::{Deserialize, Serialize};

/// The running counts of one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metrics {
    /// How often it was loaded for an evaluation.
    pub evaluations: u64,
    /// How often it changed an outcome.
    pub fires: u64,
    /// When it last did, in milliseconds since 1970.
    pub last_fired_ms: Option<i64>,
    /// The verdicts of the actions it fired on: CLEARED, HELD, BLOCKED.
    pub verdicts: [u64; 3],
    /// How often it was used as a grant.
    pub uses: u32,
}

impl Metrics {
    /// Notes that it changed an outcome.
    pub const fn fire(&mut self, at_ms: i64, verdict: Verdict) {
        self.fires += 1;
        self.last_fired_ms = Some(at_ms);
        let [cleared, held, blocked] = &mut self.verdicts;
        match verdict {
            Verdict::Cleared => *cleared += 1,
            Verdict::Held => *held += 1,
            Verdict::Blocked => *blocked += 1,
        }
    }

    /// Fires per evaluation; 0 when never evaluated.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub fn fire_rate(&self) -> f64 {
        if self.evaluations == 0 {
            0.0
        } else {
            self.fires as f64 / self.evaluations as f64
        }
    }

    /// When it last changed an outcome.
    #[must_use]
    pub fn last_fired_at(&self) -> Option<Timestamp> {
        self.last_fired_ms
            .and_then(|ms| Timestamp::from_millisecond(ms).ok())
    }
}
