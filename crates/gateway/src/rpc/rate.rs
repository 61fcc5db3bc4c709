//! How much one caller may read in a second.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The most callers that are told apart; with more, all of them wait for the next second.
const CALLERS_MAX: usize = 4_096;

/// Counts requests, second by second.
#[derive(Debug)]
pub(super) struct Rate {
    most: u32,
    counted: Mutex<(i64, HashMap<String, u32>)>,
}

impl Rate {
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            counted: Mutex::default(),
        }
    }

    /// Whether a caller may have one more in this second.
    pub(super) fn admits(&self, caller: &str, second: i64) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.0 != second {
            *counted = (second, HashMap::new());
        }
        let callers = &mut counted.1;
        if callers.len() >= CALLERS_MAX && !callers.contains_key(caller) {
            return false;
        }
        let count = callers.entry(caller.to_owned()).or_default();
        *count = count.saturating_add(1);
        *count <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn every_second_and_every_caller_counts_anew() {
        let rate = Rate::new(2);
        assert!(rate.admits("a", 1) && rate.admits("a", 1));
        assert!(!rate.admits("a", 1));
        assert!(rate.admits("b", 1));
        assert!(rate.admits("a", 2));
    }
}
