//! Runs lanes: the only asynchronous loop of the firewall.

use crate::{
    lane::{Job, Lane},
    ports::Ledger,
    showcase::Showcase,
    state::State,
};
use std::{sync::Arc, vec::Drain};
use tokio::sync::{
    mpsc::{Receiver, Sender, channel},
    watch,
};

/// The most jobs that wait in a lane; more wait at the door.
const QUEUE: usize = 4_096;
/// The most jobs in one batch.
const BATCH: usize = 512;

/// Where jobs for one tenant go.
pub type Queue = Sender<Job>;

/// A queue and its end.
#[must_use]
pub fn queue() -> (Queue, Receiver<Job>) {
    channel(QUEUE)
}

/// Counts what became durable, for whoever follows it; it never waits for them.
pub type Count = Arc<watch::Sender<u64>>;

/// Where it is told that something of one tenant became durable.
#[derive(Clone, Debug)]
pub struct News {
    /// For who follows this tenant.
    pub own: Count,
    /// For who follows every tenant.
    pub all: Count,
}

impl News {
    fn tell(&self) {
        for count in [&self.own, &self.all] {
            count.send_modify(|count| *count = count.wrapping_add(1));
        }
    }
}

/// A lane's way out: what is written, told and shown.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// Where batches become durable.
    pub ledger: Arc<dyn Ledger>,
    /// Where it is told that one did.
    pub news: News,
    /// Where doors look without waiting.
    pub showcase: Showcase,
}

/// Runs a lane until every sender is gone; then the tally is kept once more.
pub async fn drive(mut lane: Lane, mut jobs: Receiver<Job>, outlet: Outlet) {
    let mut received = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut received, BATCH).await > 0 {
        let mut waiting = received.drain(..);
        while waiting.len() > 0 {
            let before = lane.state().head.seq;
            turn(&mut lane, &mut waiting, &outlet).await;
            if lane.state().head.seq != before {
                outlet.news.tell();
            }
        }
    }
    let keep = Job::new(|turn| turn.keep_tally(1), |_| {});
    turn(&mut lane, &mut vec![keep].drain(..), &outlet).await;
}

async fn turn(lane: &mut Lane, waiting: &mut Drain<'_, Job>, outlet: &Outlet) {
    let ledger = &*outlet.ledger;
    if lane.is_stale() {
        match State::read(ledger, &lane.state().tenant.id, lane.next_revision()).await {
            Ok(state) => lane.refresh(state),
            Err(error) => {
                for job in waiting {
                    job.refuse(&error);
                }
                return;
            }
        }
    }
    let (batch, tells) = lane.take(waiting);
    let written = if lane.is_stale() {
        Err(crate::ports::LedgerError::Unavailable(
            "a batch was given up".to_owned(),
        ))
    } else if batch.is_empty() {
        Ok(())
    } else {
        ledger.commit(batch).await
    };
    // Before anybody is told: who was told of a change finds it shown.
    if written.is_ok() {
        outlet.showcase.show(&lane.state().tools);
    }
    lane.end(written, tells);
}
