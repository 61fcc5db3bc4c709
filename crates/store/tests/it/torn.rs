//! What is left when the power fails: a log that ends anywhere, or has nonsense anywhere.

use crate::scratch::{Scratch, counted, open, sound_count};
use portcullis_firewall::ports::Ledger;
use portcullis_store::{Options, SqliteLedger};
use portcullis_testkit::ChainBuilder;
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};
use std::{fs, sync::LazyLock};

const BATCHES: u64 = 20;

/// The files of a ledger in the middle of its life, with everything still in the log.
static FILES: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let scratch = Scratch::new();
    let options = Options {
        checkpoint_pages: 1_000_000,
        ..Options::default()
    };
    let ledger = SqliteLedger::open(&scratch.path(), options).unwrap();
    let mut chain = ChainBuilder::new("acme");
    runtime().block_on(async {
        for _ in 0..BATCHES {
            ledger.commit(counted(&mut chain)).await.unwrap();
        }
    });
    let read = |name| fs::read(scratch.file(name)).unwrap();
    (read("ledger.db"), read("ledger.db-wal"))
});

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
}

/// How many records are left with this log; whatever it is, they are whole batches.
fn left(log: &[u8]) -> u64 {
    let scratch = Scratch::new();
    fs::write(scratch.path(), &FILES.0).unwrap();
    fs::write(scratch.file("ledger.db-wal"), log).unwrap();
    runtime().block_on(async { sound_count(&open(&scratch.path())).await })
}

#[test]
fn a_whole_log_keeps_every_batch() {
    assert_eq!(left(&FILES.1), BATCHES * 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_log_cut_anywhere_keeps_whole_batches(at in any::<proptest::sample::Index>()) {
        let log = &FILES.1;
        let (shorter, longer) = (at.index(log.len()), at.index(log.len()) + 40_000);
        let count = left(&log[..shorter]);
        prop_assert!(count < BATCHES * 3);
        prop_assert!(count <= left(&log[..longer.min(log.len())]));
    }

    #[test]
    fn a_log_with_nonsense_anywhere_keeps_whole_batches(at in any::<proptest::sample::Index>()) {
        let mut log = FILES.1.clone();
        let at = at.index(log.len());
        log[at] ^= 0x10;
        prop_assert!(left(&log) <= BATCHES * 3);
    }
}
