//! A ledger in memory that fails on demand.

mod store;

use portcullis_firewall::{
    batch::{Batch, Document, DocumentKind, Head, StoredRecord},
    chain::Hash,
    ports::{Ledger, LedgerError, Pending},
    query::{DocumentQuery, RecordQuery},
};
use portcullis_policy::id::TenantId;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Store;
use tokio::sync::watch;

/// A ledger in memory. It forgets everything when it is dropped, and fails when it is told to.
#[derive(Debug)]
pub struct MemoryLedger {
    state: Mutex<State>,
    frozen: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    store: Store,
    faults: Faults,
    commits: usize,
}

#[derive(Debug, Default)]
struct Faults {
    commits: usize,
    answers: usize,
    reads: bool,
}

impl Default for MemoryLedger {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            frozen: watch::Sender::new(false),
        }
    }
}

impl MemoryLedger {
    /// A ledger without records.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next `count` commits write nothing and are answered `Unavailable`.
    pub fn fail_next(&self, count: usize) {
        self.state().faults.commits = count;
    }

    /// The next `count` commits are durable but answered `Unavailable`, as when the answer is lost.
    pub fn fail_after_write(&self, count: usize) {
        self.state().faults.answers = count;
    }

    /// From now on reading is answered `Unavailable`, or works again.
    pub fn fail_reads(&self, fail: bool) {
        self.state().faults.reads = fail;
    }

    /// From now on nothing is written, read or answered until [`thaw`](Self::thaw).
    pub fn freeze(&self) {
        self.frozen.send_replace(true);
    }

    /// Everything that waits since [`freeze`](Self::freeze) goes on.
    pub fn thaw(&self) {
        self.frozen.send_replace(false);
    }

    /// Everything that is kept, in the order of its tenants: to look for what may not be.
    #[must_use]
    pub fn text(&self) -> String {
        let state = self.state();
        let text = state.store.bytes().map(String::from_utf8_lossy);
        text.collect()
    }

    /// How many commits were written, whatever was answered.
    #[must_use]
    pub fn commits(&self) -> usize {
        self.state().commits
    }

    /// Changes a stored record behind everybody's back. Whether there is such a record.
    pub fn tamper(
        &self,
        tenant: &TenantId,
        seq: u64,
        change: impl FnOnce(&mut StoredRecord),
    ) -> bool {
        self.state()
            .store
            .record_mut(tenant, seq)
            .map(change)
            .is_some()
    }

    /// Changes a stored document behind everybody's back. Whether there is such a document.
    pub fn tamper_document(
        &self,
        tenant: &TenantId,
        (kind, id): (DocumentKind, &str),
        change: impl FnOnce(&mut Document),
    ) -> bool {
        let mut state = self.state();
        state
            .store
            .document_mut(tenant, (kind, id))
            .map(change)
            .is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn thawed(&self) {
        // The sender lives as long as this ledger, so that waiting cannot fail.
        let _ = self.frozen.subscribe().wait_for(|frozen| !frozen).await;
    }

    fn read<'a, T: Send + 'a>(
        &'a self,
        question: impl FnOnce(&Store) -> T + Send + 'a,
    ) -> Pending<'a, T> {
        Box::pin(async move {
            self.thawed().await;
            let state = self.state();
            if state.faults.reads {
                return Err(injected("reading"));
            }
            Ok(question(&state.store))
        })
    }
}

impl State {
    fn commit(&mut self, batch: Batch) -> Result<(), LedgerError> {
        if take_one(&mut self.faults.commits) {
            return Err(injected("writing"));
        }
        self.store.commit(batch)?;
        self.commits = self.commits.saturating_add(1);
        if take_one(&mut self.faults.answers) {
            return Err(injected("answering"));
        }
        Ok(())
    }
}

fn take_one(count: &mut usize) -> bool {
    let some = *count > 0;
    *count = count.saturating_sub(1);
    some
}

fn injected(deed: &str) -> LedgerError {
    LedgerError::Unavailable(format!("{deed} fails on demand"))
}

impl Ledger for MemoryLedger {
    fn commit(&self, batch: Batch) -> Pending<'_, ()> {
        Box::pin(async move {
            self.thawed().await;
            self.state().commit(batch)
        })
    }

    fn head<'a>(&'a self, tenant: &'a TenantId) -> Pending<'a, Head> {
        self.read(|store| store.head(tenant))
    }

    fn records<'a>(
        &'a self,
        tenant: &'a TenantId,
        query: RecordQuery,
    ) -> Pending<'a, Vec<StoredRecord>> {
        self.read(move |store| store.records(tenant, &query))
    }

    fn effects<'a>(
        &'a self,
        tenant: &'a TenantId,
        after: u64,
        limit: usize,
    ) -> Pending<'a, Vec<(u64, Vec<u8>)>> {
        self.read(move |store| store.effects(tenant, after, limit))
    }

    fn hashes<'a>(
        &'a self,
        tenant: &'a TenantId,
        first: u64,
        count: usize,
    ) -> Pending<'a, Vec<Hash>> {
        self.read(move |store| store.hashes(tenant, first, count))
    }

    fn document<'a>(
        &'a self,
        tenant: &'a TenantId,
        kind: DocumentKind,
        id: &'a str,
    ) -> Pending<'a, Option<Document>> {
        self.read(move |store| store.document(tenant, kind, id))
    }

    fn documents<'a>(
        &'a self,
        tenant: &'a TenantId,
        query: DocumentQuery,
    ) -> Pending<'a, Vec<Document>> {
        self.read(move |store| store.documents(tenant, &query))
    }

    fn tenants(&self) -> Pending<'_, Vec<TenantId>> {
        self.read(Store::tenants)
    }
}
