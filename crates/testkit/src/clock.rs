//! A clock that is set by hand.

use jiff::Timestamp;
use portcullis_firewall::ports::Clock;
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

/// A clock that moves when it is told to, forwards or backwards, in whole milliseconds.
#[derive(Debug)]
pub struct FakeClock {
    ms: AtomicI64,
}

impl FakeClock {
    /// A clock that shows a moment, e.g. `2026-04-10T14:32:01.007Z`.
    ///
    /// # Panics
    /// When the text is no moment.
    #[must_use]
    pub fn at(moment: &str) -> Self {
        let moment: Timestamp = moment.parse().expect("a moment in RFC 3339");
        Self {
            ms: AtomicI64::new(moment.as_millisecond()),
        }
    }

    /// Shows another moment from now on, earlier or later.
    pub fn set(&self, moment: Timestamp) {
        self.ms.store(moment.as_millisecond(), Ordering::SeqCst);
    }

    /// Moves forwards.
    pub fn advance(&self, by: Duration) {
        self.ms.fetch_add(whole_ms(by), Ordering::SeqCst);
    }

    /// Jumps back, as real clocks do when they are corrected.
    pub fn jump_back(&self, by: Duration) {
        self.ms.fetch_sub(whole_ms(by), Ordering::SeqCst);
    }
}

impl Default for FakeClock {
    /// A Friday afternoon in spring.
    fn default() -> Self {
        Self::at("2026-04-10T14:32:01.000Z")
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.ms.load(Ordering::SeqCst)).expect("a moment in range")
    }
}

fn whole_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).expect("a duration below 292 million years")
}
