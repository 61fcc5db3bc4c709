//! What every lane of one gate shares: the ports that are not the ledger, and the gate's key.

use crate::{
    ports::{Clock, Entropy, EntropyError},
    sign::SigningKey,
};
use std::sync::Arc;

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
    /// A new id: a prefix such as `agt_` and 96 random bits in hex.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn id(&self, prefix: &str) -> Result<String, EntropyError> {
        let mut bytes = [0_u8; 12];
        self.entropy.fill(&mut bytes)?;
        Ok(format!("{prefix}{}", hex::encode(bytes)))
    }
}
