//! A snapshot as the machine reads it.

use super::{Changes, Missing, Snapshot, Stop};
use alloy_primitives::{Address, B256, U256};
use revm::{
    Database, MainBuilder, MainContext,
    bytecode::Bytecode,
    context::{BlockEnv, CfgEnv, Context, result::EVMError},
    database_interface::DBErrorMarker,
    handler::{MainnetContext, MainnetEvm},
    state::AccountInfo,
};

/// Whoever asks questions: nobody, with no account.
pub(super) const ASKER: Address = Address::repeat_byte(0xa5);

/// A snapshot as the machine reads it, perhaps with changes on top.
#[derive(Clone, Copy)]
pub(super) struct State<'a> {
    snapshot: &'a Snapshot,
    changes: Option<&'a Changes>,
}

/// What runs on it.
pub(super) type Machine<'a> = MainnetEvm<MainnetContext<State<'a>>>;

/// Why the machine stopped.
pub(super) type Fault = EVMError<Absent>;

/// Says to the machine what is missing.
#[derive(Debug, thiserror::Error)]
#[error("a part of the state is missing: {0:?}")]
pub(super) struct Absent(Missing);

impl DBErrorMarker for Absent {}

impl Database for State<'_> {
    type Error = Absent;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Absent> {
        let changed = self.changes.and_then(|changes| changes.0.get(&address));
        if let Some(account) = changed {
            return Ok(Some(account.info.clone()));
        }
        if address == ASKER {
            return Ok(None);
        }
        let found = self.snapshot.accounts.get(&address);
        found
            .map(|info| Some(info.clone()))
            .ok_or(Absent(Missing::Account(address)))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, Absent> {
        let mut accounts = self.snapshot.accounts.values();
        let found = accounts.find(|info| info.code_hash == hash);
        Ok(found.and_then(|info| info.code.clone()).unwrap_or_default())
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Absent> {
        let changed = self.changes.and_then(|changes| changes.0.get(&address));
        if let Some(account) = changed {
            if let Some(value) = account.storage.get(&slot) {
                return Ok(value.present_value);
            }
            // What was made by the run itself began empty.
            if account.is_created() {
                return Ok(U256::ZERO);
            }
        }
        let found = self.snapshot.slots.get(&(address, slot)).copied();
        found.ok_or(Absent(Missing::Slot(address, slot)))
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Absent> {
        if number == self.snapshot.block.number {
            return Ok(self.snapshot.block.hash);
        }
        let found = self.snapshot.hashes.get(&number).copied();
        found.ok_or(Absent(Missing::Hash(number)))
    }
}

impl<'a> State<'a> {
    pub(super) const fn new(snapshot: &'a Snapshot, changes: Option<&'a Changes>) -> Self {
        Self { snapshot, changes }
    }

    /// A machine that runs on it.
    pub(super) fn machine(self) -> Machine<'a> {
        let (block, settings) = (self.block(), self.settings());
        Context::mainnet()
            .with_db(self)
            .with_cfg(settings)
            .with_block(block)
            .build_mainnet()
    }

    fn block(&self) -> BlockEnv {
        let block = &self.snapshot.block;
        BlockEnv {
            number: U256::from(block.number),
            beneficiary: block.beneficiary,
            timestamp: U256::from(block.time),
            gas_limit: block.gas_limit,
            basefee: block.base_fee,
            prevrandao: Some(block.randomness),
            ..BlockEnv::default()
        }
    }

    fn settings(&self) -> CfgEnv {
        let chain = self.snapshot.chain;
        CfgEnv::new_with_spec(chain.rules.spec()).with_chain_id(chain.id)
    }
}

/// Why nothing came of a run.
pub(super) fn stop(fault: Fault) -> Stop {
    match fault {
        EVMError::Database(Absent(missing)) => Stop::Missing(missing),
        other => Stop::Invalid(other.to_string()),
    }
}
