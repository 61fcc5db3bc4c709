//! Copies the write-ahead log into the database, beside the writer, so that commits seldom wait
//! for it.
//!
//! The log starts anew once all of it is copied and no reader needs it. While commits pour in the
//! copy never quite catches up; at [`FULL_LOGS`] times the usual length the writer waits for the
//! copier's turn and copies the rest itself.

use crate::{
    fault::Fault,
    file::{self, OpenError},
    options::Options,
};
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, RecvTimeoutError, SyncSender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// After how many usual lengths of the log the writer helps.
const FULL_LOGS: u32 = 8;

/// How long nothing is written before the log is emptied.
const IDLE: Duration = Duration::from_secs(5);

/// Why nothing more is written, once the disk has failed.
pub(crate) type Broken = Arc<OnceLock<String>>;

/// The writer's side of the copying.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    usual: u32,
    /// The log's length in pages after the last commit.
    pages: Arc<AtomicU32>,
    /// The length at which the copier is called next.
    call_at: u32,
    /// The length at which the writer helps next.
    help_at: u32,
    /// Held while somebody copies.
    turn: Arc<Mutex<()>>,
    call: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Takes over the copying from SQLite and starts the copier.
    pub(crate) fn start(
        writer: &mut Connection,
        path: &Path,
        options: &Options,
        broken: Broken,
    ) -> Result<Self, OpenError> {
        let pages = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&pages);
        writer
            .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, length| {
                counter.store(u32::try_from(length).unwrap_or(0), Ordering::Relaxed);
                Ok(())
            }))
            .map_err(|source| OpenError::Sql {
                path: path.to_owned(),
                source,
            })?;
        let turn = Arc::new(Mutex::new(()));
        let (call, calls) = mpsc::sync_channel(1);
        let copier = Copier {
            conn: file::copier(path)?,
            turn: Arc::clone(&turn),
            broken,
        };
        let thread = thread::Builder::new()
            .name("ledger-copier".to_owned())
            .spawn(move || copier.run(&calls))
            .map_err(|source| OpenError::File {
                path: path.to_owned(),
                source,
            })?;
        let usual = options.checkpoint_pages.max(1);
        Ok(Self {
            usual,
            pages,
            call_at: usual,
            help_at: usual.saturating_mul(FULL_LOGS),
            turn,
            call: Some(call),
            thread: Some(thread),
        })
    }

    /// Looks at the log after a commit.
    pub(crate) fn after_commit(&mut self, writer: &Connection) -> Result<(), Fault> {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.usual {
            self.call_at = self.usual;
            self.help_at = self.usual.saturating_mul(FULL_LOGS);
        } else if pages >= self.help_at {
            // A reader may hold the log open; then the writer does not try at every commit.
            self.help_at = pages.saturating_add(self.usual);
            let turn = self.turn.lock();
            passive(writer)?;
            drop(turn);
        } else if pages >= self.call_at {
            self.call_at = pages.saturating_add(self.usual);
            // A copier that is busy will be called again.
            let _ = self.call.as_ref().map(|call| call.try_send(()));
        }
        Ok(())
    }

    /// Ends the copier.
    pub(crate) fn stop(&mut self) {
        self.call = None;
        // A copier that died has left everything in the log, which is as good.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stop();
    }
}

#[derive(Debug)]
struct Copier {
    conn: Connection,
    turn: Arc<Mutex<()>>,
    broken: Broken,
}

impl Copier {
    fn run(self, calls: &mpsc::Receiver<()>) {
        let mut copied = false;
        loop {
            let outcome = match calls.recv_timeout(IDLE) {
                Ok(()) => {
                    copied = false;
                    self.copy(passive)
                }
                Err(RecvTimeoutError::Timeout) if copied => Ok(()),
                Err(RecvTimeoutError::Timeout) => {
                    copied = true;
                    self.copy(empty)
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            if let Err(fault) = outcome
                && fault.breaks()
            {
                // Fails closed: what cannot be copied today cannot be trusted tomorrow.
                let _ = self.broken.set(fault.to_string());
            }
        }
    }

    fn copy(&self, how: fn(&Connection) -> Result<(), Fault>) -> Result<(), Fault> {
        let turn = self.turn.lock();
        let outcome = how(&self.conn);
        drop(turn);
        outcome
    }
}

/// Copies what can be copied without waiting for anybody.
fn passive(conn: &Connection) -> Result<(), Fault> {
    copy(conn, "PRAGMA wal_checkpoint(PASSIVE)")
}

/// Copies everything and cuts the log to nothing, if nobody is using it.
pub(crate) fn empty(conn: &Connection) -> Result<(), Fault> {
    copy(conn, "PRAGMA wal_checkpoint(TRUNCATE)")
}

fn copy(conn: &Connection, sql: &str) -> Result<(), Fault> {
    conn.prepare_cached(sql)?.query_row([], |_| Ok(()))?;
    Ok(())
}
