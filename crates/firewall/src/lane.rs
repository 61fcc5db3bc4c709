//! The lane of one tenant: whatever happens to it happens here, one turn after another.
//!
//! A lane takes everything that waits as one batch: one write and one flush serve many actions,
//! facts cannot change between reading and writing, and record numbers have no gaps.

use crate::{
    batch::Batch, error::GateError, house::House, ports::LedgerError, state::State, turn::Turn,
};
use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// What is told to whoever waits, once the batch is durable or has failed.
pub type Tell = Box<dyn FnOnce(Result<(), GateError>) + Send>;

/// Something to be done in a turn; what it returns is called when the batch is durable.
pub struct Job(Box<dyn FnOnce(Chance<'_, '_>) -> Tell + Send>);

/// Whether a job gets its turn.
enum Chance<'c, 't> {
    Turn(&'c mut Turn<'t>),
    Refused(&'c GateError),
}

impl Job {
    /// A job whose answer goes to `tell` only after everything it did is durable.
    ///
    /// Fails closed: if the batch is not written, `tell` gets the failure in place of the answer.
    pub fn new<T, W, D>(work: W, tell: D) -> Self
    where
        T: Send + 'static,
        W: FnOnce(&mut Turn<'_>) -> Result<T, GateError> + Send + 'static,
        D: FnOnce(Result<T, GateError>) + Send + 'static,
    {
        Self(Box::new(move |chance| {
            let answer = match chance {
                Chance::Turn(turn) => {
                    let before = turn.batch.size();
                    let answer = work(turn);
                    // A job that failed halfway must leave nothing behind.
                    turn.state.spoilt |= answer.is_err() && turn.batch.size() != before;
                    answer
                }
                Chance::Refused(error) => Err(error.clone()),
            };
            Box::new(move |written| tell(written.and(answer)))
        }))
    }

    /// Tells whoever waits that the job got no turn.
    pub fn refuse(self, error: &GateError) {
        (self.0)(Chance::Refused(error))(Ok(()));
    }
}

/// How much a batch may hold: a batch of the largest requests must not fill the memory.
#[derive(Default)]
struct Room {
    bytes: usize,
    records: usize,
    documents: usize,
}

impl Room {
    const BYTES: usize = 16 << 20;

    /// Counts what came since it was last asked.
    fn is_used_up_by(&mut self, batch: &Batch) -> bool {
        let records = batch
            .records
            .iter()
            .skip(self.records)
            .map(|record| record.payload.len());
        let documents = batch
            .documents
            .iter()
            .skip(self.documents)
            .map(|one| one.body.len());
        self.bytes += records.chain(documents).sum::<usize>();
        (self.records, self.documents) = (batch.records.len(), batch.documents.len());
        self.bytes >= Self::BYTES
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

/// A tenant's lane between two batches.
#[derive(Debug)]
pub struct Lane {
    state: State,
    house: House,
    stale: bool,
}

impl Lane {
    /// A lane with a fresh image.
    #[must_use]
    pub const fn new(state: State, house: House) -> Self {
        Self {
            state,
            house,
            stale: false,
        }
    }

    /// Whether the image must be read again before the next batch.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        self.stale
    }

    /// The revision for the rules of a fresh image: a proposal made for the rules as they were must
    /// not fit those that are read now.
    #[must_use]
    pub fn next_revision(&self) -> u64 {
        self.state.rulebook.revision.saturating_add(1)
    }

    /// Takes a fresh image.
    pub fn refresh(&mut self, mut state: State) {
        state.broken_at = state.broken_at.or(self.state.broken_at);
        state.latest = state.latest.max(self.state.latest);
        self.state = state;
        self.stale = false;
    }

    /// The tenant's image.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Gives up the lane for its image.
    #[must_use]
    pub fn into_state(self) -> State {
        self.state
    }

    /// Does one job after another until the batch is full, and gathers what is to be written and
    /// told. The jobs that found no room are left in the iterator.
    ///
    /// *Fails closed:* a job that panics gets no answer, and the whole batch is given up.
    pub fn take(&mut self, jobs: impl IntoIterator<Item = Job>) -> (Batch, Vec<Tell>) {
        let head = self.state.head.clone();
        let mut batch = Batch::new(self.state.tenant.id.clone(), head);
        let now = self.house.clock.now();
        let mut tells = Vec::new();
        let mut room = Room::default();
        for Job(work) in jobs {
            let mut turn = Turn::new(&mut self.state, &mut batch, now, &self.house);
            // INVARIANT: whatever a panic leaves half done is given up with the batch.
            match catch_unwind(AssertUnwindSafe(|| work(Chance::Turn(&mut turn)))) {
                Ok(tell) => tells.push(tell),
                Err(_) => self.state.spoilt = true,
            }
            if room.is_used_up_by(&batch) {
                break;
            }
        }
        let mut turn = Turn::new(&mut self.state, &mut batch, now, &self.house);
        self.stale = turn.keep_tally_in_time().is_err() || self.state.spoilt;
        (batch, tells)
    }

    /// Ends a batch: tells everybody what became of it.
    ///
    /// Fails closed: after a failed write nobody is told a verdict, and the image is read again.
    pub fn end(&mut self, written: Result<(), LedgerError>, tells: Vec<Tell>) {
        let written = written.map_err(GateError::from);
        self.stale |= written.is_err();
        for tell in tells {
            tell(written.clone());
        }
    }
}
