//! A process that is killed while it writes.

use crate::scratch::{Scratch, counted, open, sound_count};
use portcullis_firewall::ports::Ledger;
use portcullis_store::{OpenError, Options, SqliteLedger};
use portcullis_testkit::{ChainBuilder, tenant};
use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const KILLS: u64 = 20;
const PATH: &str = "LEDGER_TO_WRITE_TO";

/// Starts this test binary again, as a process that writes and tells after each answer.
fn start(path: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([
            "crash::a_process_tells_after_each_answer",
            "--exact",
            "--nocapture",
        ])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What is started to be killed. Run by itself, it ends after a few batches.
#[tokio::test]
async fn a_process_tells_after_each_answer() {
    let scratch = Scratch::new();
    let (path, batches) = match env::var_os(PATH) {
        Some(path) => (PathBuf::from(path), usize::MAX),
        None => (scratch.path(), 3),
    };
    let options = Options {
        checkpoint_pages: 64,
        ..Options::default()
    };
    let ledger = SqliteLedger::open(&path, options).unwrap();
    let head = ledger.head(&tenant("acme")).await.unwrap();
    let mut chain = ChainBuilder::after("acme", head);
    for _ in 0..batches {
        ledger.commit(counted(&mut chain)).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "answered {}", chain.head().seq).unwrap();
        out.flush().unwrap();
    }
    assert_eq!(sound_count(&ledger).await, 9);
}

/// Lets a process write so many batches, kills it, and returns the last number it was answered.
fn kill_after(path: &Path, batches: u64) -> u64 {
    let mut child = start(path);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answered = 0;
    let mut count = 0;
    for line in lines.map_while(Result::ok) {
        let Some((_, seq)) = line.split_once("answered ") else {
            continue;
        };
        answered = seq.parse().unwrap();
        count += 1;
        if count == 1 {
            let refused = SqliteLedger::open(path, Options::default()).unwrap_err();
            assert!(matches!(refused, OpenError::Held(_)), "{refused}");
        }
        if count == batches {
            // It goes on writing until the signal reaches it; what it says until then is read too.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(count >= batches, "the process ended early");
    answered
}

#[tokio::test]
async fn whatever_was_answered_survives_the_death_of_the_process() {
    let scratch = Scratch::new();
    let mut last = 0;
    for kill in 1..=KILLS {
        let answered = kill_after(&scratch.path(), kill * 3);
        assert!(answered > last, "kill {kill}");
        let count = sound_count(&open(&scratch.path())).await;
        // One batch may have been written whose answer did not come out any more.
        assert!(
            (answered..=answered + 3).contains(&count),
            "{answered} answered, {count} found"
        );
        last = count;
    }
}
