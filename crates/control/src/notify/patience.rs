//! How long to wait before telling again, and when to stop.

use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::ports::{Clock, Entropy};
use std::time::Duration;
use tokio::time::Instant;

/// The wait after the first failure; it doubles with every further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait that is our own choice: holds live for half an hour.
const MOST_WAIT: Duration = Duration::from_secs(300);
/// How old a record gets before it is given up, and how long it is tried at most.
const DAY: Duration = Duration::from_secs(86_400);
/// How often a record is offered to somebody who does not want it.
const MOST_REJECTIONS: u32 = 5;

/// The tries to tell of one record.
#[derive(Debug)]
pub(super) struct Patience {
    began: Instant,
    failures: u32,
    rejections: u32,
}

impl Patience {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            failures: 0,
            rejections: 0,
        }
    }

    /// How long to wait after a rejection; `None` when it was the last.
    pub(super) fn after_rejection(&mut self, entropy: &dyn Entropy) -> Option<Duration> {
        self.rejections = self.rejections.saturating_add(1);
        (self.rejections < MOST_REJECTIONS).then(|| self.wait(entropy))
    }

    /// How long to wait after a failure that may pass, at least as long as the other side asks;
    /// `None` when the record is a day old, or was tried for a day.
    pub(super) fn after_failure(
        &mut self,
        asked: Option<Duration>,
        told_of: Timestamp,
        (clock, entropy): (&dyn Clock, &dyn Entropy),
    ) -> Option<Duration> {
        let left = left_of_day(told_of, clock.now());
        let left = left.min(DAY.saturating_sub(self.began.elapsed()));
        if left.is_zero() {
            return None;
        }
        let own = self.wait(entropy);
        Some(own.max(asked.unwrap_or_default()).min(left))
    }

    /// The next wait of our own: doubled, bounded, and cut by chance to between a half and the
    /// whole, so that many who wait for one receiver do not come back at once.
    pub(super) fn wait(&mut self, entropy: &dyn Entropy) -> Duration {
        let doubled = 2_u32.saturating_pow(self.failures);
        self.failures = self.failures.saturating_add(1);
        let whole = FIRST_WAIT.saturating_mul(doubled).min(MOST_WAIT);
        let mut chance = [0_u8; 2];
        // Without randomness everybody waits for the whole of it.
        if entropy.fill(&mut chance).is_err() {
            return whole;
        }
        let half = whole / 2;
        let parts = u32::from(u16::from_le_bytes(chance));
        half + (half / u32::from(u16::MAX)).saturating_mul(parts)
    }
}

/// How much is left of a record's first day. A clock that stands before the record gives it all.
fn left_of_day(told_of: Timestamp, now: Timestamp) -> Duration {
    let age = now.duration_since(told_of);
    if age <= SignedDuration::ZERO {
        return DAY;
    }
    DAY.saturating_sub(age.unsigned_abs())
}
