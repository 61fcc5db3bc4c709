use crate::scratch::{Scratch, counted, sound_chain, sound_count};
use portcullis_firewall::{
    ports::{Ledger, LedgerError},
    query::RecordQuery,
};
use portcullis_store::{Options, SqliteLedger};
use portcullis_testkit::{ChainBuilder, tenant};
use rusqlite::Connection;
use std::{
    fs::OpenOptions,
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
};

const PAGE: u64 = 4096;

/// A ledger on a disk that is nearly full.
fn small(scratch: &Scratch) -> SqliteLedger {
    let options = Options {
        max_pages: Some(64),
        ..Options::default()
    };
    SqliteLedger::open(&scratch.path(), options).unwrap()
}

/// Writes nonsense over all of a file after its first page.
fn ruin(path: &Path) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(PAGE)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(length - PAGE).unwrap()])
        .unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_the_batch_and_keeps_what_was_answered() {
    let scratch = Scratch::new();
    let ledger = small(&scratch);
    let mut chain = ChainBuilder::new("acme");
    let refused = loop {
        let before = chain.clone();
        let mut batch = counted(&mut chain);
        batch.records[1].payload = vec![7; 20_000];
        if let Err(error) = ledger.commit(batch).await {
            chain = before;
            break error;
        }
    };
    assert!(matches!(refused, LedgerError::Unavailable(_)), "{refused}");
    assert!(chain.head().seq > 0, "something must fit");
    assert_eq!(sound_count(&ledger).await, chain.head().seq);

    ledger.close().unwrap();
    let roomier = scratch.open();
    roomier.commit(counted(&mut chain)).await.unwrap();
    assert_eq!(sound_count(&roomier).await, chain.head().seq);
}

#[tokio::test]
async fn what_does_not_fit_on_the_disk_does_not_stop_what_does() {
    let scratch = Scratch::new();
    let ledger = small(&scratch);
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(counted(&mut chain)).await.unwrap();
    let mut large = chain.clone().batch(3);
    large.records[2].payload = vec![7; 2_000_000];
    for _ in 0..3 {
        let refused = ledger.commit(large.clone()).await;
        assert!(
            matches!(refused, Err(LedgerError::Unavailable(_))),
            "{refused:?}"
        );
        ledger.commit(counted(&mut chain)).await.unwrap();
        large.expected = chain.head().clone();
        large.records = chain.clone().batch(3).records;
        large.records[0].payload = vec![7; 2_000_000];
    }
    assert_eq!(sound_count(&ledger).await, 12);
}

#[tokio::test]
async fn of_a_group_only_the_batch_that_does_not_fit_on_the_disk_is_refused() {
    let scratch = Scratch::new();
    let ledger = small(&scratch);
    let blocker = Connection::open(scratch.path()).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut large = ChainBuilder::new("large").batch(1);
    large.records[0].payload = vec![7; 2_000_000];
    let first = ledger.commit(ChainBuilder::new("first").batch(1));
    let second = ledger.commit(large);
    let third = ledger.commit(ChainBuilder::new("third").batch(1));
    // All three wait in one line while the blocker holds the file.
    let release = async { blocker.execute_batch("ROLLBACK").unwrap() };
    let (first, second, third, ()) = tokio::join!(first, second, third, release);
    assert_eq!(first, Ok(()));
    assert!(
        matches!(second, Err(LedgerError::Unavailable(_))),
        "{second:?}"
    );
    assert_eq!(third, Ok(()));
    assert_eq!(
        ledger.tenants().await.unwrap(),
        [tenant("first"), tenant("third")]
    );
}

#[tokio::test]
async fn a_damaged_file_is_told_apart_and_written_to_no_more() {
    let scratch = Scratch::new();
    let mut chain = ChainBuilder::new("acme");
    let ledger = scratch.open();
    ledger.commit(chain.batch(100)).await.unwrap();
    ledger.close().unwrap();
    ruin(&scratch.path());

    let ledger = scratch.open();
    let read = ledger.head(&tenant("acme")).await;
    assert!(matches!(read, Err(LedgerError::Corrupt(_))), "{read:?}");
    let checked = ledger.check();
    assert!(
        matches!(checked, Err(LedgerError::Corrupt(_))),
        "{checked:?}"
    );
    let written = ledger.commit(chain.batch(1)).await;
    assert!(
        matches!(written, Err(LedgerError::Corrupt(_))),
        "{written:?}"
    );
    let again = ledger.commit(ChainBuilder::new("other").batch(1)).await;
    let Err(LedgerError::Unavailable(why)) = again else {
        panic!("writing went on: {again:?}");
    };
    assert!(why.starts_with("writing has stopped: "), "{why}");
    assert_eq!(ledger.close(), Err(LedgerError::Unavailable(why)));
}

#[tokio::test]
async fn damage_in_a_payload_does_not_hide_the_record() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(chain.batch(3)).await.unwrap();
    let vandal = Connection::open(scratch.path()).unwrap();
    vandal
        .execute("DELETE FROM payloads WHERE number = 2", [])
        .unwrap();
    let acme = tenant("acme");
    let read = ledger.records(&acme, RecordQuery::after(0, 10)).await;
    let missing = LedgerError::Corrupt("the payload of record 2 is missing".to_owned());
    assert_eq!(read, Err(missing));
    assert_eq!(
        ledger
            .records(&acme, RecordQuery::one(1))
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_removed_record_shows_as_a_gap() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(chain.batch(3)).await.unwrap();
    let vandal = Connection::open(scratch.path()).unwrap();
    vandal
        .execute("DELETE FROM records WHERE place & 0xff = 2", [])
        .unwrap();
    let hashes = ledger.hashes(&tenant("acme"), 1, 10).await;
    assert_eq!(
        hashes,
        Err(LedgerError::Corrupt("record 2 is missing".to_owned()))
    );
}

#[tokio::test]
async fn values_that_nobody_wrote_are_unreadable() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    ledger
        .commit(ChainBuilder::new("acme").batch(1))
        .await
        .unwrap();
    let vandal = Connection::open(scratch.path()).unwrap();
    let changes = [
        (
            "UPDATE records SET verdict = 'FINE'",
            "UPDATE records SET verdict = NULL",
        ),
        (
            "UPDATE records SET kind = 'rumour'",
            "UPDATE records SET kind = 'decision'",
        ),
        (
            "UPDATE records SET at_ms = 9e18",
            "UPDATE records SET at_ms = 0",
        ),
        (
            "UPDATE payloads SET prev = x'00'",
            "UPDATE payloads SET prev = NULL",
        ),
        (
            "UPDATE records SET hash = x'00'",
            "UPDATE records SET hash = zeroblob(32)",
        ),
    ];
    for (harm, repair) in changes {
        vandal.execute_batch(harm).unwrap();
        let read = ledger.records(&tenant("acme"), RecordQuery::one(1)).await;
        assert!(
            matches!(read, Err(LedgerError::Corrupt(_))),
            "{harm}: {read:?}"
        );
        vandal.execute_batch(repair).unwrap();
        assert_eq!(
            ledger
                .records(&tenant("acme"), RecordQuery::one(1))
                .await
                .unwrap()
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn a_chain_cut_behind_our_back_has_moved() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(chain.batch(3)).await.unwrap();
    let vandal = Connection::open(scratch.path()).unwrap();
    vandal
        .execute("DELETE FROM records WHERE place & 0xff = 3", [])
        .unwrap();
    assert_eq!(ledger.commit(chain.batch(1)).await, Err(LedgerError::Moved));
    assert_eq!(sound_chain(&ledger).await.len(), 2);
}

#[tokio::test]
async fn a_ledger_without_a_place_for_payloads_refuses_records() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(chain.batch(3)).await.unwrap();
    let vandal = Connection::open(scratch.path()).unwrap();
    vandal.execute_batch("DROP TABLE payloads").unwrap();
    let before = chain.clone();
    let refused = ledger.commit(chain.batch(1)).await;
    assert!(
        matches!(refused, Err(LedgerError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!(
        ledger.head(&tenant("acme")).await.as_ref(),
        Ok(before.head())
    );
}
