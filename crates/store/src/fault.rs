//! What goes wrong inside, and what the asker hears of it.

use portcullis_firewall::ports::LedgerError;
use rusqlite::{Error, ErrorCode};

/// Why a batch was not written or a question not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The chain ends elsewhere.
    #[error("the chain has moved on")]
    Moved,
    /// The batch contradicts itself.
    #[error("record {0} does not continue the chain")]
    Misfit(u64),
    /// The disk has failed before.
    #[error("writing has stopped: {0}")]
    Stopped(String),
    /// A stored value that nobody wrote like this.
    #[error("{0}")]
    Unreadable(String),
    /// SQLite, and the disk below it.
    #[error(transparent)]
    Sql(#[from] Error),
}

impl Fault {
    /// What the asker hears.
    pub(crate) fn answer(&self) -> LedgerError {
        match self {
            Self::Moved => LedgerError::Moved,
            Self::Misfit(_) | Self::Stopped(_) => LedgerError::Unavailable(self.to_string()),
            Self::Unreadable(what) => LedgerError::Corrupt(what.clone()),
            Self::Sql(error) if damaged(error) => LedgerError::Corrupt(error.to_string()),
            Self::Sql(error) => LedgerError::Unavailable(error.to_string()),
        }
    }

    /// Whether the disk is full.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Self::Sql(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull))
    }

    /// Whether the file or the disk can no longer be trusted with writes.
    ///
    /// A full disk is not among these: what did not fit was undone, and space may come back.
    pub(crate) fn breaks(&self) -> bool {
        let Self::Sql(error) = self else {
            return false;
        };
        damaged(error)
            || matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::SystemIoFailure
                        | ErrorCode::InternalMalfunction
                        | ErrorCode::FileLockingProtocolFailed
                        | ErrorCode::CannotOpen
                        | ErrorCode::ReadOnly
                        | ErrorCode::ApiMisuse
                )
            )
    }
}

/// Whether the file holds what SQLite or a column's type cannot make sense of.
fn damaged(error: &Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    ) || matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    fn sqlite(code: i32) -> Fault {
        Fault::Sql(Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn a_failing_disk_stops_writing_and_a_full_one_does_not() {
        let stops = [
            ffi::SQLITE_IOERR,
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_NOTADB,
            ffi::SQLITE_READONLY,
        ];
        for code in stops {
            assert!(sqlite(code).breaks(), "{code}");
        }
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_TOOBIG, ffi::SQLITE_BUSY] {
            assert!(!sqlite(code).breaks(), "{code}");
        }
    }

    #[test]
    fn damage_is_told_from_absence() {
        assert!(matches!(
            sqlite(ffi::SQLITE_CORRUPT).answer(),
            LedgerError::Corrupt(_)
        ));
        assert!(matches!(
            sqlite(ffi::SQLITE_FULL).answer(),
            LedgerError::Unavailable(_)
        ));
        assert_eq!(Fault::Moved.answer(), LedgerError::Moved);
    }
}
