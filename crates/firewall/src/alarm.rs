//! How many vain attempts are put on record: enough to see an attack, too few to be one.

use jiff::Timestamp;

/// The most vain attempts of a tenant that get a record of their own within [`PERIOD_MS`].
pub const MOST: u32 = 120;
/// The period, in milliseconds.
pub const PERIOD_MS: i64 = 60_000;

/// The count of this period. It lives in memory: after a restart there is room again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alarm {
    began_ms: i64,
    told: u32,
    untold: u64,
}

impl Alarm {
    /// Whether one more attempt may be put on record; how many were not since the last that was.
    pub fn admit(&mut self, now: Timestamp) -> Option<u64> {
        let now = now.as_millisecond();
        if now.saturating_sub(self.began_ms) >= PERIOD_MS {
            (self.began_ms, self.told) = (now, 0);
        }
        if self.told >= MOST {
            self.untold = self.untold.saturating_add(1);
            return None;
        }
        self.told = self.told.saturating_add(1);
        Some(std::mem::take(&mut self.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::{Alarm, MOST, PERIOD_MS};
    use jiff::Timestamp;

    #[test]
    fn a_flood_is_counted_and_not_written() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let mut alarm = Alarm::default();
        let told = (0..1_000).filter(|_| alarm.admit(at(PERIOD_MS)).is_some());
        assert_eq!(told.count(), MOST as usize);
        assert_eq!(
            alarm.admit(at(2 * PERIOD_MS)),
            Some(1_000 - u64::from(MOST))
        );
        assert_eq!(alarm.admit(at(2 * PERIOD_MS)), Some(0));
    }
}
