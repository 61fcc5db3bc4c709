//! Looking at a transaction on live state: what is missing is fetched, until nothing is.

use crate::{
    binding::{Moved, Present},
    preflight::{Outfit, Preflight, preflight},
    snapshot::{Block, Chain, Missing, Snapshot, Stop},
    source::{Found, SourceError, Sources},
    transaction::Transaction,
};
use alloy_primitives::Address;
use jiff::Timestamp;

/// The most parts of a state that one look fetches.
const PARTS_MAX: usize = 4_096;

/// Looks at transactions on one chain.
#[derive(Clone, Debug)]
pub struct Pilot {
    /// The chain.
    pub chain: Chain,
    /// Where its state comes from.
    pub sources: Sources,
    /// The vault, its guards and names.
    pub outfit: Outfit,
}

/// Why nothing can be said.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FlightError {
    /// The state could not be had.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It needs more of the state than is fetched.
    #[error("it touches more than {PARTS_MAX} parts of the state")]
    TooMuch,
    /// Something that the verdict is bound to has moved.
    #[error(transparent)]
    Moved(#[from] Moved),
    /// It cannot be run at all.
    #[error("{0}")]
    Invalid(String),
}

impl Pilot {
    /// The chain's newest block, with nothing of its state yet.
    ///
    /// # Errors
    /// [`FlightError`]; when the node serves another chain, too.
    pub async fn begin(&self) -> Result<Snapshot, FlightError> {
        let id = self.sources.first.chain_id().await?;
        if id != self.chain.id {
            let why = format!("the node serves chain {id}, not {}", self.chain.id);
            return Err(FlightError::Invalid(why));
        }
        let head = self.sources.head().await?;
        Ok(Snapshot::new(self.chain, head))
    }

    /// Looks at a transaction, and fetches what is missing on the way.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn look(
        &self,
        snapshot: &mut Snapshot,
        transaction: &Transaction,
        now: Timestamp,
    ) -> Result<Preflight, FlightError> {
        for _ in 0..PARTS_MAX {
            match preflight(snapshot, &self.outfit, transaction, now) {
                Ok(seen) => return Ok(seen),
                Err(missing) => self.fetch(snapshot, missing).await?,
            }
        }
        Err(FlightError::TooMuch)
    }

    /// Anything else that is asked of a snapshot, in the same way.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn ask<T>(
        &self,
        snapshot: &mut Snapshot,
        ask: impl Fn(&Snapshot) -> Result<T, Stop>,
    ) -> Result<T, FlightError> {
        for _ in 0..PARTS_MAX {
            match ask(snapshot) {
                Ok(answer) => return Ok(answer),
                Err(Stop::Missing(missing)) => self.fetch(snapshot, missing).await?,
                Err(Stop::Invalid(why)) => return Err(FlightError::Invalid(why)),
            }
        }
        Err(FlightError::TooMuch)
    }

    /// Whether everything that a verdict is bound to still stands, right now.
    ///
    /// # Errors
    /// [`FlightError::Moved`] with what has moved.
    pub async fn still_holds(
        &self,
        seen: &Preflight,
        transaction: &Transaction,
        now: Timestamp,
    ) -> Result<(), FlightError> {
        let head = self.sources.head().await?;
        let present = Present {
            nonce: self.sources.first.next_nonce(transaction.from).await?,
            // The registry's count is part of the state after this very block.
            epoch: seen.binding.epoch,
            block: head.hash,
            now: u64::try_from(now.as_second()).unwrap_or(u64::MAX),
        };
        let vault = self.outfit.vault;
        Ok(seen.binding.still_holds(vault, transaction, &present)?)
    }

    async fn fetch(&self, snapshot: &mut Snapshot, missing: Missing) -> Result<(), FlightError> {
        let block: Block = snapshot.block().clone();
        let found = self.sources.find(&block, missing).await?;
        let odd = || SourceError::Unusable("it answers another question".to_owned());
        match (missing, found) {
            (Missing::Account(address), Found::Account(account)) => {
                snapshot.put_account(address, &account);
            }
            (Missing::Slot(address, slot), Found::Slot(value)) => {
                snapshot.put_slot(address, slot, value);
            }
            (Missing::Hash(number), Found::Hash(hash)) => snapshot.put_hash(number, hash),
            _ => return Err(odd().into()),
        }
        Ok(())
    }

    /// How many transactions an account has sent by this block.
    ///
    /// # Errors
    /// [`FlightError`].
    pub async fn nonce(
        &self,
        snapshot: &mut Snapshot,
        account: Address,
    ) -> Result<u64, FlightError> {
        self.ask(snapshot, |snapshot| snapshot.nonce(account)).await
    }
}
