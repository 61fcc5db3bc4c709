//! How many vain attempts are put on record: enough to see an attack, too few to be one.

use jiff::Timestamp;
use std::collections::HashMap;

/// The most vain attempts of a tenant that get a record of their own within [`PERIOD_MS`].
pub const MOST: u32 = 120;
/// The period, in milliseconds.
pub const PERIOD_MS: i64 = 60_000;
/// The most attempts of people whom a tenant does not know at all that get a record of their own
/// within [`STRANGERS_PERIOD_MS`]. Counted apart, so that strangers take no room of the others.
pub const STRANGERS_MOST: u32 = 60;
/// The period for those, in milliseconds.
pub const STRANGERS_PERIOD_MS: i64 = 3_600_000;

/// The most attempts of one agent that are refused unjudged and get a record of their own within
/// [`ATTEMPTS_PERIOD_MS`].
pub const ATTEMPTS_MOST: u32 = 600;
/// The period for those, in milliseconds.
pub const ATTEMPTS_PERIOD_MS: i64 = 3_600_000;

/// The count of this period. It lives in memory: after a restart there is room again.
#[derive(Clone, Copy, Debug)]
pub struct Alarm {
    most: u32,
    period_ms: i64,
    began_ms: i64,
    told: u32,
    untold: u64,
}

impl Default for Alarm {
    fn default() -> Self {
        Self::new(MOST, PERIOD_MS)
    }
}

impl Alarm {
    /// Room for so many in every period.
    const fn new(most: u32, period_ms: i64) -> Self {
        Self {
            most,
            period_ms,
            began_ms: 0,
            told: 0,
            untold: 0,
        }
    }

    /// The count of those whom nobody knows.
    #[must_use]
    pub const fn of_strangers() -> Self {
        Self::new(STRANGERS_MOST, STRANGERS_PERIOD_MS)
    }

    /// Whether one more attempt may be put on record; how many were not since the last that was.
    pub fn admit(&mut self, now: Timestamp) -> Option<u64> {
        let now = now.as_millisecond();
        if now.saturating_sub(self.began_ms) >= self.period_ms {
            (self.began_ms, self.told) = (now, 0);
        }
        if self.told >= self.most {
            self.untold = self.untold.saturating_add(1);
            return None;
        }
        self.told = self.told.saturating_add(1);
        Some(std::mem::take(&mut self.untold))
    }
}

/// The counts of each agent's attempts that were refused unjudged; there are as many as there are
/// agents and clients.
#[derive(Clone, Debug, Default)]
pub struct Attempts(HashMap<String, Alarm>);

impl Attempts {
    /// Whether one more attempt of somebody may be put on record; how many of theirs were not since
    /// the last that was.
    pub fn admit(&mut self, who: &str, now: Timestamp) -> Option<u64> {
        let new = || Alarm::new(ATTEMPTS_MOST, ATTEMPTS_PERIOD_MS);
        match self.0.get_mut(who) {
            Some(alarm) => alarm.admit(now),
            None => self.0.entry(who.to_owned()).or_insert_with(new).admit(now),
        }
    }

    /// Those whose period is over, each with how many of their attempts no record tells of; from now
    /// on nothing is known of them.
    pub fn over(&mut self, now: Timestamp) -> Vec<(String, u64)> {
        let now = now.as_millisecond();
        let is_over = |alarm: &Alarm| now.saturating_sub(alarm.began_ms) >= alarm.period_ms;
        let over = self.0.extract_if(|_, alarm| is_over(alarm));
        over.map(|(who, alarm)| (who, alarm.untold))
            .filter(|(_, untold)| *untold > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Alarm, MOST, PERIOD_MS, STRANGERS_MOST, STRANGERS_PERIOD_MS};
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
        let mut alarm = Alarm::of_strangers();
        let told = (0..1_000).filter(|_| alarm.admit(at(STRANGERS_PERIOD_MS)).is_some());
        assert_eq!(told.count(), STRANGERS_MOST as usize);
    }
}
