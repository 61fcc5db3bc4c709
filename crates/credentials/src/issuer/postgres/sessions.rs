//! Sessions of whoever makes roles, kept a moment for the next role in the same database.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_postgres::Client;

/// How long one waits for its next use. A session outlives a change of its password by no more.
const REST: Duration = Duration::from_secs(10);
/// How many wait in one database.
const MOST: usize = 8;
/// How often one is used: what comes over a session has a bound.
const USES: u32 = 100;

/// A session.
pub(super) struct Session {
    pub(super) client: Client,
    /// What moves the bytes; the session ends when this is dropped.
    _driver: JoinSet<()>,
    uses: u32,
    since: Instant,
}

impl Session {
    pub(super) fn new((client, driver): (Client, JoinSet<()>)) -> Self {
        Self {
            client,
            _driver: driver,
            uses: 0,
            since: Instant::now(),
        }
    }
}

/// The sessions that wait, by database.
#[derive(Clone, Default)]
pub(super) struct Sessions(Arc<Mutex<HashMap<String, Vec<Session>>>>);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    /// One in this database that still answers.
    pub(super) async fn take(&self, database: &str) -> Option<Session> {
        while let Some(session) = self.latest(database) {
            if session.client.batch_execute("").await.is_ok() {
                return Some(session);
            }
        }
        None
    }

    fn latest(&self, database: &str) -> Option<Session> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sweep(&mut waiting);
        waiting.get_mut(database)?.pop()
    }

    /// Keeps one in which nothing was left open and nothing failed.
    pub(super) fn keep(&self, database: &str, mut session: Session) {
        session.uses += 1;
        session.since = Instant::now();
        if session.uses >= USES {
            return;
        }
        {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let there = waiting.entry(database.to_owned()).or_default();
            if there.len() >= MOST {
                return;
            }
            there.push(session);
        }
        // Nobody may come again; it ends all the same.
        let all = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            sleep(REST).await;
            if let Some(all) = all.upgrade() {
                sweep(&mut all.lock().unwrap_or_else(PoisonError::into_inner));
            }
        });
    }
}

/// Ends those that waited too long.
fn sweep(waiting: &mut HashMap<String, Vec<Session>>) {
    waiting.retain(|_, there| {
        there.retain(|session| session.since.elapsed() < REST);
        !there.is_empty()
    });
}
