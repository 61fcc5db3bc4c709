//! Copying and signing the rules takes time, so that each key gets a number of copies in a while.

use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// How many copies a key gets within [`WHILE`]. Who honours the tag needs one when rules change.
const COPIES: u32 = 30;
const WHILE: Duration = Duration::from_secs(60);
/// The most keys that are remembered.
const KEYS_MAX: usize = 10_000;

/// Who was given copies of late. It lives in memory: after a restart there is room again.
#[derive(Debug, Default)]
pub(super) struct Rations(HashMap<String, Given>);

#[derive(Clone, Copy, Debug)]
struct Given {
    since: Instant,
    copies: u32,
}

impl Rations {
    /// Whether one more copy is due to a key; then it counts as given.
    ///
    /// Fails closed: when too many keys are remembered, none is due to another.
    pub(super) fn take(&mut self, key: &str, now: Instant) -> bool {
        let is_over = |given: &Given| now.duration_since(given.since) >= WHILE;
        if self.0.len() >= KEYS_MAX && !self.0.contains_key(key) {
            self.0.retain(|_, given| !is_over(given));
            if self.0.len() >= KEYS_MAX {
                return false;
            }
        }
        let anew = Given {
            since: now,
            copies: 0,
        };
        let given = self.0.entry(key.to_owned()).or_insert(anew);
        if is_over(given) {
            *given = anew;
        }
        let is_due = given.copies < COPIES;
        given.copies += u32::from(is_due);
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::{COPIES, KEYS_MAX, Rations, WHILE};
    use tokio::time::Instant;

    #[test]
    fn a_key_gets_its_copies_and_more_after_a_while() {
        let (mut rations, now) = (Rations::default(), Instant::now());
        assert!((0..COPIES).all(|_| rations.take("one", now)));
        assert!(!rations.take("one", now));
        assert!(rations.take("other", now));
        assert!(rations.take("one", now + WHILE));
    }

    #[test]
    fn only_so_many_keys_are_remembered() {
        let (mut rations, now) = (Rations::default(), Instant::now());
        for at in 0..KEYS_MAX {
            assert!(rations.take(&at.to_string(), now));
        }
        assert!(!rations.take("one more", now));
        assert!(rations.take("0", now));
        assert!(rations.take("one more", now + WHILE));
        assert_eq!(rations.0.len(), 1);
    }
}
