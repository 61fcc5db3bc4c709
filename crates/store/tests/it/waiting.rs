use crate::scratch::{Scratch, sound_chain};
use portcullis_firewall::ports::{Ledger, LedgerError};
use portcullis_store::{Options, SqliteLedger};
use portcullis_testkit::{ChainBuilder, tenant};
use rusqlite::Connection;
use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

#[tokio::test]
async fn reading_goes_on_while_writing_waits() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(chain.batch(2)).await.unwrap();
    let before = chain.clone();
    let blocker = Connection::open(scratch.path()).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut commit = pin!(ledger.commit(chain.batch(1)));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(commit.as_mut().poll(&mut context), Poll::Pending);
    for _ in 0..10 {
        assert_eq!(
            ledger.head(&tenant("acme")).await.as_ref(),
            Ok(before.head())
        );
    }
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(commit.await, Ok(()));
    assert_eq!(
        ledger.head(&tenant("acme")).await.as_ref(),
        Ok(chain.head())
    );
}

#[tokio::test]
async fn a_batch_that_was_handed_over_is_written_even_when_nobody_waits() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let mut chain = ChainBuilder::new("acme");
    {
        let mut commit = pin!(ledger.commit(chain.batch(1)));
        let mut context = Context::from_waker(Waker::noop());
        let _ = commit.as_mut().poll(&mut context);
    }
    // Batches are served in the order they came.
    ledger.commit(chain.batch(1)).await.unwrap();
    assert_eq!(sound_chain(&ledger).await.len(), 2);
}

#[tokio::test]
async fn a_short_line_makes_askers_wait_but_loses_nothing() {
    let scratch = Scratch::new();
    let options = Options {
        readers: 1,
        waiting: 1,
        group: 2,
        ..Options::default()
    };
    let ledger = Arc::new(SqliteLedger::open(&scratch.path(), options).unwrap());
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let ledger = Arc::clone(&ledger);
            tokio::spawn(async move {
                let mut chain = ChainBuilder::new(&format!("tenant-{n}"));
                ledger.commit(chain.batch(1)).await?;
                assert_eq!(ledger.head(chain.tenant()).await.as_ref(), Ok(chain.head()));
                Ok::<(), LedgerError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(ledger.tenants().await.unwrap().len(), 50);
}

#[tokio::test]
async fn the_log_is_copied_while_writing_goes_on() {
    let scratch = Scratch::new();
    let options = Options {
        checkpoint_pages: 8,
        ..Options::default()
    };
    let ledger = SqliteLedger::open(&scratch.path(), options).unwrap();
    let mut chain = ChainBuilder::new("acme");
    for _ in 0..300 {
        let batch = chain.batch_with(|record| record.payload = vec![7; 10_000]);
        ledger.commit(batch).await.unwrap();
    }
    // 300 commits of at least three pages each would make a log of seven megabytes.
    let log = std::fs::metadata(scratch.file("ledger.db-wal"))
        .unwrap()
        .len();
    assert!(log < 3_000_000, "the log has {log} bytes");
    assert_eq!(sound_chain(&ledger).await.len(), 300);
}
