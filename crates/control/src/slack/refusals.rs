//! Requests that were not taken at the door: counted, for anybody can send any number of them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// How many requests were refused, by the stable code of why. They live in memory.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<BTreeMap<String, u64>>);

impl Refusals {
    /// One more, by one of the codes of the doors.
    pub fn count(&self, code: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(code.to_owned()).or_default();
        *count = count.saturating_add(1);
    }

    /// All of them.
    #[must_use]
    pub fn so_far(&self) -> Vec<(String, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone().into_iter().collect()
    }
}
