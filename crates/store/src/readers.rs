//! The threads that read. They see what was committed when they begin, and never wait for the
//! writer.

use crate::{
    fault::Fault,
    file::{self, OpenError},
    options::Options,
};
use portcullis_firewall::ports::LedgerError;
use rusqlite::Connection;
use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};
use tokio::sync::{mpsc, oneshot};

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// The line of questions, and the threads that answer them.
#[derive(Debug)]
pub(crate) struct Readers {
    line: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Opens the connections and starts the threads.
    pub(crate) fn start(path: &Path, options: &Options) -> Result<Self, OpenError> {
        let (line, jobs) = mpsc::channel(options.waiting.max(1));
        let jobs = Arc::new(Mutex::new(jobs));
        let mut readers = Self {
            line: Some(line),
            threads: Vec::new(),
        };
        for _ in 0..options.readers.max(1) {
            let conn = file::reader(path)?;
            let thread = spawn(conn, Arc::clone(&jobs)).map_err(|source| OpenError::File {
                path: path.to_owned(),
                source,
            })?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Answers a question from one snapshot.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let found = in_snapshot(conn, question).map_err(|fault| fault.answer());
            // Whoever asked may have gone.
            let _ = answer.send(found);
        });
        let line = self.line.as_ref().ok_or_else(closed)?;
        line.send(job).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Answers what waits, and ends the threads.
    pub(crate) fn stop(&mut self) {
        self.line = None;
        for thread in self.threads.drain(..) {
            // A thread that died has nothing left to do.
            let _ = thread.join();
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.stop();
    }
}

fn closed() -> LedgerError {
    LedgerError::Unavailable("the ledger is closed".to_owned())
}

fn spawn(conn: Connection, jobs: Arc<Mutex<mpsc::Receiver<Job>>>) -> io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("ledger-reader".to_owned())
        .spawn(move || {
            while let Some(job) = next(&jobs) {
                job(&conn);
            }
        })
}

/// The next question; `None` when there will be no more.
fn next(jobs: &Mutex<mpsc::Receiver<Job>>) -> Option<Job> {
    jobs.lock().ok()?.blocking_recv()
}

fn in_snapshot<T>(
    conn: &Connection,
    question: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let tx = conn.unchecked_transaction()?;
    let found = question(&tx)?;
    tx.commit()?;
    Ok(found)
}
