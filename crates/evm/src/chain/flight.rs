//! Looking at a transaction on a chain in memory as the gate does on a real one.

use super::{Call, Chain, ChainError, failed};
use crate::{
    preflight::{Outfit, Preflight, preflight},
    snapshot::{self, Block, Missing, Rules, Snapshot},
    transaction::{Fees, Transaction},
};
use alloy_primitives::B256;
use jiff::Timestamp;
use revm::DatabaseRef;

/// The most parts of a state that one look fetches.
const PARTS_MAX: usize = 4_096;

impl<D: DatabaseRef> Chain<D> {
    /// Looks at a call before it is made; nothing of it stays.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn preflight(&self, outfit: &Outfit, call: &Call) -> Result<Preflight, ChainError> {
        let transaction = Transaction {
            chain_id: self.id,
            from: call.from,
            nonce: self.nonce(call.from)?,
            to: call.to,
            value: call.value,
            data: call.data.clone(),
            gas_limit: call.gas_limit,
            fees: Fees::Legacy { gas_price: 0 },
            access_list: Vec::new(),
        };
        let now = i64::try_from(self.now()).unwrap_or_default();
        let now = Timestamp::from_second(now).unwrap_or_default();
        let mut snapshot = self.snapshot();
        for _ in 0..PARTS_MAX {
            match preflight(&snapshot, outfit, &transaction, now) {
                Ok(seen) => return Ok(seen),
                Err(missing) => self.fetch(&mut snapshot, missing)?,
            }
        }
        Err(failed("it touches more of the state than is looked at"))
    }

    /// The block that stands, with nothing of the state yet.
    fn snapshot(&self) -> Snapshot {
        let block = Block {
            number: self.block.number.saturating_to(),
            hash: B256::ZERO,
            time: self.now(),
            base_fee: self.block.basefee,
            gas_limit: self.block.gas_limit,
            beneficiary: self.block.beneficiary,
            randomness: self.block.prevrandao.unwrap_or_default(),
        };
        let chain = snapshot::Chain {
            id: self.id,
            rules: Rules::Prague,
        };
        Snapshot::new(chain, block)
    }

    /// Brings a part of the state that a snapshot is missing.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn fetch(&self, snapshot: &mut Snapshot, missing: Missing) -> Result<(), ChainError> {
        match missing {
            Missing::Account(address) => {
                let account = snapshot::Account {
                    balance: self.balance(address)?,
                    nonce: self.nonce(address)?,
                    code: self.code(address)?,
                };
                snapshot.put_account(address, &account);
            }
            Missing::Slot(address, slot) => {
                snapshot.put_slot(address, slot, self.storage(address, slot)?);
            }
            Missing::Hash(number) => {
                let hash = self.state.block_hash_ref(number).map_err(failed)?;
                snapshot.put_hash(number, hash);
            }
        }
        Ok(())
    }
}
