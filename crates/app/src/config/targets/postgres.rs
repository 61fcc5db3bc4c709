//! Databases that the gate acts on by itself.

use super::{super::sheet::Sheet, lease};
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
        "login",
        "tls",
        "reach",
        "timeout_seconds",
        "max_rows",
    ];
    let sheet = target.below("postgres", KEYS, faults)?;
    let lease = lease::login(&sheet, faults);
    let database = database(&sheet, lease.is_some(), faults);
    let seconds = sheet.word("timeout_seconds", "a whole number of seconds", faults);
    let rows = sheet.word("max_rows", "a whole number of rows", faults);
    Some(Kind::Postgres(PostgresTarget {
        actions: super::actions(target, faults, action),
        database: database?,
        lease,
        timeout: Duration::from_secs(seconds.unwrap_or(TIMEOUT_SECONDS)),
        max_rows: rows.unwrap_or(MAX_ROWS),
    }))
}

/// Who the gate is where the order says it; no server has such a role.
const OF_THE_ORDER: &str = "whoever the order says";

fn database(sheet: &Sheet<'_>, is_leased: bool, faults: &mut Faults) -> Option<Database> {
    let host = sheet.must_text("host", faults);
    let name = sheet.must_text("database", faults);
    let user = if is_leased {
        Some(OF_THE_ORDER.to_owned())
    } else {
        sheet.must_text("user", faults)
    };
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

#[cfg(test)]
mod tests {
    use crate::config::read;

    fn faults(target: &str) -> Vec<String> {
        let text = format!("tenants: {{ default: {{ targets: {{ orders: {target} }} }} }}");
        let faults = read(&text).map(drop).unwrap_err();
        let at = "tenants.default.targets.orders.";
        let lines = faults.0.iter().map(ToString::to_string);
        lines.map(|line| line.replace(at, "")).collect()
    }

    fn database(more: &str, actions: &str) -> String {
        let postgres = "host: db.example.com, database: orders, user: gate";
        format!("{{ postgres: {{ {postgres} {more} }}, actions: {{ {actions} }} }}")
    }

    #[test]
    fn a_statement_is_the_operators_or_the_agents() {
        let due = "expected a `statement` with its `values`, or `statement_by: agent` alone";
        for action in [
            "{}",
            "{ statement_by: agent, statement: select 1 }",
            "{ statement_by: agent, values: [a] }",
            "{ statement_by: anybody }",
        ] {
            let found = faults(&database("", &format!("orders.do: {action}")));
            let due = format!("actions.orders.do.statement: {due}");
            assert!(found.contains(&due), "{action}: {found:?}");
        }
        let changes = "orders.do: { statement: delete from orders }";
        assert_eq!(
            faults(&database("", changes)),
            ["actions.orders.do.statement: it changes rows, and the action only reads"]
        );
    }

    #[test]
    fn a_database_is_found_and_its_bounds_are_kept() {
        let action = "orders.do: { statement_by: agent }";
        let found = |more| faults(&database(more, action));
        assert_eq!(
            found(", tls: false"),
            ["postgres.host: without TLS its reach has to be anywhere"]
        );
        assert_eq!(
            found(", timeout_seconds: 900, max_rows: 0"),
            [
                "postgres.max_rows: expected from 1 to 100000 rows",
                "postgres.timeout_seconds: expected from 1 to 300 seconds",
            ]
        );
        assert_eq!(
            found(", port: 0"),
            ["postgres.host: the host or the port is none"]
        );
        assert!(!format!("{:?}", found(", password: hush-hush")).contains("hush-hush"));
        let both = "{ http: {}, postgres: {}, actions: {} }";
        assert_eq!(
            faults(both),
            ["http: expected what kind of target it is: `http` or `postgres`"]
        );
    }
}
