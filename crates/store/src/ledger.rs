//! The ledger in one SQLite file.

use crate::{
    backup::{BackupError, backup},
    check, documents,
    file::{Claim, OpenError},
    options::Options,
    readers::Readers,
    records, tenants,
    writer::Writer,
};
use portcullis_firewall::{
    batch::{Batch, Document, DocumentKind, Head, StoredRecord},
    chain::Hash,
    ports::{Ledger, LedgerError, Pending},
    query::{DocumentQuery, RecordQuery},
};
use portcullis_policy::id::TenantId;
use std::path::Path;

/// The durable memory, embedded.
///
/// One writer thread, which lets batches that wait at the same moment share a flush; a commit is
/// answered when it is on the disk. Reader threads see every commit that was answered.
///
/// Fails closed: what cannot be written durably is an error; after a failure of the disk nothing
/// more is written until the file is opened anew.
#[derive(Debug)]
pub struct SqliteLedger {
    // Dropped in this order: readers let go of the log, the writer empties it, the claim ends last.
    readers: Readers,
    writer: Writer,
    claim: Claim,
}

impl SqliteLedger {
    /// Opens a ledger, making the file or bringing it up to date if need be.
    ///
    /// # Errors
    /// [`OpenError`], when the file is in use, from a later release, something else, or cannot be
    /// opened.
    pub fn open(path: &Path, options: Options) -> Result<Self, OpenError> {
        let claim = Claim::stake(path)?;
        let writer = Writer::start(&claim.path, &options)?;
        let readers = Readers::start(&claim.path, &options)?;
        Ok(Self {
            readers,
            writer,
            claim,
        })
    }

    /// Writes what still waits, empties the log into the database and ends the threads.
    ///
    /// Dropping does the same but cannot tell when it fails; what was answered is durable either
    /// way. Both block.
    ///
    /// # Errors
    /// [`LedgerError`] when the log cannot be emptied; it will be at the next opening.
    pub fn close(mut self) -> Result<(), LedgerError> {
        self.readers.stop();
        self.writer.stop()
    }

    /// Copies the ledger as it is now to a new file, while it is in use. Blocks.
    ///
    /// `progress` hears how many pages are done, of how many.
    ///
    /// # Errors
    /// [`BackupError`]; then there is no copy.
    pub fn backup(&self, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), BackupError> {
        backup(&self.claim.path, to, progress)
    }

    /// Whether SQLite finds the file sound. Blocks, and reads all of the file.
    ///
    /// # Errors
    /// [`LedgerError::Corrupt`] with the first thing that is wrong.
    pub fn check(&self) -> Result<(), LedgerError> {
        check::check(&self.claim.path).map_err(|fault| fault.answer())
    }
}

impl Ledger for SqliteLedger {
    fn commit(&self, batch: Batch) -> Pending<'_, ()> {
        Box::pin(self.writer.commit(batch))
    }

    fn head<'a>(&'a self, tenant: &'a TenantId) -> Pending<'a, Head> {
        let tenant = tenant.clone();
        Box::pin(self.readers.ask(move |conn| records::head(conn, &tenant)))
    }

    fn records<'a>(
        &'a self,
        tenant: &'a TenantId,
        query: RecordQuery,
    ) -> Pending<'a, Vec<StoredRecord>> {
        let tenant = tenant.clone();
        Box::pin(
            self.readers
                .ask(move |conn| records::list(conn, &tenant, &query)),
        )
    }

    fn effects<'a>(
        &'a self,
        tenant: &'a TenantId,
        after: u64,
        limit: usize,
    ) -> Pending<'a, Vec<(u64, Vec<u8>)>> {
        let tenant = tenant.clone();
        Box::pin(
            self.readers
                .ask(move |conn| records::effects(conn, &tenant, after, limit)),
        )
    }

    fn hashes<'a>(
        &'a self,
        tenant: &'a TenantId,
        first: u64,
        count: usize,
    ) -> Pending<'a, Vec<Hash>> {
        let tenant = tenant.clone();
        Box::pin(
            self.readers
                .ask(move |conn| records::hashes(conn, &tenant, first, count)),
        )
    }

    fn document<'a>(
        &'a self,
        tenant: &'a TenantId,
        kind: DocumentKind,
        id: &'a str,
    ) -> Pending<'a, Option<Document>> {
        let (tenant, id) = (tenant.clone(), id.to_owned());
        Box::pin(
            self.readers
                .ask(move |conn| documents::one(conn, &tenant, kind, &id)),
        )
    }

    fn documents<'a>(
        &'a self,
        tenant: &'a TenantId,
        query: DocumentQuery,
    ) -> Pending<'a, Vec<Document>> {
        let tenant = tenant.clone();
        Box::pin(
            self.readers
                .ask(move |conn| documents::list(conn, &tenant, &query)),
        )
    }

    fn tenants(&self) -> Pending<'_, Vec<TenantId>> {
        Box::pin(self.readers.ask(tenants::list))
    }
}
