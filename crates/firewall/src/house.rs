//! What every lane of one gate shares: the ports that are not the ledger, and the gate's key.

use crate::{
    ports::{Clock, Entropy, EntropyError},
    sign::SigningKey,
};
use std::sync::Arc;

/// How many bytes of an id tell when it was given: enough until 2109.
const TIME_BYTES: usize = 5;
/// How many bits of the milliseconds they leave out.
const TIME_SHIFT: u32 = 2;

/// The shared things of one gate.
#[derive(Clone, Debug)]
pub struct House {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Signs permits and checkpoints.
    pub signing_key: Arc<SigningKey>,
    /// The gate's name in checkpoints, e.g. `portcullis.example/audit`.
    pub origin: Arc<str>,
}

impl House {
    /// A new id: a prefix such as `agt_`, the time to four milliseconds, and 56 random bits, in hex.
    ///
    /// Time comes first, as in UUID version 7 (RFC 9562, 5.7): what arrives together is found
    /// together, so that an index of a million ids is written at its end and not all over.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn id(&self, prefix: &str) -> Result<String, EntropyError> {
        let mut bytes = [0_u8; 12];
        let (time, random) = bytes.split_at_mut(TIME_BYTES);
        let at = (self.clock.now().as_millisecond() >> TIME_SHIFT).to_be_bytes();
        for (to, from) in time.iter_mut().zip(at.into_iter().skip(8 - TIME_BYTES)) {
            *to = from;
        }
        self.entropy.fill(random)?;
        Ok(format!("{prefix}{}", hex::encode(bytes)))
    }
}
