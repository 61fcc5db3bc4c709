//! The thread that writes: whatever waits is made durable with one flush, then answered.

use crate::{
    append::append,
    checkpoint::{self, Broken, Checkpoints},
    fault::Fault,
    file::{self, OpenError},
    options::Options,
};
use portcullis_firewall::{batch::Batch, ports::LedgerError};
use rusqlite::{Connection, Transaction, TransactionBehavior, config::DbConfig};
use std::{
    path::Path,
    thread::{self, JoinHandle},
};
use tokio::sync::{mpsc, oneshot};

/// The line of batches, and the thread that writes them.
#[derive(Debug)]
pub(crate) struct Writer {
    line: Option<mpsc::Sender<Waiting>>,
    thread: Option<JoinHandle<Result<(), LedgerError>>>,
}

/// A batch and who waits for it.
#[derive(Debug)]
struct Waiting {
    batch: Batch,
    answer: oneshot::Sender<Result<(), LedgerError>>,
}

impl Writer {
    /// Opens the file for writing and starts the thread.
    pub(crate) fn start(path: &Path, options: &Options) -> Result<Self, OpenError> {
        let mut conn = file::writer(path, options)?;
        let broken = Broken::default();
        let checkpoints = Checkpoints::start(&mut conn, path, options, broken.clone())?;
        let (line, waiting) = mpsc::channel(options.waiting.max(1));
        let desk = Desk {
            conn,
            checkpoints,
            broken,
            group: options.group.max(1),
        };
        let thread = thread::Builder::new()
            .name("ledger-writer".to_owned())
            .spawn(move || desk.run(waiting))
            .map_err(|source| OpenError::File {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            line: Some(line),
            thread: Some(thread),
        })
    }

    /// Makes a batch durable. A batch that has been handed over is written even when its asker no
    /// longer waits.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), LedgerError> {
        let (answer, answered) = oneshot::channel();
        let line = self.line.as_ref().ok_or_else(stopped)?;
        line.send(Waiting { batch, answer })
            .await
            .map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// Writes what waits, empties the log and ends the thread.
    pub(crate) fn stop(&mut self) -> Result<(), LedgerError> {
        self.line = None;
        self.thread
            .take()
            .map_or(Ok(()), |thread| thread.join().map_err(|_| stopped())?)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Everything that was answered is durable, whatever is said here.
        let _ = self.stop();
    }
}

fn stopped() -> LedgerError {
    LedgerError::Unavailable("the writer has stopped".to_owned())
}

/// What the thread owns.
#[derive(Debug)]
struct Desk {
    conn: Connection,
    checkpoints: Checkpoints,
    broken: Broken,
    group: usize,
}

impl Desk {
    fn run(mut self, mut line: mpsc::Receiver<Waiting>) -> Result<(), LedgerError> {
        let mut group = Vec::new();
        while line.blocking_recv_many(&mut group, self.group) > 0 {
            self.serve(&mut group);
        }
        self.checkpoints.stop();
        self.finish().map_err(|fault| fault.answer())
    }

    /// Writes a group and answers every one of it.
    fn serve(&mut self, group: &mut Vec<Waiting>) {
        let outcomes = self.outcomes(group);
        for (waiting, outcome) in group.drain(..).zip(outcomes) {
            // Whoever asked may have gone.
            let _ = waiting.answer.send(outcome);
        }
        if let Err(fault) = self.checkpoints.after_commit(&self.conn) {
            self.note(&fault);
        }
    }

    /// The answer to each batch of a group.
    ///
    /// Fails closed: when the transaction as a whole fails, every one is refused; once the disk has
    /// failed, every later one is as well, until the file is opened anew.
    fn outcomes(&mut self, group: &[Waiting]) -> Vec<Result<(), LedgerError>> {
        let everybody = |error: LedgerError| group.iter().map(|_| Err(error.clone())).collect();
        if let Some(why) = self.broken.get() {
            return everybody(Fault::Stopped(why.clone()).answer());
        }
        match write(&mut self.conn, group) {
            Ok(outcomes) => outcomes,
            // What does not fit on the disk ends the transaction for all; some may fit alone.
            Err(fault) if fault.is_full() && group.len() > 1 => {
                group.chunks(1).flat_map(|one| self.outcomes(one)).collect()
            }
            Err(fault) => {
                self.note(&fault);
                everybody(fault.answer())
            }
        }
    }

    /// Empties the log into the database; after a failure of the disk everything stays as it is,
    /// for the next opening to make sense of.
    fn finish(&self) -> Result<(), Fault> {
        if let Some(why) = self.broken.get() {
            self.conn
                .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            return Err(Fault::Stopped(why.clone()));
        }
        checkpoint::empty(&self.conn)
    }

    fn note(&self, fault: &Fault) {
        if fault.breaks() {
            // The first reason stands.
            let _ = self.broken.set(fault.to_string());
        }
    }
}

/// Writes a group in one transaction; returns when it is durable.
fn write(conn: &mut Connection, group: &[Waiting]) -> Result<Vec<Result<(), LedgerError>>, Fault> {
    let mut tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(group.len());
    for waiting in group {
        outcomes.push(write_one(&mut tx, &waiting.batch)?);
    }
    tx.commit()?;
    Ok(outcomes)
}

/// Writes one batch of a group; one that is refused leaves no trace and does not hinder the others.
fn write_one(tx: &mut Transaction<'_>, batch: &Batch) -> Result<Result<(), LedgerError>, Fault> {
    let mut savepoint = tx.savepoint()?;
    let fault = match append(&savepoint, batch) {
        Ok(()) => {
            savepoint.commit()?;
            return Ok(Ok(()));
        }
        Err(fault) => fault,
    };
    // Some failures end the whole transaction; then there is nothing to return to.
    if fault.breaks() || savepoint.is_autocommit() {
        return Err(fault);
    }
    savepoint.rollback()?;
    savepoint.commit()?;
    Ok(Err(fault.answer()))
}
