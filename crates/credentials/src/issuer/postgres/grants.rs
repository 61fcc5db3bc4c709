//! What a role may do: given, and read back.

use super::{lack, quoted, role::Role};
use crate::issuer::filters::Filters;
use portcullis_firewall::{
    lease::LeaseError,
    scope::{Mode, Scope},
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Transaction;

/// The filters, by their keys.
const KEYS: &[&str] = &["database", "schemas", "tables", "writes"];

/// What writing may mean.
const WRITES: &[&str] = &["INSERT", "UPDATE", "DELETE"];

/// Every privilege on a table that the role has, also by what is given to everybody.
const HELD: &str = "
    SELECT n.nspname::text, c.relname::text, p.name
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
                            'TRIGGER']) AS p(name)
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname !~ '^pg_(toast|temp)'
      AND has_schema_privilege($1::name, n.oid, 'USAGE')
      AND (has_table_privilege($1::name, c.oid, p.name)
           OR (p.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
               AND has_any_column_privilege($1::name, c.oid, p.name)))";

/// Everything else by which a role may do more than its grants on tables say.
const BESIDES: &str = "
    SELECT 'attributes of a higher role' FROM pg_roles WHERE rolname = $1::name
      AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    UNION ALL
    SELECT 'membership in ' || quote_ident(r.rolname) FROM pg_auth_members m
      JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles me ON me.oid = m.member
      WHERE me.rolname = $1::name
    UNION ALL
    SELECT 'CREATE in schema ' || quote_ident(nspname) FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
      AND has_schema_privilege($1::name, oid, 'CREATE')
    UNION ALL
    SELECT 'CREATE in the database' WHERE has_database_privilege($1::name, current_database(), 'CREATE')
    UNION ALL
    SELECT 'EXECUTE with another''s rights on ' || p.oid::regprocedure::text FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND has_schema_privilege($1::name, n.oid, 'USAGE')
      AND has_function_privilege($1::name, p.oid, 'EXECUTE')";

/// The databases that let the role in. Where everybody is let in, it is too.
const CONNECTS: &str = "
    SELECT datname::text FROM pg_database
    WHERE datallowconn AND has_database_privilege($1::name, oid, 'CONNECT') ORDER BY 1";

/// The sequences behind the columns of a table.
const SEQUENCES: &str = "
    SELECT d.objid::regclass::text FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.refobjid = $1::text::regclass
      AND d.deptype = 'a' AND s.relkind = 'S'";

/// What a scope lets a role do.
#[derive(Debug)]
pub(super) struct Grants {
    pub(super) database: String,
    schemas: BTreeSet<String>,
    tables: BTreeSet<(String, String)>,
    verbs: Vec<&'static str>,
}

impl Grants {
    pub(super) fn read(scope: &Scope, mode: Mode) -> Result<Self, LeaseError> {
        let filters = Filters::open(scope, KEYS)?;
        let database = filters.must_text("database")?.to_owned();
        let schemas = filters.texts("schemas")?;
        let schemas: BTreeSet<String> = schemas.into_iter().map(str::to_owned).collect();
        if let Some(system) = schemas.iter().find(|schema| is_system(schema)) {
            return Err(filters.wrong("schemas", format_args!("`{system}` is the server's own")));
        }
        let mut tables = BTreeSet::new();
        for (at, table) in filters.texts("tables")?.into_iter().enumerate() {
            let two = table.split_once('.').filter(|(schema, name)| {
                !schema.is_empty() && !name.is_empty() && !name.contains('.') && !is_system(schema)
            });
            let Some((schema, name)) = two else {
                let due = "expected a table such as `public.orders`";
                return Err(filters.wrong(&format!("tables[{at}]"), due));
            };
            tables.insert((schema.to_owned(), name.to_owned()));
        }
        if schemas.is_empty() && tables.is_empty() {
            return Err(filters.wrong("tables", "expected `tables` or `schemas`"));
        }
        let mut verbs = vec!["SELECT"];
        let writes = writes(&filters)?;
        if mode == Mode::Write {
            verbs.extend(writes);
        }
        Ok(Self {
            database,
            schemas,
            tables,
            verbs,
        })
    }

    /// What gives it, but for the sequences behind tables.
    pub(super) fn statements(&self, role: &Role) -> Vec<String> {
        let (role, verbs) = (role.quoted(), self.verbs.join(", "));
        let mut statements = vec![format!(
            "GRANT CONNECT ON DATABASE {} TO {role}",
            quoted(&self.database)
        )];
        let reached = self.schemas.iter();
        let reached = reached.chain(self.tables.iter().map(|(schema, _)| schema));
        for schema in reached.collect::<BTreeSet<_>>() {
            statements.push(format!(
                "GRANT USAGE ON SCHEMA {} TO {role}",
                quoted(schema)
            ));
        }
        for schema in &self.schemas {
            let schema = quoted(schema);
            statements.push(format!(
                "GRANT {verbs} ON ALL TABLES IN SCHEMA {schema} TO {role}"
            ));
            if self.writes() {
                statements.push(format!(
                    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
                ));
            }
        }
        for table in &self.tables {
            statements.push(format!("GRANT {verbs} ON TABLE {} TO {role}", named(table)));
        }
        statements
    }

    pub(super) async fn give(
        &self,
        transaction: &Transaction<'_>,
        role: &Role,
    ) -> Result<(), LeaseError> {
        let mut statements = self.statements(role);
        for table in self.tables.iter().filter(|_| self.writes()) {
            let rows = transaction.query(SEQUENCES, &[&named(table)]).await;
            for row in rows.map_err(lack)? {
                // The server has written this name itself, quotes and all.
                let sequence: String = row.try_get(0).map_err(lack)?;
                let role = role.quoted();
                statements.push(format!("GRANT USAGE ON SEQUENCE {sequence} TO {role}"));
            }
        }
        let statements = statements.join("; ");
        transaction.batch_execute(&statements).await.map_err(lack)
    }

    /// What the role may really do.
    ///
    /// Fails closed: a privilege more than was asked for, by whatever way, is an error, and so is
    /// one that is missing.
    pub(super) async fn compare(
        &self,
        transaction: &Transaction<'_>,
        role: &Role,
    ) -> Result<Map<String, Value>, LeaseError> {
        let name = role.name();
        let mut held: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        for row in transaction.query(HELD, &[&name]).await.map_err(lack)? {
            let schema: String = row.try_get(0).map_err(lack)?;
            let table: String = row.try_get(1).map_err(lack)?;
            let verb: String = row.try_get(2).map_err(lack)?;
            held.entry((schema, table)).or_default().insert(verb);
        }
        for (table, verbs) in &held {
            let due = self.due(table);
            if let Some(more) = verbs.iter().find(|verb| !due.contains(&verb.as_str())) {
                let why = format!("{more} on {}", named(table));
                return Err(LeaseError::Exceeded(why));
            }
        }
        let has_all = |table: &(String, String)| {
            let verbs = held.get(table);
            verbs.is_some_and(|verbs| self.verbs.iter().all(|verb| verbs.contains(*verb)))
        };
        let covered = self.tables.iter().chain(held.keys());
        if let Some(table) = covered.into_iter().find(|table| !has_all(table)) {
            let why = format!("less than was asked for on {}", named(table));
            return Err(LeaseError::Refused(why));
        }
        let besides = transaction.query(BESIDES, &[&name]).await.map_err(lack)?;
        if let Some(more) = besides.first() {
            let more: String = more.try_get(0).map_err(lack)?;
            return Err(LeaseError::Exceeded(more));
        }
        let connects = transaction.query(CONNECTS, &[&name]).await.map_err(lack)?;
        let connects = connects.iter().map(|row| row.try_get(0).map_err(lack));
        let connects: Vec<String> = connects.collect::<Result<_, _>>()?;
        let tables: Map<String, Value> = held
            .iter()
            .map(|(table, verbs)| (named(table), json!(verbs)))
            .collect();
        Ok(Map::from_iter([
            ("connects".to_owned(), json!(connects)),
            ("tables".to_owned(), Value::Object(tables)),
        ]))
    }

    fn due(&self, table: &(String, String)) -> &[&'static str] {
        let (schema, _) = table;
        if self.schemas.contains(schema) || self.tables.contains(table) {
            &self.verbs
        } else {
            &[]
        }
    }

    const fn writes(&self) -> bool {
        self.verbs.len() > 1
    }
}

fn writes(filters: &Filters<'_>) -> Result<Vec<&'static str>, LeaseError> {
    let named = filters.texts("writes")?;
    if named.is_empty() {
        return Ok(WRITES.to_vec());
    }
    let known = named.iter().enumerate().map(|(at, word)| {
        let verb = WRITES.iter().find(|verb| verb.eq_ignore_ascii_case(word));
        let due = "expected `insert`, `update` or `delete`";
        verb.copied()
            .ok_or_else(|| filters.wrong(&format!("writes[{at}]"), due))
    });
    known.collect()
}

fn named((schema, table): &(String, String)) -> String {
    format!("{}.{}", quoted(schema), quoted(table))
}

fn is_system(schema: &str) -> bool {
    schema.starts_with("pg_") || schema == "information_schema"
}
