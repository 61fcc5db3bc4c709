//! Signing what was tried, handing it in, and waiting until it is mined.

use crate::{
    errand::trial::Trial,
    pilot::{FlightError, Pilot},
    source::{Receipt, SourceError},
};
use alloy_primitives::{Address, B256, Bytes, keccak256};
use portcullis_firewall::outside::{OutsideError, Signer};
use std::{sync::Arc, time::Duration};

/// The pause between two looks for a receipt.
const PAUSE: Duration = Duration::from_millis(300);

/// An account that sends.
#[derive(Clone, Debug)]
pub struct Sender {
    /// Looks before it signs.
    pub pilot: Pilot,
    /// Signs.
    pub signer: Arc<dyn Signer>,
    /// The name of its key.
    pub key: String,
    /// Its address.
    pub address: Address,
    /// How long a transaction is waited for.
    pub patience: Duration,
}

/// A transaction that was signed and not handed in yet.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Its hash.
    pub hash: B256,
    /// Its nonce.
    pub nonce: u64,
    raw: Bytes,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// It could not be looked at.
    #[error(transparent)]
    Flight(#[from] FlightError),
    /// It would be refused by now.
    #[error("{0}")]
    Refused(String),
    /// It could not be signed.
    #[error("it cannot be signed: {0}")]
    Signature(String),
    /// The node did not take it. Nothing was done.
    #[error("nothing was sent: {0}")]
    Untaken(SourceError),
    /// It was mined, and reverted.
    #[error("{0} was mined, and reverted")]
    Reverted(B256),
    /// Nobody knows yet.
    #[error("{0} was handed in and is not mined yet; look for it before you do the same again")]
    Waiting(B256),
}

impl From<OutsideError> for SendError {
    fn from(error: OutsideError) -> Self {
        Self::Signature(error.to_string())
    }
}

impl Sender {
    /// Signs what was tried. When the chain has moved on since, it is tried again first.
    ///
    /// # Errors
    /// [`SendError`]; nothing was sent.
    pub async fn sign(&self, trial: &Trial) -> Result<Signed, SendError> {
        let transaction = &trial.transaction;
        let sources = &self.pilot.sources;
        let head = sources.head().await.map_err(FlightError::from)?;
        if head.hash != trial.block.hash {
            let again = self.pilot.try_again(transaction).await?;
            if let Err(denial) = again.ending {
                let (code, words) = (denial.code, denial.words);
                return Err(SendError::Refused(format!(
                    "by now it is refused ({code}): {words}"
                )));
            }
        }
        let message = transaction.signing_bytes();
        let signature = self.signer.sign(&self.key, &message).await?;
        let other = |_| SendError::Signature("the key is not that of the account".to_owned());
        let raw = transaction.signed(&signature).map_err(other)?;
        Ok(Signed {
            hash: keccak256(&raw),
            nonce: transaction.nonce,
            raw,
        })
    }

    /// Hands it in, and waits until it is mined.
    ///
    /// # Errors
    /// [`SendError::Untaken`] when nothing was sent; [`SendError::Reverted`]; [`SendError::Waiting`] when
    /// it may still be mined.
    pub async fn see_through(&self, signed: &Signed) -> Result<Receipt, SendError> {
        match self.pilot.sources.first.send(&signed.raw).await {
            // Whatever went wrong on the way back, it may have been taken.
            Ok(()) | Err(SourceError::Unanswered(_) | SourceError::Unusable(_)) => {}
            Err(SourceError::Refused(_, why)) if why.contains("already known") => {}
            Err(why) => return Err(SendError::Untaken(why)),
        }
        self.wait(signed.hash).await
    }

    /// Waits until a transaction is mined.
    ///
    /// # Errors
    /// [`SendError::Reverted`], [`SendError::Waiting`].
    pub async fn wait(&self, hash: B256) -> Result<Receipt, SendError> {
        let mut left = self.patience;
        loop {
            match self.pilot.sources.first.receipt(hash).await {
                Ok(Some(receipt)) if receipt.success => return Ok(receipt),
                Ok(Some(_)) => return Err(SendError::Reverted(hash)),
                Ok(None) | Err(_) if left.is_zero() => return Err(SendError::Waiting(hash)),
                Ok(None) | Err(_) => {}
            }
            let nap = PAUSE.min(left);
            tokio::time::sleep(nap).await;
            left = left.saturating_sub(nap);
        }
    }
}
