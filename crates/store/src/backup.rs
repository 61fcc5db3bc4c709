//! Copies a ledger while it is in use.

use crate::{
    check::complaint,
    file::{self, OpenError},
};
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Pages between two reports.
const STRIDE: i32 = 1024;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something is there already.
    #[error("`{0}` exists; a backup never overwrites")]
    Exists(PathBuf),
    /// The copy is not sound.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
    /// The ledger cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file system refuses.
    #[error("cannot write `{path}`: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite refuses.
    #[error("cannot copy the ledger: {0}")]
    Sql(#[from] rusqlite::Error),
}

/// Copies the ledger at `from`, as it is at this moment, to a new file; works while it is in use,
/// by this process or another.
///
/// `progress` hears how many pages are done, of how many. The copy appears under its name when it
/// is complete, checked and on the disk, and not before.
///
/// # Errors
/// [`BackupError`]; then there is no copy.
pub fn backup(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), BackupError> {
    if to.try_exists().map_err(|source| file_error(to, source))? {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let mut name = to.to_owned().into_os_string();
    name.push(".partial");
    let partial = PathBuf::from(name);
    let created = file::private().create_new(true).open(&partial);
    created.map_err(|source| file_error(&partial, source))?;
    let outcome = fill(from, &partial, progress).and_then(|()| publish(&partial, to));
    // The copy has its own name by now, or is worthless.
    let _ = fs::remove_file(&partial);
    outcome
}

fn fill(
    from: &Path,
    partial: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), BackupError> {
    let source = file::reader(from)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(partial, flags)?;
    copy(&source, &mut target, progress)?;
    // One file, without a log beside it; it gets one when it is opened as a ledger.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    match complaint(&target, "PRAGMA integrity_check(1)")? {
        None => Ok(()),
        Some(complaint) => Err(BackupError::Damaged(complaint)),
    }
}

fn copy(
    source: &Connection,
    target: &mut Connection,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), BackupError> {
    // One snapshot for all steps: without it, every commit in between would start the copy anew.
    let snapshot = source.unchecked_transaction()?;
    snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let backup = Backup::new(&snapshot, target)?;
    loop {
        let step = backup.step(STRIDE)?;
        let pages = backup.progress();
        let total = u64::try_from(pages.pagecount).unwrap_or(0);
        let remaining = u64::try_from(pages.remaining).unwrap_or(0);
        progress(total.saturating_sub(remaining), total);
        if step == StepResult::Done {
            return Ok(());
        }
    }
}

/// Gives the finished copy its name, durably and without replacing anything.
fn publish(partial: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
        _ => file_error(to, source),
    };
    let file = file::private().open(partial).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::hard_link(partial, to).map_err(failed)?;
    file::sync_folder(to).map_err(failed)
}

fn file_error(path: &Path, source: io::Error) -> BackupError {
    BackupError::File {
        path: path.to_owned(),
        source,
    }
}
