//! What a verdict is bound to. When any of it has moved, nothing is signed.

use crate::transaction::Transaction;
use alloy_primitives::{Address, B256};

/// How long a verdict counts, in seconds.
pub const GOOD_FOR_SECONDS: u64 = 60;

/// What a verdict is bound to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Binding {
    /// The chain.
    pub chain_id: u64,
    /// The vault.
    pub vault: Address,
    /// Who sends.
    pub from: Address,
    /// The sender's nonce.
    pub nonce: u64,
    /// The block that it ran on top of.
    pub block: B256,
    /// The registry's count of changes.
    pub epoch: u64,
    /// The digest of the calldata.
    pub data_hash: B256,
    /// The digest of all that is signed: gas limit, fees and value are in it.
    pub signing_hash: B256,
    /// Until when it counts, in seconds since 1970.
    pub expires: u64,
}

/// How things stand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Present {
    /// The sender's next nonce.
    pub nonce: u64,
    /// The chain's newest block.
    pub block: B256,
    /// The registry's count of changes.
    pub epoch: u64,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// Something moved.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` has moved since the verdict")]
pub struct Moved(pub &'static str);

impl Binding {
    /// Whether the verdict is about this very transaction for this vault, as things stand.
    ///
    /// # Errors
    /// [`Moved`] with what has moved.
    pub fn still_holds(
        &self,
        vault: Address,
        transaction: &Transaction,
        present: &Present,
    ) -> Result<(), Moved> {
        let checks = [
            ("chain", self.chain_id == transaction.chain_id),
            (
                "vault",
                self.vault == vault && transaction.to == Some(vault),
            ),
            ("from", self.from == transaction.from),
            (
                "nonce",
                self.nonce == transaction.nonce && self.nonce == present.nonce,
            ),
            ("block", self.block == present.block),
            ("epoch", self.epoch == present.epoch),
            ("calldata", self.data_hash == transaction.data_hash()),
            (
                "transaction",
                self.signing_hash == transaction.signing_hash(),
            ),
            ("expiry", present.now < self.expires),
        ];
        let moved = checks.into_iter().find(|(_, holds)| !holds);
        moved.map_or(Ok(()), |(what, _)| Err(Moved(what)))
    }
}
