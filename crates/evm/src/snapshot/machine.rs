//! Running a transaction.

use super::{
    Changes, End, Failed, Log, Run, Stop,
    state::{Fault, Machine, State, stop},
};
use crate::transaction::{Fees, Transaction};
use alloy_primitives::{Address, TxKind};
use revm::{
    ExecuteEvm,
    context::{
        ContextSetters, TxEnv,
        result::{ExecutionResult, HaltReason},
        transaction::{AccessList, AccessListItem},
    },
    handler::{EvmTr, FrameResult, Handler, ItemOrResult},
    interpreter::{FrameInput, interpreter_action::FrameInit},
};
use std::marker::PhantomData;

/// Runs a transaction on a state, exactly as it would be sent.
pub(super) fn run(state: State<'_>, transaction: &Transaction) -> Result<Run, Stop> {
    let mut machine = state.machine();
    let mut watcher = Watcher::default();
    machine.ctx.set_tx(environment(transaction));
    let result = watcher.run(&mut machine).map_err(stop)?;
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
        changes: Changes(machine.finalize()),
    })
}

/// A call: who calls, and whom. Nothing for a new contract.
type Called = Option<(Address, Address)>;

/// Notes calls that fail within a run that goes on.
///
/// It stands between calls, where an inspector of the machine would stand between instructions.
#[derive(Debug, Default)]
struct Watcher<'a> {
    /// The calls that have not ended yet, the innermost last.
    open: Vec<Called>,
    failed: Vec<Failed>,
    state: PhantomData<State<'a>>,
}

impl<'a> Handler for Watcher<'a> {
    type Evm = Machine<'a>;
    type Error = Fault;
    type HaltReason = HaltReason;

    // As the trait's own, but for the notes.
    fn run_exec_loop(
        &mut self,
        machine: &mut Machine<'a>,
        first: FrameInit,
    ) -> Result<FrameResult, Fault> {
        if let Some(result) = self.begin(machine, first)? {
            return Ok(result);
        }
        loop {
            let result = match machine.frame_run()? {
                ItemOrResult::Item(call) => match self.begin(machine, call)? {
                    None => continue,
                    Some(result) => result,
                },
                ItemOrResult::Result(result) => {
                    let called = self.open.pop().flatten();
                    self.note(called, &result);
                    result
                }
            };
            if let Some(result) = machine.frame_return_result(result)? {
                return Ok(result);
            }
        }
    }
}

impl<'a> Watcher<'a> {
    /// Begins a call; what came of it when there was nothing to run.
    fn begin(
        &mut self,
        machine: &mut Machine<'a>,
        call: FrameInit,
    ) -> Result<Option<FrameResult>, Fault> {
        let called = match &call.frame_input {
            FrameInput::Call(inputs) => Some((inputs.caller, inputs.target_address)),
            FrameInput::Create(_) | FrameInput::Empty => None,
        };
        Ok(match machine.frame_init(call)? {
            ItemOrResult::Item(_) => {
                self.open.push(called);
                None
            }
            ItemOrResult::Result(result) => {
                self.note(called, &result);
                Some(result)
            }
        })
    }

    fn note(&mut self, called: Called, result: &FrameResult) {
        let result = result.instruction_result();
        if let Some((caller, to)) = called
            && !result.is_ok()
        {
            let halted = result.is_halt();
            self.failed.push(Failed { caller, to, halted });
        }
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

pub(super) fn ended(result: ExecutionResult<HaltReason>) -> (End, Vec<Log>) {
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
