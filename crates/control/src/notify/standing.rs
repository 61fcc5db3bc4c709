//! How somebody who follows a chain is getting on, for whoever watches the gate.

use jiff::Timestamp;
use std::sync::{Mutex, PoisonError};

/// What is known of a follower. It lives in memory, and is cheap to write and to read.
#[derive(Debug, Default)]
pub struct Standing(Mutex<Stand>);

/// The same at one moment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stand {
    /// The last record that is done with; `None` until its place is known.
    pub reached: Option<u64>,
    /// When somebody was told last.
    pub told_at: Option<Timestamp>,
    /// When telling failed last.
    pub failed_at: Option<Timestamp>,
    /// How often it failed.
    pub failures: u64,
    /// Whether it failed the last time.
    pub failing: bool,
}

impl Standing {
    /// Everything up to this record is done with.
    pub fn reached(&self, seq: u64) {
        self.change(|stand| stand.reached = Some(seq));
    }

    /// Somebody was told.
    pub fn told(&self, at: Timestamp) {
        self.change(|stand| (stand.told_at, stand.failing) = (Some(at), false));
    }

    /// There was nothing to tell, and nothing in the way of it.
    pub fn works(&self) {
        self.change(|stand| stand.failing = false);
    }

    /// It did not work.
    pub fn failed(&self, at: Timestamp) {
        self.change(|stand| {
            stand.failed_at = Some(at);
            stand.failing = true;
            stand.failures = stand.failures.saturating_add(1);
        });
    }

    /// How it stands now.
    #[must_use]
    pub fn now(&self) -> Stand {
        let stand = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stand.clone()
    }

    fn change(&self, how: impl FnOnce(&mut Stand)) {
        how(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
