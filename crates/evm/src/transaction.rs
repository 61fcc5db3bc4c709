//! Transactions: reading them strictly, and what of them is signed.
//!
//! Sources: EIP-155 (legacy, bound to a chain), EIP-2718, EIP-2930 and EIP-1559; EIP-2 (the lower half of
//! signatures). Blobs and delegations are not signed here.

mod raw;

use alloy_primitives::{Address, B256, Bytes, Signature, U256, keccak256};

/// The most bytes of a signed transaction.
pub const RAW_MAX_BYTES: usize = 65_536;

/// One transaction before it is signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transaction {
    /// The chain (EIP-155); one without is never signed.
    pub chain_id: u64,
    /// Who sends it.
    pub from: Address,
    /// How many the sender has sent before.
    pub nonce: u64,
    /// Whom it calls; nothing for a new contract.
    pub to: Option<Address>,
    /// Native value, in wei.
    pub value: U256,
    /// With what.
    pub data: Bytes,
    /// The most gas that it may take.
    pub gas_limit: u64,
    /// What is paid for gas.
    pub fees: Fees,
    /// What it says beforehand that it touches (EIP-2930).
    pub access_list: Vec<(Address, Vec<B256>)>,
}

/// What is paid for gas, in wei for each unit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fees {
    /// One price.
    Legacy {
        /// The price.
        gas_price: u128,
    },
    /// One price, with a list of what it touches (EIP-2930).
    Listed {
        /// The price.
        gas_price: u128,
    },
    /// A most, and a tip within it (EIP-1559).
    Dynamic {
        /// The most.
        most: u128,
        /// The tip.
        priority: u128,
    },
}

impl Fees {
    /// The most that each unit of gas may cost.
    #[must_use]
    pub const fn most(self) -> u128 {
        match self {
            Self::Legacy { gas_price } | Self::Listed { gas_price } => gas_price,
            Self::Dynamic { most, .. } => most,
        }
    }
}

/// Why bytes are no transaction that the gate takes.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TransactionError {
    /// More bytes than are read.
    #[error("{0} bytes are more than a transaction may have")]
    Long(usize),
    /// A kind that is not taken.
    #[error("transactions of kind {0} are not taken")]
    Kind(u8),
    /// Not how it would be written.
    #[error("this is no transaction in its canonical form")]
    Form,
    /// Not for any chain, so for all of them.
    #[error("a transaction that is not bound to a chain could be sent on every one")]
    Unbound,
    /// Nobody signed it.
    #[error("its signature is not valid")]
    Signature,
}

impl Transaction {
    /// The message whose digest is signed.
    #[must_use]
    pub fn signing_bytes(&self) -> Vec<u8> {
        raw::unsigned(self)
    }

    /// What is signed: the digest of [`Transaction::signing_bytes`].
    #[must_use]
    pub fn signing_hash(&self) -> B256 {
        keccak256(self.signing_bytes())
    }

    /// The bytes to be sent, with a signature over [`Transaction::signing_hash`]: r, s and the
    /// parity, 0 or 1.
    ///
    /// # Errors
    /// [`TransactionError::Signature`] when the signature is not that of the sender.
    pub fn signed(&self, signature: &[u8; 65]) -> Result<Bytes, TransactionError> {
        let parsed = Signature::from_raw_array(signature);
        let parsed = parsed.map_err(|_| TransactionError::Signature)?;
        let parsed = parsed.normalize_s().unwrap_or(parsed);
        let signer = parsed.recover_address_from_prehash(&self.signing_hash());
        if signer.ok() != Some(self.from) {
            return Err(TransactionError::Signature);
        }
        Ok(raw::signed(self, &parsed).into())
    }

    /// Reads a signed transaction and finds out who signed it.
    ///
    /// Fails closed: what would be written in any other way is refused.
    ///
    /// # Errors
    /// [`TransactionError`].
    pub fn read(bytes: &[u8]) -> Result<Self, TransactionError> {
        if bytes.len() > RAW_MAX_BYTES {
            return Err(TransactionError::Long(bytes.len()));
        }
        let (mut transaction, signature) = raw::read(bytes)?;
        if signature.normalize_s().is_some() {
            return Err(TransactionError::Signature);
        }
        let signer = signature.recover_address_from_prehash(&transaction.signing_hash());
        transaction.from = signer.map_err(|_| TransactionError::Signature)?;
        if raw::signed(&transaction, &signature) != bytes {
            return Err(TransactionError::Form);
        }
        Ok(transaction)
    }

    /// The digest of the calldata.
    #[must_use]
    pub fn data_hash(&self) -> B256 {
        keccak256(&self.data)
    }

    /// The most that its gas may cost, in wei.
    #[must_use]
    pub fn most_fee(&self) -> U256 {
        U256::from(self.fees.most()) * U256::from(self.gas_limit)
    }

    /// The kind on the wire (EIP-2718).
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self.fees {
            Fees::Legacy { .. } => 0,
            Fees::Listed { .. } => 1,
            Fees::Dynamic { .. } => 2,
        }
    }
}

#[cfg(test)]
mod tests;
