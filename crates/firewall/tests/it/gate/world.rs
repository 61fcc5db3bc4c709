//! A lane without its loop: batches are made by hand, and the ledger and randomness fail at will.

use super::fixture::Gate;
use portcullis_firewall::{
    house::House,
    lane::{Job, Lane},
    ports::{Entropy, EntropyError, Ledger, LedgerError},
    sign::SigningKey,
    state::State,
    turn::Turn,
};
use portcullis_testkit::SeededEntropy;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A gate, and a lane of our own over its ledger; the gate's own lane rests.
pub(super) struct World {
    pub(super) gate: Gate,
    pub(super) house: House,
    pub(super) scarce: Arc<Scarce>,
    pub(super) lane: Lane,
}

/// Randomness that runs dry after so many draws.
#[derive(Debug)]
pub(super) struct Scarce {
    source: SeededEntropy,
    left: AtomicUsize,
}

impl Scarce {
    pub(super) fn leave(&self, draws: usize) {
        self.left.store(draws, Ordering::SeqCst);
    }
}

impl Entropy for Scarce {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let one_less = |left: usize| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .map_err(|_| EntropyError)?;
        self.source.fill(bytes)
    }
}

impl World {
    pub(super) async fn open(policy: &str) -> Self {
        let gate = Gate::with_policy(policy).await;
        let scarce = Arc::new(Scarce {
            source: SeededEntropy::new(99),
            left: AtomicUsize::new(usize::MAX),
        });
        let house = House {
            clock: Arc::<portcullis_testkit::FakeClock>::clone(&gate.clock),
            entropy: Arc::<Scarce>::clone(&scarce),
            signing_key: Arc::new(SigningKey::from_seed(&[7; 32])),
            origin: Arc::from("portcullis.example/audit"),
        };
        let lane = Lane::new(read(&gate, 0).await, house.clone());
        Self {
            gate,
            house,
            scarce,
            lane,
        }
    }

    /// One batch, as the driver makes it.
    pub(super) async fn batch(&mut self, jobs: Vec<Job>) {
        if self.lane.is_stale() {
            self.lane
                .refresh(read(&self.gate, self.lane.next_revision()).await);
        }
        let (batch, tells) = self.lane.take(jobs);
        let written = if self.lane.is_stale() {
            Err(LedgerError::Unavailable("given up".to_owned()))
        } else if batch.is_empty() {
            Ok(())
        } else {
            self.gate.ledger.commit(batch).await
        };
        self.lane.end(written, tells);
    }

    /// One job in a batch of its own.
    pub(super) async fn turn<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Turn<'_>) -> Result<T, portcullis_firewall::error::GateError>
        + Send
        + 'static,
    ) -> Result<T, portcullis_firewall::error::GateError> {
        let (tell, told) = std::sync::mpsc::channel();
        let job = Job::new(work, move |answer| {
            tell.send(answer).expect("somebody waits")
        });
        self.batch(vec![job]).await;
        told.recv().expect("told")
    }

    /// Checks that after a crash nothing would be known otherwise.
    pub(super) async fn must_outlive_a_crash(&self) {
        let (now, then) = (image(self.lane.state()), self.after_a_crash().await);
        for (now, then) in now.lines().zip(then.lines()) {
            assert_eq!(now, then);
        }
        assert_eq!(now, then);
    }

    /// What the ledger would give after a crash.
    pub(super) async fn after_a_crash(&self) -> String {
        image(&read(&self.gate, 0).await)
    }
}

async fn read(gate: &Gate, revision: u64) -> State {
    State::read(&*gate.ledger, &gate.architect.tenant, revision)
        .await
        .expect("an image")
}

/// Everything of a state that decides what may happen, in an order of its own.
pub(super) fn image(state: &State) -> String {
    let mut text = String::new();
    let frozen: BTreeMap<_, _> = state.frozen.iter().collect();
    let permits: BTreeMap<_, _> = state.permits.iter().collect();
    let policies = &state.rulebook.manuscript.policies;
    let remembered: Vec<_> = state
        .holds
        .values()
        .map(|hold| state.retries.hold(&hold.request_digest))
        .collect();
    write!(
        text,
        "{:?}\n{:?}\n{:?}\n{}\n{:?}\n{:?}\n{:?}\n{frozen:?}\n{permits:?}\n{policies:?}\n{:?}\n{:?}\n{:?}\n{remembered:?}\n{:?}",
        state.head,
        state.frontier,
        state.tally,
        state.tally_kept_at,
        state.agents,
        state.keys,
        state.holds,
        state.rulebook.rules.digest(),
        state.tenant,
        state.broken_at,
        state.sessions,
    )
    .expect("text");
    text
}
