//! The real clock and the system's randomness: the only place where the house meets them.

use jiff::Timestamp;
use portcullis_firewall::{
    moment,
    ports::{Clock, Entropy, EntropyError},
};
use std::cell::RefCell;
use zeroize::{Zeroize, Zeroizing};

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

/// The system's randomness, fetched some at a time: a call to the system for each nonce would cost
/// more than judging does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemEntropy;

/// How much is fetched at once.
const STOCK: usize = 4_096;

thread_local! {
    /// Bytes of this thread that nobody has been given yet; each is wiped when it is given out.
    static UNUSED: RefCell<Zeroizing<Vec<u8>>> = RefCell::default();
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        if bytes.len() > STOCK {
            return getrandom::fill(bytes).map_err(|_| EntropyError);
        }
        UNUSED.with_borrow_mut(|unused| {
            if unused.len() < bytes.len() {
                unused.resize(STOCK, 0);
                getrandom::fill(unused)
                    .map_err(|_| EntropyError)
                    .inspect_err(|_| unused.clear())?;
            }
            let rest = unused.len().saturating_sub(bytes.len());
            let given = unused.get_mut(rest..).ok_or(EntropyError)?;
            bytes.copy_from_slice(given);
            given.zeroize();
            unused.truncate(rest);
            Ok(())
        })
    }
}
