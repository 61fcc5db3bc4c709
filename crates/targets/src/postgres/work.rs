//! One statement inside a transaction.

use super::{Access, cell::Cell, kind::Kind, lack::Lack, value::Bound};
use futures_util::TryStreamExt as _;
use serde_json::{Map, Value};
use std::{collections::HashSet, pin::pin, time::Duration};
use tokio_postgres::{Client, Portal, Row, Statement, Transaction, types::ToSql};

/// The most bytes of rows that are kept.
const MOST_BYTES: usize = 1 << 20;
/// How many rows come at a time.
const AT_A_TIME: i32 = 256;

/// A statement with its values, as an order asks for it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) statement: String,
    pub(super) values: Vec<Value>,
    pub(super) kind: Kind,
    pub(super) access: Access,
}

/// What may be taken of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) time: Duration,
    pub(super) rows: usize,
}

/// What a statement did, as long as its transaction lasts.
#[derive(Debug, Default)]
pub(super) struct Ran {
    /// The rows that it gave, as many as are kept.
    pub(super) rows: Vec<Value>,
    /// Whether there were more.
    pub(super) truncated: bool,
    /// What it changed, table by table.
    pub(super) changes: Vec<String>,
    /// How many rows it changed.
    pub(super) changed: u64,
    /// What the server says that it changed, for statements that only change.
    told: Option<u64>,
    bytes: usize,
}

/// Begins a transaction that the server ends by itself when it takes too long.
pub(super) async fn begin(
    client: &mut Client,
    access: Access,
    bounds: Bounds,
) -> Result<Transaction<'_>, Lack> {
    let reads = access == Access::Read;
    let transaction = client.build_transaction().read_only(reads).start().await?;
    // `SET` takes no values; these are numbers of ours.
    let millis = bounds.time.as_millis();
    let limits = format!(
        "SET LOCAL statement_timeout = {millis}; SET LOCAL lock_timeout = {millis}; \
         SET LOCAL idle_in_transaction_session_timeout = {millis}"
    );
    transaction.batch_execute(&limits).await?;
    Ok(transaction)
}

/// Has the server read the statement: no more than one, and of known types.
pub(super) async fn prepare(
    transaction: &Transaction<'_>,
    asked: &Asked,
) -> Result<Statement, Lack> {
    Ok(transaction.prepare(&asked.statement).await?)
}

/// Looks closer at a query that gives no columns. It may end in a change; but `SELECT … INTO` makes
/// a table of what would be rows.
async fn must_not_create(
    transaction: &Transaction<'_>,
    asked: &Asked,
    (statement, bound): (&Statement, &[Bound]),
) -> Result<(), Lack> {
    if asked.kind == Kind::Change || !statement.columns().is_empty() {
        return Ok(());
    }
    let plan = plan(transaction, asked, bound).await?;
    let top = plan.pointer("/0/Plan/Node Type").and_then(Value::as_str);
    if top == Some("ModifyTable") {
        return Ok(());
    }
    let why = "a query has to give columns, or to end in a change of rows";
    Err(Lack::Refused(why.to_owned()))
}

/// The values in their places.
pub(super) fn bind(statement: &Statement, values: &[Value]) -> Result<Vec<Bound>, Lack> {
    let due = statement.params();
    if due.len() != values.len() {
        let why = format!(
            "the statement has {} places for values, and there are {}",
            due.len(),
            values.len()
        );
        return Err(Lack::Refused(why));
    }
    let bound = values.iter().zip(due).zip(1_u32..);
    bound
        .map(|((value, due), place)| {
            Bound::new(value, due).map_err(|why| Lack::Refused(format!("value {place}: {why}")))
        })
        .collect()
}

/// How the server would go about it.
pub(super) async fn plan(
    transaction: &Transaction<'_>,
    asked: &Asked,
    bound: &[Bound],
) -> Result<Value, Lack> {
    // The server has read the statement by itself already, so that this is still one.
    let explain = format!("EXPLAIN (FORMAT JSON) {}", asked.statement);
    let statement = transaction.prepare(&explain).await?;
    let row = transaction.query_one(&statement, &slots(bound)).await?;
    let Cell(plan) = row.try_get(0)?;
    Ok(plan)
}

/// Runs it, and finds out what it changed. Makes no tables.
pub(super) async fn run(
    transaction: &Transaction<'_>,
    asked: &Asked,
    (statement, bound): (&Statement, &[Bound]),
    bounds: Bounds,
) -> Result<Ran, Lack> {
    must_not_create(transaction, asked, (statement, bound)).await?;
    if asked.access == Access::Write {
        must_count(transaction).await?;
    }
    let portal = transaction.bind(statement, &slots(bound)).await?;
    let mut ran = fetch(transaction, &portal, asked, bounds).await?;
    if asked.access == Access::Write {
        changes(transaction, &mut ran).await?;
        if asked.kind == Kind::Change {
            ran.changed = ran.changed.max(ran.told.unwrap_or(0));
        }
    }
    Ok(ran)
}

fn slots(bound: &[Bound]) -> Vec<&(dyn ToSql + Sync)> {
    bound
        .iter()
        .map(|one| -> &(dyn ToSql + Sync) { one })
        .collect()
}

/// Takes the rows. What changes rows runs to its end, whether they are kept or not.
async fn fetch(
    transaction: &Transaction<'_>,
    portal: &Portal,
    asked: &Asked,
    bounds: Bounds,
) -> Result<Ran, Lack> {
    let mut ran = Ran::default();
    loop {
        let stream = transaction.query_portal_raw(portal, AT_A_TIME).await?;
        let mut stream = pin!(stream);
        while let Some(row) = stream.try_next().await? {
            ran.keep(&row, bounds.rows)?;
        }
        ran.told = stream.rows_affected();
        let enough = asked.access == Access::Read && ran.truncated;
        if ran.told.is_some() || enough {
            return Ok(ran);
        }
    }
}

impl Ran {
    fn keep(&mut self, row: &Row, most: usize) -> Result<(), Lack> {
        if self.truncated || self.rows.len() >= most {
            self.truncated = true;
            return Ok(());
        }
        let row = object(row)?;
        self.bytes = self.bytes.saturating_add(row.to_string().len());
        self.truncated = self.bytes > MOST_BYTES;
        if !self.truncated {
            self.rows.push(row);
        }
        Ok(())
    }
}

/// A row by the names of its columns; a name that comes again gets a number.
fn object(row: &Row) -> Result<Value, Lack> {
    let mut members = Map::new();
    let mut names: HashSet<String> = HashSet::new();
    for (place, column) in row.columns().iter().enumerate() {
        let mut name = column.name().to_owned();
        let mut number = 2_u32;
        while !names.insert(name.clone()) {
            name = format!("{}_{number}", column.name());
            number = number.saturating_add(1);
        }
        let Cell(value) = row.try_get(place)?;
        members.insert(name, value);
    }
    Ok(Value::Object(members))
}

/// Without the server's counts nobody could say what was changed.
async fn must_count(transaction: &Transaction<'_>) -> Result<(), Lack> {
    let counts = "select pg_catalog.current_setting('track_counts')";
    let row = transaction.query_one(counts, &[]).await?;
    let setting: &str = row.try_get(0)?;
    if setting == "on" {
        return Ok(());
    }
    let why = "the server does not count what is changed: `track_counts` is off";
    Err(Lack::Refused(why.to_owned()))
}

/// What this transaction has changed so far: by the statement, by what it set off, and by what its
/// queries changed on the way (PostgreSQL, 28.2, `pg_stat_xact_all_tables`).
async fn changes(transaction: &Transaction<'_>, ran: &mut Ran) -> Result<(), Lack> {
    let counts = "select schemaname::text, relname::text, n_tup_ins, n_tup_upd, n_tup_del \
                  from pg_catalog.pg_stat_xact_all_tables \
                  where n_tup_ins + n_tup_upd + n_tup_del > 0 \
                  and schemaname not in ('pg_catalog', 'information_schema', 'pg_toast') \
                  order by 1, 2";
    for row in transaction.query(counts, &[]).await? {
        let (schema, table): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
        for (place, word) in [(2, "insert into"), (3, "update"), (4, "delete from")] {
            let count: i64 = row.try_get(place)?;
            let count = u64::try_from(count).unwrap_or(0);
            if count > 0 {
                let change = format!("{word} {schema}.{table}: {}", rows(count));
                ran.changes.push(change);
                ran.changed = ran.changed.saturating_add(count);
            }
        }
    }
    Ok(())
}

/// A number of rows, in words.
pub(super) fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    }
}
