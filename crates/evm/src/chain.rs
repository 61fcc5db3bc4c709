//! A chain in memory: what a node would do with one transaction, without the node.
//!
//! The rules are pinned to Prague, so that no figure of gas moves by itself. Nothing costs ether:
//! the base fee and the gas price are zero, and senders need no balance.

mod flight;

use alloy_primitives::{Address, B256, Bytes, Log, TxKind, U256, keccak256};
use revm::{
    Context, DatabaseRef, ExecuteEvm, InspectEvm, Inspector, MainBuilder,
    bytecode::Bytecode,
    context::{BlockEnv, CfgEnv, TxEnv, result::ExecutionResult},
    database::{CacheDB, EmptyDB},
    handler::MainnetContext,
    primitives::hardfork::SpecId,
    state::AccountInfo,
};

use crate::reason::Reason;

/// The chain's own number, unless [`Chain::over`] is told another.
pub const CHAIN_ID: u64 = 31_337;

/// The gas that one call may use unless it says otherwise.
pub const GAS_LIMIT: u64 = 30_000_000;

/// Seconds between two blocks of [`Chain::mine`].
pub const BLOCK_SECONDS: u64 = 12;

/// What the chain's inspectors see.
pub type Sight<'a, D> = MainnetContext<&'a mut CacheDB<D>>;

/// One transaction, not signed: whoever is named as its sender sends it.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who sends it.
    pub from: Address,
    /// The contract that is called; none to create one.
    pub to: Option<Address>,
    /// The calldata, or the creation code with its arguments.
    pub data: Bytes,
    /// Native value in wei.
    pub value: U256,
    /// The most gas that it may use.
    pub gas_limit: u64,
}

impl Call {
    /// A call without native value.
    pub fn new(from: Address, to: Address, data: impl Into<Bytes>) -> Self {
        Self {
            from,
            to: Some(to),
            data: data.into(),
            value: U256::ZERO,
            gas_limit: GAS_LIMIT,
        }
    }
}

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It succeeded, and returned this.
    Returned(Bytes),
    /// It reverted, and nothing of it stays.
    Reverted(Bytes),
    /// It ran out of gas or did what no contract may; nothing of it stays.
    Halted(String),
}

/// What came of one transaction.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// Gas of the whole transaction, as its receipt would say.
    pub gas: u64,
    /// What it logged; empty unless it succeeded.
    pub logs: Vec<Log>,
    /// The contract that it created.
    pub created: Option<Address>,
}

impl Outcome {
    /// Whether it succeeded.
    #[must_use]
    pub const fn succeeded(&self) -> bool {
        matches!(self.ending, Ending::Returned(_))
    }

    /// What it returned, if it succeeded.
    #[must_use]
    pub const fn returned(&self) -> Option<&Bytes> {
        match &self.ending {
            Ending::Returned(bytes) => Some(bytes),
            Ending::Reverted(_) | Ending::Halted(_) => None,
        }
    }

    /// Why it failed, if it failed.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match &self.ending {
            Ending::Returned(_) => None,
            Ending::Reverted(bytes) => Some(Reason::read(bytes)),
            Ending::Halted(why) => Some(Reason::Halt(why.clone())),
        }
    }
}

/// A transaction could not even be tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the transaction cannot be tried: {0}")]
pub struct ChainError(String);

/// Accounts, code and storage, and the block that the next transaction stands in.
#[derive(Debug, Clone)]
pub struct Chain<D = EmptyDB> {
    state: CacheDB<D>,
    id: u64,
    block: BlockEnv,
}

impl Chain {
    /// An empty chain.
    #[must_use]
    pub fn new() -> Self {
        let block = BlockEnv {
            number: U256::from(1),
            timestamp: U256::from(1_750_000_000),
            ..BlockEnv::default()
        };
        Self::over(EmptyDB::default(), CHAIN_ID, block)
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl<D: DatabaseRef> Chain<D> {
    /// A chain that starts from somebody else's state, which it never changes.
    pub fn over(state: D, id: u64, block: BlockEnv) -> Self {
        Self {
            state: CacheDB::new(state),
            id,
            block,
        }
    }

    /// Makes a transaction; what it changed stays if it succeeded.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read or the transaction is malformed.
    pub fn send(&mut self, call: &Call) -> Result<Outcome, ChainError> {
        let transaction = self.transaction(call)?;
        let (outcome, changes) = {
            let mut evm = self.context().build_mainnet();
            let done = evm.transact(transaction).map_err(failed)?;
            (outcome(done.result), done.state)
        };
        revm::DatabaseCommit::commit(&mut self.state, changes);
        Ok(outcome)
    }

    /// Tries a transaction; nothing of it stays.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read or the transaction is malformed.
    pub fn look(&mut self, call: &Call) -> Result<Outcome, ChainError> {
        let transaction = self.transaction(call)?;
        let mut evm = self.context().build_mainnet();
        let done = evm.transact(transaction).map_err(failed)?;
        Ok(outcome(done.result))
    }

    /// Tries a transaction under the eyes of `inspector`; nothing of it stays.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read or the transaction is malformed.
    pub fn inspect<I>(&mut self, call: &Call, inspector: &mut I) -> Result<Outcome, ChainError>
    where
        for<'a, 'b> &'b mut I: Inspector<Sight<'a, D>>,
    {
        let transaction = self.transaction(call)?;
        let mut evm = self.context().build_mainnet_with_inspector(inspector);
        let done = evm.inspect_tx(transaction).map_err(failed)?;
        Ok(outcome(done.result))
    }

    /// Creates a contract from its creation code, arguments behind it.
    ///
    /// # Errors
    /// [`ChainError`], also when the constructor reverts.
    pub fn deploy(
        &mut self,
        from: Address,
        creation: impl Into<Bytes>,
    ) -> Result<Address, ChainError> {
        let outcome = self.send(&Call {
            from,
            to: None,
            data: creation.into(),
            value: U256::ZERO,
            gas_limit: GAS_LIMIT,
        })?;
        let why = outcome.reason();
        let told = || why.map_or_else(|| "it made no contract".to_owned(), |why| why.to_string());
        outcome.created.ok_or_else(|| ChainError(told()))
    }

    /// The block that the next transaction stands in.
    #[must_use]
    pub const fn block(&self) -> &BlockEnv {
        &self.block
    }

    /// The number of the chain (EIP-155).
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The state, with all that was changed so far.
    #[must_use]
    pub const fn state(&self) -> &CacheDB<D> {
        &self.state
    }

    /// Begins the next block, [`BLOCK_SECONDS`] later.
    pub fn mine(&mut self) {
        self.wait(BLOCK_SECONDS);
    }

    /// Begins the next block, `seconds` later.
    pub fn wait(&mut self, seconds: u64) {
        self.block.number = self.block.number.saturating_add(U256::from(1));
        self.block.timestamp = self.block.timestamp.saturating_add(U256::from(seconds));
    }

    /// The time of the block, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.block.timestamp.saturating_to()
    }

    /// One word of an account's storage.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn storage(&self, account: Address, slot: U256) -> Result<U256, ChainError> {
        self.state.storage_ref(account, slot).map_err(failed)
    }

    /// Sets one word of an account's storage, as no transaction could.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn set_storage(
        &mut self,
        account: Address,
        slot: U256,
        word: U256,
    ) -> Result<(), ChainError> {
        let done = self.state.insert_account_storage(account, slot, word);
        done.map_err(failed)
    }

    /// An account's code; empty when it has none.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn code(&self, account: Address) -> Result<Bytes, ChainError> {
        let Some(info) = self.account(account)? else {
            return Ok(Bytes::new());
        };
        if let Some(code) = info.code {
            return Ok(code.original_bytes());
        }
        let code = self.state.code_by_hash_ref(info.code_hash);
        Ok(code.map_err(failed)?.original_bytes())
    }

    /// Puts code at an address, as no transaction could.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), ChainError> {
        let before = self.account(account)?.unwrap_or_default();
        let hash = keccak256(&code);
        self.state.insert_account_info(
            account,
            AccountInfo {
                code_hash: hash,
                code: Some(Bytecode::new_raw(code)),
                ..before
            },
        );
        Ok(())
    }

    /// An account's native balance in wei.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn balance(&self, account: Address) -> Result<U256, ChainError> {
        Ok(self
            .account(account)?
            .map_or(U256::ZERO, |info| info.balance))
    }

    /// Sets an account's native balance in wei.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn set_balance(&mut self, account: Address, wei: U256) -> Result<(), ChainError> {
        let before = self.account(account)?.unwrap_or_default();
        self.state.insert_account_info(
            account,
            AccountInfo {
                balance: wei,
                ..before
            },
        );
        Ok(())
    }

    /// The hash of an account's code, as `EXTCODEHASH` gives it.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn code_hash(&self, account: Address) -> Result<B256, ChainError> {
        Ok(self
            .account(account)?
            .map_or(B256::ZERO, |info| info.code_hash))
    }

    /// How many transactions an account has sent.
    ///
    /// # Errors
    /// [`ChainError`] when the state cannot be read.
    pub fn nonce(&self, account: Address) -> Result<u64, ChainError> {
        Ok(self.account(account)?.map_or(0, |info| info.nonce))
    }

    fn account(&self, account: Address) -> Result<Option<AccountInfo>, ChainError> {
        self.state.basic_ref(account).map_err(failed)
    }

    fn transaction(&self, call: &Call) -> Result<TxEnv, ChainError> {
        let transaction = TxEnv::builder()
            .caller(call.from)
            .kind(call.to.map_or(TxKind::Create, TxKind::Call))
            .data(call.data.clone())
            .value(call.value)
            .gas_limit(call.gas_limit)
            .nonce(self.nonce(call.from)?)
            .chain_id(Some(self.id))
            .build();
        transaction.map_err(|error| ChainError(format!("{error:?}")))
    }

    fn context(&mut self) -> Sight<'_, D> {
        let mut rules = CfgEnv::new_with_spec(SpecId::PRAGUE);
        rules.chain_id = self.id;
        // A vault may be asked as if by any address, also by one that has code.
        let mut context = Context::new(&mut self.state, SpecId::PRAGUE);
        context.cfg = rules;
        context.block = self.block.clone();
        context
    }
}

fn failed(error: impl std::fmt::Display) -> ChainError {
    ChainError(error.to_string())
}

fn outcome(result: ExecutionResult) -> Outcome {
    let gas = result.tx_gas_used();
    match result {
        ExecutionResult::Success { logs, output, .. } => Outcome {
            created: output.address().copied(),
            ending: Ending::Returned(output.into_data()),
            gas,
            logs,
        },
        ExecutionResult::Revert { output, .. } => Outcome {
            ending: Ending::Reverted(output),
            gas,
            logs: Vec::new(),
            created: None,
        },
        ExecutionResult::Halt { reason, .. } => Outcome {
            ending: Ending::Halted(format!("{reason:?}")),
            gas,
            logs: Vec::new(),
            created: None,
        },
    }
}
