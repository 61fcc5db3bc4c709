//! Follows a tenant's chain and tells one channel of it, record after record.

use super::{
    channel::{Channel, Told},
    patience::Patience,
    source::Source,
    standing::Standing,
};
use portcullis_firewall::{
    batch::StoredRecord,
    error::GateError,
    ports::{Clock, Entropy},
};
use portcullis_policy::id::TenantId;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// The most records in memory at once.
const BATCH: usize = 64;
/// How many records a channel may pass over before its cursor is kept all the same. Passing over
/// them again costs nothing, and a busy gate is not asked to write for a channel that is silent.
const PASSED_MAX: u64 = 1_024;
/// The pause between news and looking at it.
const BREATH: Duration = Duration::from_millis(100);
/// How long the last cursor may take to be kept when the gate shuts.
const LAST_WORD: Duration = Duration::from_secs(2);

/// Who is told of what.
#[derive(Clone, Debug)]
pub struct Following {
    /// Whose chain.
    pub tenant: TenantId,
    /// The gate.
    pub source: Arc<dyn Source>,
    /// Who is told.
    pub channel: Arc<dyn Channel>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for waiting.
    pub entropy: Arc<dyn Entropy>,
    /// Where it is written how it gets on.
    pub standing: Arc<Standing>,
}

/// Why nobody is followed any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ended {
    /// The gate shuts.
    Shut,
    /// Nobody is at the other side of the channel.
    Gone,
}

/// Tells a channel of every record, in order, until the gate shuts or the channel is gone.
///
/// A new channel starts at the end of the chain. Each record is told at least once: after a crash
/// it may be told again, with the same id. What fails for now is tried again and holds up the
/// records behind it; what fails for good is logged and passed over. Nothing here is waited for
/// by a verdict.
pub async fn follow(following: Following, mut shutdown: watch::Receiver<bool>) -> Ended {
    let mut follower = Follower {
        following,
        told: 0,
        kept: 0,
        telling: false,
    };
    let ended = tokio::select! {
        // Whoever could say that the gate shuts is gone: it shuts.
        _ = shutdown.wait_for(|shut| *shut) => Ended::Shut,
        ended = follower.run() => ended,
    };
    if follower.told > follower.kept
        && !matches!(timeout(LAST_WORD, follower.keep()).await, Ok(Ok(())))
    {
        follower.warn("its last cursor could not be kept: some of it will be told again");
    }
    ended
}

struct Follower {
    following: Following,
    /// The last record that is done with.
    told: u64,
    /// The last one that is durably known to be.
    kept: u64,
    /// Whether anything was told since, and not only passed over.
    telling: bool,
}

impl Follower {
    async fn run(&mut self) -> Ended {
        let mut news = self.following.source.news();
        self.begin().await;
        loop {
            // Seen before reading, so that whatever comes while reading wakes the next round.
            news.borrow_and_update();
            let records = self.read().await;
            for record in &records {
                if self.tell(record).await == Some(Ended::Gone) {
                    return Ended::Gone;
                }
            }
            self.keep_in_time().await;
            if !records.is_empty() {
                continue;
            }
            if news.changed().await.is_err() {
                return Ended::Shut;
            }
            // Every record of every tenant is news: on a busy gate, read now and then.
            sleep(BREATH).await;
        }
    }

    /// Finds the place to start at. A new channel's is kept at once: else a crash before its first
    /// record would lose what came until then.
    async fn begin(&mut self) {
        let mut patience = Patience::new();
        loop {
            match self.place().await {
                Ok(place) => {
                    (self.told, self.kept) = (place, place);
                    self.following.standing.reached(place);
                    return;
                }
                Err(error) => self.wait_for_gate(&error, &mut patience).await,
            }
        }
    }

    async fn place(&self) -> Result<u64, GateError> {
        let Following {
            tenant,
            source,
            channel,
            ..
        } = &self.following;
        if let Some(kept) = source.cursor(tenant, channel.name()).await? {
            return Ok(kept);
        }
        let end = source.end(tenant).await?;
        source.keep_cursor(tenant, channel.name(), end).await?;
        Ok(end)
    }

    async fn read(&mut self) -> Vec<StoredRecord> {
        let mut patience = Patience::new();
        loop {
            let following = &self.following;
            let read = following
                .source
                .records_since(&following.tenant, self.told, BATCH);
            match read.await {
                Ok(mut records) => {
                    // What is done with is not told again, whatever was read.
                    records.retain(|record| record.seq > self.told);
                    return records;
                }
                Err(error) => self.wait_for_gate(&error, &mut patience).await,
            }
        }
    }

    /// Tells of one record until it is done with; the end when nobody is there to be told.
    async fn tell(&mut self, record: &StoredRecord) -> Option<Ended> {
        let mut patience = Patience::new();
        loop {
            let following = &self.following;
            let told = following.channel.tell(&following.tenant, record).await;
            let wait = match &told {
                Told::Done | Told::Passed => None,
                Told::Later { after, .. } => patience.after_failure(
                    *after,
                    record.at,
                    (&*following.clock, &*following.entropy),
                ),
                Told::Rejected { .. } => patience.after_rejection(&*following.entropy),
                Told::Never { .. } => None,
                Told::Gone { why } => {
                    self.failed();
                    self.warn(&format!("nobody is there, it is silent from now on: {why}"));
                    return Some(Ended::Gone);
                }
            };
            let Some(wait) = wait else {
                self.done_with(record, &told);
                return None;
            };
            self.note(record, &told, wait);
            // Before a long wait, so that a crash in it repeats as little as can be.
            self.keep_in_time().await;
            sleep(wait).await;
        }
    }

    fn done_with(&mut self, record: &StoredRecord, told: &Told) {
        self.told = record.seq;
        self.telling |= *told != Told::Passed;
        let Following {
            standing, clock, ..
        } = &self.following;
        standing.reached(record.seq);
        if *told == Told::Done {
            standing.told(clock.now());
        }
        let (Told::Later { why, .. } | Told::Rejected { why } | Told::Never { why }) = told else {
            return;
        };
        self.failed();
        let (tenant, channel) = (&self.following.tenant, self.following.channel.name());
        tracing::error!(
            %tenant, channel, seq = record.seq, why,
            "a notice is given up and passed over; the record stands"
        );
    }

    fn note(&self, record: &StoredRecord, told: &Told, wait: Duration) {
        let (Told::Later { why, .. } | Told::Rejected { why }) = told else {
            return;
        };
        self.failed();
        let (tenant, channel) = (&self.following.tenant, self.following.channel.name());
        let wait_s = wait.as_secs();
        tracing::warn!(
            %tenant, channel, seq = record.seq, why, wait_s,
            "a notice could not be told and is tried again"
        );
    }

    /// Keeps the cursor when something was told, or much was passed over; tries again later when
    /// it cannot be kept.
    async fn keep_in_time(&mut self) {
        let behind = self.told.saturating_sub(self.kept);
        if behind == 0 || !(self.telling || behind >= PASSED_MAX) {
            return;
        }
        if let Err(error) = self.keep().await {
            let why = error.to_string();
            self.warn(&format!("its cursor cannot be kept now: {why}"));
        }
    }

    async fn keep(&mut self) -> Result<(), GateError> {
        let following = &self.following;
        let kept =
            following
                .source
                .keep_cursor(&following.tenant, following.channel.name(), self.told);
        kept.await?;
        (self.kept, self.telling) = (self.told, false);
        Ok(())
    }

    fn failed(&self) {
        let Following {
            standing, clock, ..
        } = &self.following;
        standing.failed(clock.now());
    }

    async fn wait_for_gate(&self, error: &GateError, patience: &mut Patience) {
        self.warn(&format!("the gate does not answer now: {error}"));
        sleep(patience.wait(&*self.following.entropy)).await;
    }

    fn warn(&self, what: &str) {
        let (tenant, channel) = (&self.following.tenant, self.following.channel.name());
        tracing::warn!(%tenant, channel, "{what}");
    }
}
