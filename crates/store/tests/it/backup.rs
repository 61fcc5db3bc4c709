use crate::scratch::{Scratch, counted, open, sound_count};
use portcullis_firewall::ports::Ledger;
use portcullis_store::{BackupError, backup};
use portcullis_testkit::ChainBuilder;
use std::{fs, sync::Arc};

/// A ledger of more pages than are copied in one step.
async fn large(scratch: &Scratch, chain: &mut ChainBuilder) -> Arc<portcullis_store::SqliteLedger> {
    let ledger = scratch.open();
    for _ in 0..10 {
        let mut batch = counted(chain);
        batch.records[0].payload = vec![7; 2 << 20];
        ledger.commit(batch).await.unwrap();
    }
    Arc::new(ledger)
}

#[tokio::test]
async fn a_copy_made_while_writing_goes_on_is_the_ledger_of_its_beginning() {
    let scratch = Scratch::new();
    let mut chain = ChainBuilder::new("acme");
    let ledger = large(&scratch, &mut chain).await;
    let copy = scratch.file("copy.db");
    let writing = tokio::runtime::Handle::current();
    let (source, target) = (Arc::clone(&ledger), copy.clone());
    let steps = tokio::task::spawn_blocking(move || {
        let mut steps = Vec::new();
        source.backup(&target, &mut |done, total| {
            steps.push((done, total));
            writing
                .block_on(source.commit(counted(&mut chain)))
                .unwrap();
        })?;
        Ok::<_, BackupError>(steps)
    });
    let steps = steps.await.unwrap().unwrap();

    assert!(steps.len() > 1, "{steps:?}");
    assert!(steps.is_sorted(), "{steps:?}");
    assert!(
        steps.iter().all(|(_, total)| *total == steps[0].1),
        "{steps:?}"
    );
    assert_eq!(steps.last().map(|(done, _)| *done), Some(steps[0].1));
    let written = u64::try_from(steps.len()).unwrap() * 3;
    assert_eq!(sound_count(&ledger).await, 30 + written);
    assert!(!scratch.file("copy.db-wal").exists());
    assert!(!scratch.file("copy.db.partial").exists());
    assert_eq!(sound_count(&open(&copy)).await, 30);
}

#[tokio::test]
async fn a_copy_overwrites_nothing() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    for name in ["precious.db", "precious.db.partial"] {
        fs::write(scratch.file(name), "precious").unwrap();
    }
    let refused = ledger
        .backup(&scratch.file("precious.db"), &mut |_, _| ())
        .unwrap_err();
    assert!(matches!(refused, BackupError::Exists(_)), "{refused}");
    fs::remove_file(scratch.file("precious.db")).unwrap();
    let refused = ledger
        .backup(&scratch.file("precious.db"), &mut |_, _| ())
        .unwrap_err();
    assert!(matches!(refused, BackupError::File { .. }), "{refused}");
    let kept = fs::read_to_string(scratch.file("precious.db.partial")).unwrap();
    assert_eq!(kept, "precious");
    assert!(!scratch.file("precious.db").exists());
}

#[tokio::test]
async fn a_copy_that_somebody_forestalls_overwrites_nothing() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let copy = scratch.file("copy.db");
    let refused = ledger.backup(&copy, &mut |_, _| fs::write(&copy, "precious").unwrap());
    assert!(
        matches!(refused, Err(BackupError::Exists(_))),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(&copy).unwrap(), "precious");
    assert!(!scratch.file("copy.db.partial").exists());
}

#[test]
fn a_copy_of_nothing_is_no_copy() {
    let scratch = Scratch::new();
    let refused = backup(&scratch.path(), &scratch.file("copy.db"), &mut |_, _| ()).unwrap_err();
    assert!(matches!(refused, BackupError::Open(_)), "{refused}");
    assert!(!scratch.file("copy.db").exists());
    assert!(!scratch.file("copy.db.partial").exists());
}

#[tokio::test]
async fn a_closed_ledger_can_be_copied() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    ledger
        .commit(counted(&mut ChainBuilder::new("acme")))
        .await
        .unwrap();
    ledger.close().unwrap();
    let copy = scratch.file("copy.db");
    backup(&scratch.path(), &copy, &mut |_, _| ()).unwrap();
    assert_eq!(sound_count(&open(&copy)).await, 3);
}
