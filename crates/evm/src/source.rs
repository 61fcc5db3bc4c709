//! Where the state of a chain comes from.

use crate::snapshot::{Account, Block, Log, Missing};
use alloy_primitives::{Address, B256, U256};
use portcullis_firewall::ports::Doing;
use std::{fmt::Debug, sync::Arc};

/// Tells what a chain's state is, and takes transactions.
///
/// Fails closed: what it does not know for certain is an error.
pub trait Source: Debug + Send + Sync {
    /// The chain's id (EIP-155).
    fn chain_id(&self) -> Doing<'_, Result<u64, SourceError>>;

    /// The newest block.
    fn head(&self) -> Doing<'_, Result<Block, SourceError>>;

    /// A part of the state after a block.
    fn find<'a>(
        &'a self,
        block: &'a Block,
        missing: Missing,
    ) -> Doing<'a, Result<Found, SourceError>>;

    /// The next nonce of an account, with what waits to be mined.
    fn next_nonce(&self, account: Address) -> Doing<'_, Result<u64, SourceError>>;

    /// Hands in a signed transaction.
    ///
    /// # Errors
    /// [`SourceError::Unanswered`] and [`SourceError::Unusable`] when it may have been taken.
    fn send<'a>(&'a self, raw: &'a [u8]) -> Doing<'a, Result<(), SourceError>>;

    /// What became of a transaction; nothing while it is not mined.
    fn receipt(&self, hash: B256) -> Doing<'_, Result<Option<Receipt>, SourceError>>;
}

/// A part of the state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// An account.
    Account(Account),
    /// A slot of a contract's storage.
    Slot(U256),
    /// The hash of a block.
    Hash(B256),
}

/// What became of a mined transaction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Receipt {
    /// Whether it went through.
    pub success: bool,
    /// The block that it is in.
    pub block: u64,
    /// The gas that it took.
    pub gas_used: u64,
    /// What each unit of gas cost, in wei.
    pub gas_price: u128,
    /// What contracts noted in it.
    pub logs: Vec<Log>,
}

/// Why a source did not tell.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SourceError {
    /// Nothing was sent.
    #[error("the chain cannot be reached: {0}")]
    Unreachable(String),
    /// It was asked, and no answer came.
    #[error("the chain was asked and does not answer: {0}")]
    Unanswered(String),
    /// The answer is not one.
    #[error("the chain's answer is not usable: {0}")]
    Unusable(String),
    /// It says no.
    #[error("the chain's node refuses: {1}")]
    Refused(i64, String),
    /// Two sources say different things.
    #[error("two sources do not agree on {0}")]
    Disagree(String),
}

/// One source, or two that must agree.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The one that is asked.
    pub first: Arc<dyn Source>,
    /// The one that is compared with.
    pub second: Option<Arc<dyn Source>>,
}

impl Sources {
    /// Whether two sources must agree: without that, a state is what one of them says.
    #[must_use]
    pub const fn compared(&self) -> bool {
        self.second.is_some()
    }

    /// A part of the state after a block.
    ///
    /// # Errors
    /// [`SourceError`], [`SourceError::Disagree`] when two sources say different things.
    pub async fn find(&self, block: &Block, missing: Missing) -> Result<Found, SourceError> {
        let found = self.first.find(block, missing).await?;
        if let Some(second) = &self.second
            && second.find(block, missing).await? != found
        {
            return Err(SourceError::Disagree(format!("{missing:?}")));
        }
        Ok(found)
    }

    /// The newest block that every source knows in the same way.
    ///
    /// # Errors
    /// As [`Sources::find`].
    pub async fn head(&self) -> Result<Block, SourceError> {
        let Some(second) = &self.second else {
            return self.first.head().await;
        };
        let (one, other) = (self.first.head().await?, second.head().await?);
        if one != other {
            return Err(SourceError::Disagree("the newest block".to_owned()));
        }
        Ok(one)
    }
}
