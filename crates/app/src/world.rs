//! The real clock and the system's randomness: the only place where the house meets them.

use jiff::Timestamp;
use portcullis_firewall::{
    moment,
    ports::{Clock, Entropy, EntropyError},
};

/// The system's clock, in whole milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where time comes into the house"
    )]
    fn now(&self) -> Timestamp {
        moment::milliseconds(Timestamp::now())
    }
}

/// The system's randomness.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|_| EntropyError)
    }
}
