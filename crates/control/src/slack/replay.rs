//! What was seen already, so that nothing is taken twice.

use super::signature::Claimed;
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

/// The most signatures that are remembered at once.
const MOST_SIGNATURES: usize = 50_000;
/// How long one is remembered after its own moment, in seconds: twice the window, so that a clock
/// that is set back does not bring an old request back to life.
const KEPT_S: i64 = 600;
/// The most ids of envelopes that are remembered; Slack sends one again within seconds.
const MOST_ENVELOPES: usize = 4_096;

/// Signatures of requests that were taken.
#[derive(Debug)]
pub struct SeenSignatures {
    most: usize,
    seen: Mutex<BTreeSet<Claimed>>,
}

/// Why a request is not taken though its signature is genuine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReplayError {
    /// It was taken before.
    #[error("this request was taken already")]
    Seen,
    /// More requests came in than can be remembered.
    #[error("too many requests at once; try again later")]
    Full,
}

impl ReplayError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Seen => "slack.replayed",
            Self::Full => "slack.too_many",
        }
    }
}

impl Default for SeenSignatures {
    fn default() -> Self {
        Self::with_room(MOST_SIGNATURES)
    }
}

impl SeenSignatures {
    /// A memory for so many.
    #[must_use]
    pub const fn with_room(most: usize) -> Self {
        Self {
            most,
            seen: Mutex::new(BTreeSet::new()),
        }
    }

    /// Takes a genuine signature, once.
    ///
    /// *Fails closed:* when there is no room to remember it, it is refused.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn take(&self, signature: Claimed, now: Timestamp) -> Result<(), ReplayError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = Claimed {
            at: now.as_second().saturating_sub(KEPT_S),
            mac: [0; 32],
        };
        *seen = seen.split_off(&oldest);
        if seen.contains(&signature) {
            return Err(ReplayError::Seen);
        }
        if seen.len() >= self.most {
            return Err(ReplayError::Full);
        }
        seen.insert(signature);
        Ok(())
    }
}

/// The last envelopes of Socket Mode, by id. One that is too old to be remembered is taken again,
/// which changes nothing: a decision is taken once by the firewall.
#[derive(Debug, Default)]
pub struct SeenEnvelopes {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl SeenEnvelopes {
    /// Whether this one is new; from now on it is not.
    pub fn take(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > MOST_ENVELOPES
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_ENVELOPES, ReplayError, SeenEnvelopes, SeenSignatures};
    use crate::slack::signature::Claimed;
    use jiff::Timestamp;

    fn claimed(at: i64, byte: u8) -> Claimed {
        Claimed {
            at,
            mac: [byte; 32],
        }
    }

    fn second(at: i64) -> Timestamp {
        Timestamp::from_second(at).unwrap()
    }

    #[test]
    fn a_signature_is_taken_once_for_as_long_as_it_is_good() {
        let seen = SeenSignatures::default();
        assert_eq!(seen.take(claimed(10_000, 1), second(10_000)), Ok(()));
        for now in [10_000, 10_300, 9_700, 10_600] {
            let again = seen.take(claimed(10_000, 1), second(now));
            assert_eq!(again, Err(ReplayError::Seen), "{now}");
        }
        assert_eq!(seen.take(claimed(10_000, 2), second(10_000)), Ok(()));
        assert_eq!(seen.take(claimed(10_001, 1), second(10_000)), Ok(()));
    }

    #[test]
    fn a_full_memory_refuses_until_something_is_over() {
        let seen = SeenSignatures::with_room(2);
        assert_eq!(seen.take(claimed(10_000, 1), second(10_000)), Ok(()));
        assert_eq!(seen.take(claimed(10_000, 2), second(10_000)), Ok(()));
        let third = claimed(10_000, 3);
        assert_eq!(seen.take(third, second(10_000)), Err(ReplayError::Full));
        assert_eq!(seen.take(claimed(10_600, 3), second(10_601)), Ok(()));
    }

    #[test]
    fn an_envelope_is_taken_once() {
        let mut seen = SeenEnvelopes::default();
        assert!(seen.take("a"));
        assert!(!seen.take("a"));
        for id in 0..=MOST_ENVELOPES {
            assert!(seen.take(&id.to_string()));
        }
        assert_eq!(seen.ids.len(), MOST_ENVELOPES);
    }
}
