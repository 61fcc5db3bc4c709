//! Whether a file is sound.

use crate::{fault::Fault, file};
use rusqlite::Connection;
use std::path::Path;

/// Looks through all of a file.
pub(crate) fn check(path: &Path) -> Result<(), Fault> {
    let conn = file::reader(path).map_err(|error| Fault::Unreadable(error.to_string()))?;
    match complaint(&conn, "PRAGMA quick_check(1)")? {
        None => Ok(()),
        Some(complaint) => Err(Fault::Unreadable(complaint)),
    }
}

/// The first thing SQLite finds wrong.
pub(crate) fn complaint(conn: &Connection, sql: &str) -> rusqlite::Result<Option<String>> {
    let verdict: String = conn.query_row(sql, [], |row| row.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}
