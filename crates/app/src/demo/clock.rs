//! The story's own clock.

use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::ports::Clock;
use std::sync::atomic::{AtomicI64, Ordering};

/// A Wednesday, ten in the morning in Los Angeles: outside the window for changes.
const BEGINNING_MS: i64 = 1_776_272_400_000;

/// Stands still until the story moves on.
#[derive(Debug)]
pub(super) struct StoryClock(AtomicI64);

impl StoryClock {
    pub(super) const fn new() -> Self {
        Self(AtomicI64::new(BEGINNING_MS))
    }

    pub(super) fn wait(&self, time: SignedDuration) {
        let ms = i64::try_from(time.as_millis()).unwrap_or(0);
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        // INVARIANT: the story stays within a few hours of its beginning.
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_begins_on_a_wednesday_morning() {
        let begins = StoryClock::new()
            .now()
            .in_tz("America/Los_Angeles")
            .unwrap();
        assert_eq!(begins.strftime("%A %H:%M").to_string(), "Wednesday 10:00");
    }
}
