//! Asking contracts, without a transaction.

use super::{
    Changes, End, Snapshot, Stop,
    machine::ended,
    state::{ASKER, Fault, Machine, State, stop},
};
use alloy_primitives::{Address, Bytes, TxKind};
use revm::{
    ExecuteEvm,
    context::{ContextSetters, TxEnv, result::HaltReason},
    handler::Handler,
};
use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    marker::PhantomData,
};

/// The most gas that a question may take.
const GAS: u64 = 30_000_000;

/// Questions to contracts on one state: a snapshot, perhaps with changes on top.
///
/// Neither can change while it is asked, and every question begins at that very state, whatever a contract
/// did when it was asked before. So the same question has the same answer, and is asked once.
pub struct Questions<'a> {
    state: State<'a>,
    /// Made once, with the first question: it costs more than most answers.
    machine: Option<Machine<'a>>,
    answers: HashMap<(Address, Bytes), Option<Bytes>>,
}

impl fmt::Debug for Questions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answers = self.answers.len();
        f.debug_struct("Questions")
            .field("answers", &answers)
            .finish_non_exhaustive()
    }
}

impl<'a> Questions<'a> {
    /// Questions before or after `changes`.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, changes: Option<&'a Changes>) -> Self {
        Self {
            state: State::new(snapshot, changes),
            machine: None,
            answers: HashMap::new(),
        }
    }

    /// Asks a contract something. Nothing when it does not answer.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn ask(&mut self, to: Address, data: Vec<u8>) -> Result<Option<Bytes>, Stop> {
        let question = match self.answers.entry((to, data.into())) {
            Entry::Occupied(known) => return Ok(known.get().clone()),
            Entry::Vacant(open) => open,
        };
        let state = self.state;
        // A machine that stopped is not asked again.
        let mut machine = self.machine.take().unwrap_or_else(|| asked(state));
        let answer = answer(&mut machine, to, question.key().1.clone())?;
        self.machine = Some(machine);
        Ok(question.insert(answer).clone())
    }
}

/// A machine for questions: what a transaction may take at most does not bound them.
fn asked(state: State<'_>) -> Machine<'_> {
    let mut machine = state.machine();
    machine.ctx.cfg.tx_gas_limit_cap = Some(u64::MAX);
    machine
}

fn answer(machine: &mut Machine<'_>, to: Address, data: Bytes) -> Result<Option<Bytes>, Stop> {
    let chain_id = machine.ctx.cfg.chain_id;
    machine.ctx.set_tx(TxEnv {
        caller: ASKER,
        gas_limit: GAS,
        kind: TxKind::Call(to),
        data,
        chain_id: Some(chain_id),
        ..TxEnv::default()
    });
    let mut asker = Asker(PhantomData);
    // Warms what is warm in a transaction too.
    asker.load_accounts(machine).map_err(stop)?;
    let found = asker.run_system_call(machine);
    // Whatever the question changed is forgotten.
    drop(machine.finalize());
    Ok(match ended(found.map_err(stop)?).0 {
        End::Success(answer) => Some(answer),
        End::Revert(_) | End::Halt(_) => None,
    })
}

/// Runs calls that cost nothing: nobody pays for them, and nobody is paid.
struct Asker<'a>(PhantomData<State<'a>>);

impl<'a> Handler for Asker<'a> {
    type Evm = Machine<'a>;
    type Error = Fault;
    type HaltReason = HaltReason;
}
