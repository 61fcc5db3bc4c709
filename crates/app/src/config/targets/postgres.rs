//! Databases that the gate acts on by itself.

use super::super::sheet::Sheet;
use portcullis_credentials::DatabaseSettings;
use portcullis_policy::fault::Faults;
use portcullis_targets::{
    postgres::{Access, Database, PostgresAction, PostgresTarget, Wording},
    target::Kind,
};
use serde_json::Value;
use std::time::Duration;

/// What holds unless told otherwise.
const PORT: u16 = 5432;
const TIMEOUT_SECONDS: u64 = 10;
const MAX_ROWS: usize = 1_000;

/// What stands at `postgres` in a target.
pub(super) fn kind(target: &Sheet<'_>, faults: &mut Faults) -> Option<Kind> {
    const KEYS: &[&str] = &[
        "host",
        "port",
        "database",
        "user",
        "password",
        "tls",
        "reach",
        "timeout_seconds",
        "max_rows",
    ];
    let sheet = target.below("postgres", KEYS, faults)?;
    let database = database(&sheet, faults);
    let seconds = sheet.word("timeout_seconds", "a whole number of seconds", faults);
    let rows = sheet.word("max_rows", "a whole number of rows", faults);
    Some(Kind::Postgres(PostgresTarget {
        actions: super::actions(target, faults, action),
        database: database?,
        timeout: Duration::from_secs(seconds.unwrap_or(TIMEOUT_SECONDS)),
        max_rows: rows.unwrap_or(MAX_ROWS),
    }))
}

fn database(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Database> {
    let host = sheet.must_text("host", faults);
    let name = sheet.must_text("database", faults);
    let user = sheet.must_text("user", faults);
    let port = sheet.word("port", "a port", faults);
    let tls = sheet.word("tls", "`true` or `false`", faults);
    let database = Database {
        password: sheet.secret("password", faults),
        reach: sheet.reach(faults),
        host: host?,
        name: name?,
        user: user?,
        port: port.unwrap_or(PORT),
        tls: tls.unwrap_or(true),
    };
    if let Some(why) = login(&database).fault() {
        sheet.fault("host", why, faults);
    }
    Some(database)
}

fn action(value: &Value, path: String, faults: &mut Faults) -> Option<PostgresAction> {
    let keys = &["access", "statement", "statement_by", "values"];
    let sheet = Sheet::open(value, path, keys, faults)?;
    let access: Option<String> = sheet.word("access", "`read` or `write`", faults);
    let access = match access.as_deref() {
        None | Some("read") => Access::Read,
        Some("write") => Access::Write,
        Some(_) => {
            sheet.fault("access", "expected `read` or `write`", faults);
            return None;
        }
    };
    let by: Option<String> = sheet.word("statement_by", "`agent`", faults);
    let values = sheet.texts("values", faults);
    let wording = match (sheet.text("statement", faults), by.as_deref(), values) {
        (Some(statement), None, values) => Wording::Fixed {
            statement,
            values: values.unwrap_or_default(),
        },
        (None, Some("agent"), None) => Wording::OfTheAgent,
        _ => {
            let due = "expected a `statement` with its `values`, or `statement_by: agent` alone";
            sheet.fault("statement", due, faults);
            return None;
        }
    };
    Some(PostgresAction { wording, access })
}

/// Who the gate is at a database, for whoever knows the passwords.
pub(crate) fn login(database: &Database) -> DatabaseSettings {
    DatabaseSettings {
        host: database.host.clone(),
        port: database.port,
        name: database.name.clone(),
        user: database.user.clone(),
        password: database.password.clone(),
        tls: database.tls,
        reach: database.reach,
    }
}
