use portcullis_firewall::{
    batch::Head,
    ports::{Ledger, LedgerError},
    query::RecordQuery,
};
use portcullis_testkit::{ChainBuilder, MemoryLedger, tenant};
use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

fn is_unavailable<T>(answer: &Result<T, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::Unavailable(_)))
}

#[tokio::test]
async fn a_failed_commit_writes_nothing() {
    let ledger = MemoryLedger::new();
    let batch = ChainBuilder::new("acme").batch(1);
    ledger.fail_next(2);
    assert!(is_unavailable(&ledger.commit(batch.clone()).await));
    assert!(is_unavailable(&ledger.commit(batch.clone()).await));
    assert_eq!(ledger.head(&tenant("acme")).await, Ok(Head::EMPTY));
    assert_eq!(ledger.commit(batch).await, Ok(()));
    assert_eq!(ledger.commits(), 1);
}

#[tokio::test]
async fn a_lost_answer_leaves_the_batch_written() {
    let ledger = MemoryLedger::new();
    let mut chain = ChainBuilder::new("acme");
    ledger.fail_after_write(1);
    assert!(is_unavailable(&ledger.commit(chain.batch(1)).await));
    assert_eq!(ledger.head(chain.tenant()).await.as_ref(), Ok(chain.head()));
    assert_eq!(ledger.commit(chain.batch(1)).await, Ok(()));
    assert_eq!(ledger.commits(), 2);
}

#[tokio::test]
async fn reading_can_fail() {
    let ledger = MemoryLedger::new();
    let acme = tenant("acme");
    ledger.fail_reads(true);
    assert!(is_unavailable(&ledger.head(&acme).await));
    assert!(is_unavailable(&ledger.tenants().await));
    ledger.fail_reads(false);
    assert_eq!(ledger.head(&acme).await, Ok(Head::EMPTY));
}

#[test]
fn a_frozen_ledger_answers_when_it_thaws() {
    let ledger = MemoryLedger::new();
    let mut context = Context::from_waker(Waker::noop());
    ledger.freeze();
    let mut commit = pin!(ledger.commit(ChainBuilder::new("acme").batch(1)));
    assert_eq!(commit.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(commit.as_mut().poll(&mut context), Poll::Pending);
    assert_eq!(ledger.commits(), 0);
    ledger.thaw();
    assert_eq!(commit.as_mut().poll(&mut context), Poll::Ready(Ok(())));
    assert_eq!(ledger.commits(), 1);
}

#[tokio::test]
async fn a_record_can_be_tampered_with() {
    let ledger = MemoryLedger::new();
    let acme = tenant("acme");
    ledger
        .commit(ChainBuilder::new("acme").batch(2))
        .await
        .unwrap();
    assert!(ledger.tamper(&acme, 2, |record| record.payload = b"forged".to_vec()));
    assert!(!ledger.tamper(&acme, 3, |_| ()));
    let records = ledger.records(&acme, RecordQuery::one(2)).await.unwrap();
    assert_eq!(records[0].payload, b"forged");
}
