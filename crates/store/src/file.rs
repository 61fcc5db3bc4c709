//! The file: claimed by one process, private to its owner, durable at every commit.

use crate::{
    options::Options,
    schema::{self, Found},
};
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, config::DbConfig};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a connection waits for another one of this process.
const PATIENCE: Duration = Duration::from_secs(10);
const STATEMENTS: usize = 64;
const WRITER_CACHE: &str = "-32000";
const READER_CACHE: &str = "-8000";

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has it open.
    #[error("`{0}` is in use by another process")]
    Held(PathBuf),
    /// A later release wrote it.
    #[error("`{path}` has format {found}; this release knows formats up to {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: usize,
        /// What is known.
        known: usize,
    },
    /// It is something else.
    #[error("`{0}` is not a ledger")]
    Foreign(PathBuf),
    /// It may be read but not written.
    #[error("`{0}` may not be written")]
    ReadOnly(PathBuf),
    /// The file system cannot do what durability needs.
    #[error("`{path}` cannot have a write-ahead log, only `{mode}`; is it on a network drive?")]
    Journal {
        /// The file.
        path: PathBuf,
        /// What SQLite offers instead.
        mode: String,
    },
    /// The file system refuses.
    #[error("cannot open `{path}`: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite refuses.
    #[error("cannot open `{path}`: {source}")]
    Sql {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

/// A file that is ours alone for as long as this lives.
#[derive(Debug)]
pub(crate) struct Claim {
    /// Where it really is.
    pub(crate) path: PathBuf,
    /// Holding its lock is the claim.
    lock: File,
}

impl Claim {
    /// Makes the file if need be, and claims it.
    ///
    /// Fails closed: two writers would each believe in their own end of a chain, so a file that
    /// somebody else has is not opened.
    pub(crate) fn stake(path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::File {
            path: path.to_owned(),
            source,
        };
        create(path).map_err(failed)?;
        let path = fs::canonicalize(path).map_err(failed)?;
        let mut name = path.clone().into_os_string();
        name.push(".lock");
        let lock = private()
            .create(true)
            .truncate(false)
            .open(name)
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Held(path)),
            Err(TryLockError::Error(source)) => Err(OpenError::File { path, source }),
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Said aloud: merely closed, the lock would live on in a child process that is just being
        // started. If it cannot be said, it ends with this process.
        let _ = self.lock.unlock();
    }
}

/// Makes a file that only its owner may read, and its name durable.
fn create(path: &Path) -> io::Result<()> {
    match private().create_new(true).open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_folder(path)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Options for a file that only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the names in a file's folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// The connection that writes, to a file brought up to date.
pub(crate) fn writer(path: &Path, options: &Options) -> Result<Connection, OpenError> {
    let failed = |source| explain(path, source);
    let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    // SQLite falls back to reading when it may not write, and would say so only at a commit.
    if conn.is_readonly(MAIN_DB).map_err(failed)? {
        return Err(OpenError::ReadOnly(path.to_owned()));
    }
    let done = match schema::look(&conn).map_err(failed)? {
        Found::Empty => 0,
        Found::Ours(found) if found > schema::newest() => {
            return Err(OpenError::Newer {
                path: path.to_owned(),
                found,
                known: schema::newest(),
            });
        }
        Found::Ours(found) => found,
        Found::Foreign => return Err(OpenError::Foreign(path.to_owned())),
    };
    // A commit logs whole pages. Larger ones are fewer in a crowd, but whoever is alone waits for
    // more bytes.
    conn.pragma_update(None, "page_size", 4096)
        .map_err(failed)?;
    let mode: String = conn
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(OpenError::Journal {
            path: path.to_owned(),
            mode,
        });
    }
    tune_writer(&conn, options).map_err(failed)?;
    schema::migrate(&mut conn, done).map_err(failed)?;
    Ok(conn)
}

fn tune_writer(conn: &Connection, options: &Options) -> rusqlite::Result<()> {
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "fullfsync", "ON")?;
    conn.pragma_update(None, "foreign_keys", "OFF")?;
    conn.pragma_update(None, "cell_size_check", "ON")?;
    conn.pragma_update(None, "cache_size", WRITER_CACHE)?;
    if let Some(pages) = options.max_pages {
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(())
}

/// A connection that reads.
pub(crate) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let failed = |source| explain(path, source);
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    conn.pragma_update(None, "cell_size_check", "ON")
        .map_err(failed)?;
    conn.pragma_update(None, "cache_size", READER_CACHE)
        .map_err(failed)?;
    Ok(conn)
}

/// A connection that copies the log into the database.
pub(crate) fn copier(path: &Path) -> Result<Connection, OpenError> {
    let failed = |source| explain(path, source);
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    conn.pragma_update(None, "synchronous", "FULL")
        .map_err(failed)?;
    conn.pragma_update(None, "fullfsync", "ON")
        .map_err(failed)?;
    conn.busy_timeout(Duration::ZERO).map_err(failed)?;
    Ok(conn)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    // A plan stays as it was made: else some statements are compiled anew with every value.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(conn)
}

fn explain(path: &Path, source: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::Foreign(path),
        _ => OpenError::Sql { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::types::FromSql;

    fn pragma<T: FromSql>(conn: &Connection, name: &str) -> T {
        conn.pragma_query_value(None, name, |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_commit_is_flushed_by_the_writer_and_the_copier() {
        let folder = tempfile::tempdir().unwrap();
        let claim = Claim::stake(&folder.path().join("ledger.db")).unwrap();
        let writer = writer(&claim.path, &Options::default()).unwrap();
        let copier = copier(&claim.path).unwrap();
        const FULL: i64 = 2;
        assert_eq!(pragma::<i64>(&writer, "synchronous"), FULL);
        assert_eq!(pragma::<i64>(&copier, "synchronous"), FULL);
        assert_eq!(pragma::<String>(&writer, "journal_mode"), "wal");
        assert_eq!(pragma::<i64>(&writer, "page_size"), 4096);
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let claim = Claim::stake(&folder.path().join("ledger.db")).unwrap();
        let _writer = writer(&claim.path, &Options::default()).unwrap();
        let reader = reader(&claim.path).unwrap();
        let refused = reader.execute("INSERT INTO tenants (name) VALUES ('acme')", []);
        assert_eq!(
            refused.unwrap_err().sqlite_error_code(),
            Some(ErrorCode::ReadOnly)
        );
    }
}
