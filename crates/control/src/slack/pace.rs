//! How long to wait before something is tried again.

use portcullis_firewall::ports::Entropy;
use std::time::Duration;

/// The first wait, in milliseconds; each further one is twice as long.
const FIRST_MS: u64 = 1_000;
/// The longest wait, in milliseconds.
const LONGEST_MS: u64 = 60_000;

/// Waits that grow with every failure in a row. Half of each is drawn by lot, so that many gates
/// that lost Slack together do not all come back at the same moment.
#[derive(Debug, Default)]
pub(super) struct Pace {
    failures: u32,
}

impl Pace {
    /// The wait after one more failure.
    pub(super) fn failed(&mut self, entropy: &dyn Entropy) -> Duration {
        let whole = FIRST_MS
            .saturating_mul(1_u64.checked_shl(self.failures).unwrap_or(u64::MAX))
            .min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        let half = whole / 2;
        Duration::from_millis(half.saturating_add(drawn(entropy, half)))
    }

    /// It works again.
    pub(super) const fn worked(&mut self) {
        self.failures = 0;
    }
}

/// A number up to `most`; the largest when there is no randomness.
fn drawn(entropy: &dyn Entropy, most: u64) -> u64 {
    let mut bytes = [0; 8];
    match entropy.fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes)
            .checked_rem(most.saturating_add(1))
            .unwrap_or(most),
        Err(_) => most,
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use portcullis_testkit::SeededEntropy;
    use std::time::Duration;

    #[test]
    fn waits_grow_up_to_a_minute_and_start_again() {
        let entropy = SeededEntropy::new(3);
        let mut pace = Pace::default();
        for whole in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
            let wait = pace.failed(&entropy);
            assert!(wait >= Duration::from_millis(whole / 2), "{wait:?}");
            assert!(wait <= Duration::from_millis(whole), "{wait:?}");
        }
        for _ in 0..100 {
            assert!(pace.failed(&entropy) <= Duration::from_secs(60));
        }
        pace.worked();
        entropy.run_dry(true);
        assert_eq!(pace.failed(&entropy), Duration::from_secs(1));
    }
}
