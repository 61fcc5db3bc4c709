//! A folder for one test, and what tests ask of a ledger in it.

use portcullis_firewall::{
    batch::{Document, DocumentKind, Head, StoredRecord},
    ports::Ledger,
    query::RecordQuery,
};
use portcullis_store::{Options, SqliteLedger};
use portcullis_testkit::{ChainBuilder, document, tenant};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that is removed with everything in it.
#[derive(Debug)]
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Where the ledger of the test is.
    pub(crate) fn path(&self) -> PathBuf {
        self.file("ledger.db")
    }

    pub(crate) fn open(&self) -> SqliteLedger {
        open(&self.path())
    }
}

pub(crate) fn open(path: &Path) -> SqliteLedger {
    SqliteLedger::open(path, Options::default()).unwrap()
}

/// A batch of three records, and a document that says how many records there are then.
pub(crate) fn counted(chain: &mut ChainBuilder) -> portcullis_firewall::batch::Batch {
    let mut batch = chain.batch(3);
    batch.put(Document {
        body: chain.head().seq.to_le_bytes().to_vec(),
        ..document(DocumentKind::Tally, "count")
    });
    batch
}

/// Reads the whole chain of `acme`; it must have no gap, and the document of the last batch.
pub(crate) async fn sound_chain(ledger: &SqliteLedger) -> Vec<StoredRecord> {
    let acme = tenant("acme");
    let records = ledger
        .records(&acme, RecordQuery::after(0, usize::MAX))
        .await
        .unwrap();
    let mut head = Head::EMPTY;
    for record in &records {
        assert_eq!((record.seq, record.prev), (head.seq + 1, head.hash));
        head = Head {
            seq: record.seq,
            hash: Some(record.hash),
        };
    }
    assert_eq!(ledger.head(&acme).await.unwrap(), head);
    let hashes = ledger.hashes(&acme, 1, usize::MAX).await.unwrap();
    assert_eq!(
        hashes,
        records.iter().map(|record| record.hash).collect::<Vec<_>>()
    );
    records
}

/// A sound chain of whole batches of [`counted`], with the document of the last one.
pub(crate) async fn sound_count(ledger: &SqliteLedger) -> u64 {
    let records = sound_chain(ledger).await;
    let count = u64::try_from(records.len()).unwrap();
    assert_eq!(count % 3, 0, "half a batch was written");
    let found = ledger
        .document(&tenant("acme"), DocumentKind::Tally, "count")
        .await
        .unwrap();
    let said = found.map(|document| u64::from_le_bytes(document.body.try_into().unwrap()));
    assert_eq!(said.unwrap_or(0), count, "records without their document");
    ledger.check().unwrap();
    count
}
