//! The machine: the only file that knows how `revm` is spoken to.

use super::{Changes, End, Failed, Log, Missing, Run, Snapshot, Stop};
use crate::transaction::{Fees, Transaction};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use revm::{
    Database, ExecuteEvm, InspectEvm, Inspector, MainBuilder, MainContext,
    bytecode::Bytecode,
    context::{
        BlockEnv, CfgEnv, Context, TxEnv,
        result::{EVMError, ExecutionResult, HaltReason, ResultAndState},
        transaction::{AccessList, AccessListItem},
    },
    database_interface::DBErrorMarker,
    interpreter::{CallInputs, CallOutcome},
    state::AccountInfo,
};

/// The most gas that a question may take.
const VIEW_GAS: u64 = 30_000_000;

/// Whoever asks questions: nobody, with no account.
const ASKER: Address = Address::repeat_byte(0xa5);

/// Runs things on a snapshot, perhaps with changes on top.
pub(super) struct Machine<'a> {
    snapshot: &'a Snapshot,
    changes: Option<&'a Changes>,
}

/// Says to the machine what is missing.
#[derive(Debug, thiserror::Error)]
#[error("a part of the state is missing: {0:?}")]
pub(super) struct Absent(Missing);

impl DBErrorMarker for Absent {}

impl Database for Machine<'_> {
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

/// Notes calls that fail within a run that goes on.
#[derive(Debug, Default)]
struct Watcher {
    failed: Vec<Failed>,
}

impl<C> Inspector<C> for Watcher {
    fn call_end(&mut self, _: &mut C, inputs: &CallInputs, outcome: &mut CallOutcome) {
        if !outcome.result.result.is_ok() {
            self.failed.push(Failed {
                caller: inputs.caller,
                to: inputs.target_address,
                halted: outcome.result.result.is_halt(),
            });
        }
    }
}

impl<'a> Machine<'a> {
    pub(super) const fn new(snapshot: &'a Snapshot, changes: Option<&'a Changes>) -> Self {
        Self { snapshot, changes }
    }

    pub(super) fn run(self, transaction: &Transaction) -> Result<Run, Stop> {
        let (block, settings) = (self.block(), self.settings());
        let mut watcher = Watcher::default();
        let mut evm = Context::mainnet()
            .with_db(self)
            .with_cfg(settings)
            .with_block(block)
            .build_mainnet_with_inspector(&mut watcher);
        let found = evm.inspect_tx(environment(transaction));
        drop(evm);
        let ResultAndState { result, state } = found.map_err(stop)?;
        let gas_used = result.tx_gas_used();
        let (end, logs) = ended(result);
        let swallowed = match &end {
            End::Success(_) => watcher.failed,
            End::Revert(_) | End::Halt(_) => Vec::new(),
        };
        Ok(Run {
            end,
            gas_used,
            logs,
            swallowed,
            changes: Changes(state),
        })
    }

    pub(super) fn view(self, to: Address, data: Vec<u8>) -> Result<Option<Bytes>, Stop> {
        let (mut block, mut settings) = (self.block(), self.settings());
        // A question costs nothing, and whoever asks it has no account.
        block.basefee = 0;
        block.beneficiary = ASKER;
        settings.disable_nonce_check = true;
        settings.tx_gas_limit_cap = Some(u64::MAX);
        block.gas_limit = u64::MAX;
        let tx = TxEnv {
            caller: ASKER,
            gas_limit: VIEW_GAS,
            kind: TxKind::Call(to),
            data: data.into(),
            chain_id: Some(settings.chain_id),
            ..TxEnv::default()
        };
        let mut evm = Context::mainnet()
            .with_db(self)
            .with_cfg(settings)
            .with_block(block)
            .build_mainnet();
        let found = evm.transact(tx).map_err(stop)?;
        Ok(match ended(found.result).0 {
            End::Success(answer) => Some(answer),
            End::Revert(_) | End::Halt(_) => None,
        })
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

fn environment(transaction: &Transaction) -> TxEnv {
    let (tx_type, gas_price, gas_priority_fee) = match transaction.fees {
        Fees::Legacy { gas_price } => (0, gas_price, None),
        Fees::Listed { gas_price } => (1, gas_price, None),
        Fees::Dynamic { most, priority } => (2, most, Some(priority)),
    };
    let items = transaction.access_list.iter().map(|item| AccessListItem {
        address: item.0,
        storage_keys: item.1.clone(),
    });
    TxEnv {
        tx_type,
        caller: transaction.from,
        gas_limit: transaction.gas_limit,
        gas_price,
        kind: transaction.to.map_or(TxKind::Create, TxKind::Call),
        value: transaction.value,
        data: transaction.data.clone(),
        nonce: transaction.nonce,
        chain_id: Some(transaction.chain_id),
        access_list: AccessList(items.collect()),
        gas_priority_fee,
        ..TxEnv::default()
    }
}

fn ended(result: ExecutionResult<HaltReason>) -> (End, Vec<Log>) {
    match result {
        ExecutionResult::Success { logs, output, .. } => {
            let logs = logs.into_iter().map(|log| Log {
                address: log.address,
                topics: log.data.topics().to_vec(),
                data: log.data.data.clone(),
            });
            (End::Success(output.into_data()), logs.collect())
        }
        ExecutionResult::Revert { output, .. } => (End::Revert(output), Vec::new()),
        ExecutionResult::Halt { reason, .. } => (End::Halt(format!("{reason:?}")), Vec::new()),
    }
}

fn stop(error: EVMError<Absent>) -> Stop {
    match error {
        EVMError::Database(Absent(missing)) => Stop::Missing(missing),
        other => Stop::Invalid(other.to_string()),
    }
}
