use crate::scratch::{Scratch, counted, open, sound_count};
use portcullis_firewall::ports::Ledger;
use portcullis_store::{OpenError, Options, SqliteLedger};
use portcullis_testkit::ChainBuilder;
use rusqlite::Connection;
use std::{fs, path::Path};

fn refusal(path: &Path) -> OpenError {
    SqliteLedger::open(path, Options::default()).unwrap_err()
}

#[tokio::test]
async fn what_was_written_is_there_after_closing_and_opening() {
    let scratch = Scratch::new();
    let mut chain = ChainBuilder::new("acme");
    for round in 1..=3 {
        let ledger = scratch.open();
        ledger.commit(counted(&mut chain)).await.unwrap();
        assert_eq!(sound_count(&ledger).await, round * 3);
        ledger.close().unwrap();
    }
    let ledger = scratch.open();
    assert_eq!(sound_count(&ledger).await, 9);
}

#[tokio::test]
async fn closing_and_dropping_leave_one_file_and_its_lock() {
    let scratch = Scratch::new();
    let mut chain = ChainBuilder::new("acme");
    for close in [true, false] {
        let ledger = scratch.open();
        ledger.commit(chain.batch(5)).await.unwrap();
        if close {
            ledger.close().unwrap();
        } else {
            drop(ledger);
        }
        let folder = scratch.path().parent().unwrap().to_owned();
        let entries = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = entries.collect();
        names.sort();
        assert_eq!(names, ["ledger.db", "ledger.db.lock"], "close: {close}");
    }
}

#[test]
fn a_ledger_that_is_open_is_not_opened_again() {
    let scratch = Scratch::new();
    let ledger = scratch.open();
    let refused = refusal(&scratch.path());
    assert!(matches!(refused, OpenError::Held(_)), "{refused}");
    assert!(
        refused
            .to_string()
            .ends_with("ledger.db` is in use by another process")
    );
    drop(ledger);
    scratch.open().close().unwrap();
}

#[cfg(unix)]
#[test]
fn another_name_for_an_open_ledger_does_not_help() {
    let scratch = Scratch::new();
    let _ledger = scratch.open();
    let alias = scratch.file("alias.db");
    std::os::unix::fs::symlink(scratch.path(), &alias).unwrap();
    let refused = refusal(&alias);
    assert!(matches!(refused, OpenError::Held(_)), "{refused}");
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let ledger = scratch.open();
    ledger
        .commit(ChainBuilder::new("acme").batch(1))
        .await
        .unwrap();
    ledger
        .backup(&scratch.file("copy.db"), &mut |_, _| ())
        .unwrap();
    for name in [
        "ledger.db",
        "ledger.db-wal",
        "ledger.db-shm",
        "ledger.db.lock",
        "copy.db",
    ] {
        let mode = fs::metadata(scratch.file(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_file_of_a_later_release_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    scratch.open().close().unwrap();
    let conn = Connection::open(scratch.path()).unwrap();
    conn.pragma_update(None, "user_version", 77).unwrap();
    conn.close().unwrap();
    let before = fs::read(scratch.path()).unwrap();
    let refused = refusal(&scratch.path());
    assert!(
        matches!(
            refused,
            OpenError::Newer {
                found: 77,
                known: 3,
                ..
            }
        ),
        "{refused}"
    );
    assert_eq!(fs::read(scratch.path()).unwrap(), before);
}

#[test]
fn somebody_elses_database_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    let conn = Connection::open(scratch.path()).unwrap();
    conn.execute_batch("CREATE TABLE notes (text TEXT)")
        .unwrap();
    conn.close().unwrap();
    let before = fs::read(scratch.path()).unwrap();
    let refused = refusal(&scratch.path());
    assert!(matches!(refused, OpenError::Foreign(_)), "{refused}");
    assert_eq!(fs::read(scratch.path()).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    let text =
        "a shopping list, long enough to have something where a header would be\n".repeat(99);
    fs::write(scratch.path(), &text).unwrap();
    let refused = refusal(&scratch.path());
    assert!(matches!(refused, OpenError::Foreign(_)), "{refused}");
    assert_eq!(fs::read_to_string(scratch.path()).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    scratch.open().close().unwrap();
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o400)).unwrap();
    // To the superuser the file's mode means nothing.
    let superuser = fs::OpenOptions::new()
        .write(true)
        .open(scratch.path())
        .is_ok();
    match SqliteLedger::open(&scratch.path(), Options::default()) {
        Ok(_) => assert!(superuser, "opened without permission"),
        Err(refused) => assert!(matches!(refused, OpenError::ReadOnly(_)), "{refused}"),
    }
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let scratch = Scratch::new();
    let refused = refusal(&scratch.file("missing/ledger.db"));
    assert!(matches!(refused, OpenError::File { .. }), "{refused}");
}

#[test]
fn a_folder_is_no_ledger() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path()).unwrap();
    let refused = refusal(&scratch.path());
    assert!(
        matches!(refused, OpenError::File { .. } | OpenError::Sql { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn an_empty_file_becomes_a_ledger() {
    let scratch = Scratch::new();
    fs::write(scratch.path(), "").unwrap();
    let ledger = open(&scratch.path());
    ledger
        .commit(counted(&mut ChainBuilder::new("acme")))
        .await
        .unwrap();
    assert_eq!(sound_count(&ledger).await, 3);
}
