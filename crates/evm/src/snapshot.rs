//! A part of a chain's state at one block, and running things on it.
//!
//! What is not in it is never guessed: a run that needs more stops and says what it needs.

mod machine;
mod questions;
mod state;

use crate::transaction::Transaction;
use alloy_primitives::{Address, B256, Bytes, U256, init_keccak_cache, map::HashMap};
pub use questions::Questions;
use revm::{
    bytecode::Bytecode,
    primitives::hardfork::SpecId,
    state::{AccountInfo, EvmState},
};
use state::State;

/// How many hashes are kept, in a mebibyte. What hashes to what is the same in all states for ever.
const HASHES: usize = 1 << 13;

/// The block that something runs on top of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, in seconds since 1970.
    pub time: u64,
    /// Its base fee, in wei for each unit of gas (EIP-1559).
    pub base_fee: u64,
    /// The most gas that it has room for.
    pub gas_limit: u64,
    /// Who got its fees.
    pub beneficiary: Address,
    /// Its randomness (EIP-4399).
    pub randomness: B256,
}

/// What a chain follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Chain {
    /// Its id (EIP-155).
    pub id: u64,
    /// Its rules; pinned, since newer ones count gas in another way.
    pub rules: Rules,
}

/// The rules of a chain.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Rules {
    /// Since March 2024; the first with storage for one transaction.
    Cancun,
    /// Since May 2025.
    #[default]
    Prague,
    /// Since December 2025.
    Osaka,
}

impl Rules {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cancun, Self::Prague, Self::Osaka];

    /// The name, as in the operator's file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancun => "cancun",
            Self::Prague => "prague",
            Self::Osaka => "osaka",
        }
    }

    const fn spec(self) -> SpecId {
        match self {
            Self::Cancun => SpecId::CANCUN,
            Self::Prague => SpecId::PRAGUE,
            Self::Osaka => SpecId::OSAKA,
        }
    }
}

/// Something of the state that a run needs and that is not there.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Missing {
    /// Balance, nonce and code of an account.
    Account(Address),
    /// A slot of a contract's storage.
    Slot(Address, U256),
    /// The hash of an older block.
    Hash(u64),
}

/// An account.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Account {
    /// In wei.
    pub balance: U256,
    /// How many transactions it has sent.
    pub nonce: u64,
    /// Its code; empty for a person's.
    pub code: Bytes,
}

/// A part of a chain's state at one block.
#[derive(Clone, Debug)]
pub struct Snapshot {
    chain: Chain,
    block: Block,
    accounts: HashMap<Address, AccountInfo>,
    slots: HashMap<(Address, U256), U256>,
    hashes: HashMap<u64, B256>,
}

/// What changed in a run.
#[derive(Clone, Debug, Default)]
pub struct Changes(EvmState);

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Run {
    /// What came of it.
    pub end: End,
    /// The gas that it took.
    pub gas_used: u64,
    /// What contracts noted, in order: address, topics, data.
    pub logs: Vec<Log>,
    /// Calls within it that failed although the whole did not.
    pub swallowed: Vec<Failed>,
    /// What is different afterwards.
    pub changes: Changes,
}

/// A call that failed within a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Failed {
    /// Who called.
    pub caller: Address,
    /// Whom.
    pub to: Address,
    /// Whether the machine stopped it, e.g. without gas; else a contract refused.
    pub halted: bool,
}

/// What a contract noted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Log {
    /// The contract.
    pub address: Address,
    /// Up to four words that others look for.
    pub topics: Vec<B256>,
    /// The rest.
    pub data: Bytes,
}

/// What came of a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum End {
    /// It went through, with this answer.
    Success(Bytes),
    /// A contract refused, with these bytes.
    Revert(Bytes),
    /// The machine stopped it, e.g. without gas.
    Halt(String),
}

/// Why nothing ran.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Stop {
    /// More of the state is needed.
    #[error("a part of the state is missing: {0:?}")]
    Missing(Missing),
    /// The transaction itself is not valid here.
    #[error("{0}")]
    Invalid(String),
}

impl Snapshot {
    /// An empty part of the state at a block.
    #[must_use]
    pub fn new(chain: Chain, block: Block) -> Self {
        // Where a mapping keeps something is a hash, and the same few are needed again and again. False
        // when there is room already.
        let _ = init_keccak_cache(HASHES);
        Self {
            chain,
            block,
            accounts: HashMap::default(),
            slots: HashMap::default(),
            hashes: HashMap::default(),
        }
    }

    /// The block.
    #[must_use]
    pub const fn block(&self) -> &Block {
        &self.block
    }

    /// The chain.
    #[must_use]
    pub const fn chain(&self) -> Chain {
        self.chain
    }

    /// Adds an account.
    pub fn put_account(&mut self, address: Address, account: &Account) {
        let code = Bytecode::new_raw(account.code.clone());
        let hash = code.hash_slow();
        let info = AccountInfo::new(account.balance, account.nonce, hash, code);
        self.accounts.insert(address, info);
    }

    /// Adds a slot of a contract's storage.
    pub fn put_slot(&mut self, address: Address, slot: U256, value: U256) {
        self.slots.insert((address, slot), value);
    }

    /// Adds the hash of an older block.
    pub fn put_hash(&mut self, number: u64, hash: B256) {
        self.hashes.insert(number, hash);
    }

    /// How many transactions an account has sent.
    ///
    /// # Errors
    /// [`Stop::Missing`].
    pub fn nonce(&self, address: Address) -> Result<u64, Stop> {
        let found = self.accounts.get(&address).map(|info| info.nonce);
        found.ok_or(Stop::Missing(Missing::Account(address)))
    }

    /// The code of an account; empty for a person's.
    ///
    /// # Errors
    /// [`Stop::Missing`].
    pub fn code(&self, address: Address) -> Result<Bytes, Stop> {
        let found = self.accounts.get(&address);
        let found = found.ok_or(Stop::Missing(Missing::Account(address)))?;
        let code = found.code.as_ref().map(Bytecode::original_bytes);
        Ok(code.unwrap_or_default())
    }

    /// Runs a transaction on top of the block, exactly as it would be sent, with its own gas limit.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn run(&self, transaction: &Transaction) -> Result<Run, Stop> {
        machine::run(State::new(self, None), transaction)
    }

    /// Asks a contract something. Nothing when it does not answer.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn view(&self, to: Address, data: Vec<u8>) -> Result<Option<Bytes>, Stop> {
        Questions::new(self, None).ask(to, data)
    }
}
