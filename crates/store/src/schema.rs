//! What the file looks like, and how older files become like it.

use rusqlite::{Connection, Result, TransactionBehavior};

/// The mark of our files among SQLite's: `PCUL`.
pub(crate) const APPLICATION_ID: i32 = 0x5043_554c;

/// Every step from an empty file on, in order; a published one never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_tenants_and_records.sql"),
    include_str!("migrations/0002_documents.sql"),
    include_str!("migrations/0003_bodies.sql"),
];

/// What a file says about itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    /// Nothing yet.
    Empty,
    /// Ours, with so many steps behind it.
    Ours(usize),
    /// Somebody else's.
    Foreign,
}

/// How many steps there are.
pub(crate) const fn newest() -> usize {
    MIGRATIONS.len()
}

/// Looks at a file without changing it.
pub(crate) fn look(conn: &Connection) -> Result<Found> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match (application, usize::try_from(version)) {
        (APPLICATION_ID, Ok(version)) => Found::Ours(version),
        (0, Ok(0)) if tables == 0 => Found::Empty,
        _ => Found::Foreign,
    })
}

/// Takes the steps that are missing, all of them or none.
pub(crate) fn migrate(conn: &mut Connection, done: usize) -> Result<()> {
    migrate_to(conn, done, newest())
}

fn migrate_to(conn: &mut Connection, done: usize, target: usize) -> Result<()> {
    if done >= target {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    for step in MIGRATIONS.iter().take(target).skip(done) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(
        None,
        "user_version",
        i64::try_from(target).unwrap_or(i64::MAX),
    )?;
    tx.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(conn: &Connection) -> Vec<(String, String)> {
        let mut statement = conn
            .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")
            .unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.collect::<Result<_>>().unwrap()
    }

    fn fresh(target: usize) -> Connection {
        let mut conn = Connection::open_in_memory().unwrap();
        migrate_to(&mut conn, 0, target).unwrap();
        conn
    }

    #[test]
    fn an_empty_file_becomes_ours() {
        let mut conn = Connection::open_in_memory().unwrap();
        assert_eq!(look(&conn).unwrap(), Found::Empty);
        migrate(&mut conn, 0).unwrap();
        assert_eq!(look(&conn).unwrap(), Found::Ours(newest()));
    }

    #[test]
    fn every_older_file_becomes_like_a_new_one_and_keeps_what_it_holds() {
        let newest_shape = shape(&fresh(newest()));
        for version in 1..newest() {
            let mut conn = fresh(version);
            conn.execute("INSERT INTO tenants (number, name) VALUES (4, 'acme')", [])
                .unwrap();
            migrate(&mut conn, version).unwrap();
            assert_eq!(shape(&conn), newest_shape, "from version {version}");
            let name: String = conn
                .query_row("SELECT name FROM tenants WHERE number = 4", [], |row| {
                    row.get(0)
                })
                .unwrap();
            assert_eq!(name, "acme");
        }
    }

    #[test]
    fn documents_keep_their_bodies_when_those_move_out() {
        let mut conn = fresh(2);
        for (id, body) in [("b", "second"), ("a", "first")] {
            conn.execute(
                "INSERT INTO documents VALUES (1, 'hold', ?, 'HELD', 'agt_1', 7, ?)",
                (id, body.as_bytes()),
            )
            .unwrap();
        }
        migrate(&mut conn, 2).unwrap();
        let found = |id: &str| -> (String, Vec<u8>) {
            conn.query_row(
                "SELECT status, body FROM documents JOIN bodies ON number = body_at WHERE id = ?",
                [id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap()
        };
        assert_eq!(found("a"), ("HELD".to_owned(), b"first".to_vec()));
        assert_eq!(found("b"), ("HELD".to_owned(), b"second".to_vec()));
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut conn = fresh(1);
        conn.execute_batch("CREATE TABLE documents (something TEXT)")
            .unwrap();
        assert!(migrate(&mut conn, 1).is_err());
        assert_eq!(look(&conn).unwrap(), Found::Ours(1));
    }

    #[test]
    fn a_strangers_database_is_told_from_ours() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE notes (text TEXT)")
            .unwrap();
        assert_eq!(look(&conn).unwrap(), Found::Foreign);
    }
}
