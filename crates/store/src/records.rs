//! Reads along a chain.

use crate::{
    columns,
    fault::Fault,
    place::{self, TenantNumber},
    tenants::{self, Enrolled},
};
use portcullis_firewall::{
    batch::{Head, StoredRecord},
    chain::Hash,
    query::RecordQuery,
};
use portcullis_policy::id::TenantId;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter, types::Value};

/// The last record of a chain, as far as the next one must know it.
#[derive(Debug)]
pub(crate) struct Last {
    /// Its number.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) hash: Hash,
    /// Its time.
    pub(crate) at_ms: i64,
}

impl Last {
    /// The end of the chain.
    pub(crate) const fn head(&self) -> Head {
        Head {
            seq: self.seq,
            hash: Some(self.hash),
        }
    }
}

/// The last record of a chain.
pub(crate) fn last(conn: &Connection, tenant: TenantNumber) -> Result<Option<Last>, Fault> {
    let places = tenant.places(0, u64::MAX);
    let mut statement = conn.prepare_cached(
        "SELECT place, hash, at_ms FROM records WHERE place BETWEEN ? AND ?
         ORDER BY place DESC LIMIT 1",
    )?;
    let mut rows = statement.query((places.start(), places.end()))?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(Some(Last {
        seq: place::seq(row.get(0)?),
        hash: columns::hash(blob(row, 1)?)?,
        at_ms: row.get(2)?,
    }))
}

/// The end of a tenant's chain.
pub(crate) fn head(conn: &Connection, tenant: &TenantId) -> Result<Head, Fault> {
    let Some(tenant) = tenants::find(conn, tenant)? else {
        return Ok(Head::EMPTY);
    };
    Ok(last(conn, tenant.number)?.map_or(Head::EMPTY, |last| last.head()))
}

/// The records a query asks for: the narrow rows that match, then the payload of each.
pub(crate) fn list(
    conn: &Connection,
    tenant: &TenantId,
    query: &RecordQuery,
) -> Result<Vec<StoredRecord>, Fault> {
    let Some(tenant) = tenants::find(conn, tenant)? else {
        return Ok(Vec::new());
    };
    let (sql, values) = search(conn, tenant, query)?;
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(record(conn, row)?);
    }
    Ok(records)
}

/// The statement for a query and what goes into it.
fn search(
    conn: &Connection,
    tenant: Enrolled,
    query: &RecordQuery,
) -> Result<(String, Vec<Value>), Fault> {
    let (first, last) = bounds(conn, tenant, query)?;
    let places = tenant.number.places(first, last);
    let mut sql = String::from(
        "SELECT place, payload_at, at_ms, kind, verdict, tier, agent, action_type, hash, effects
         FROM records WHERE place BETWEEN ? AND ?",
    );
    let mut values = vec![Value::from(*places.start()), Value::from(*places.end())];
    for (condition, value) in conditions(query) {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(value);
        }
    }
    let order = if query.newest_first { "DESC" } else { "ASC" };
    sql.push_str(" ORDER BY place ");
    sql.push_str(order);
    sql.push_str(" LIMIT ? OFFSET ?");
    values.push(columns::count(query.limit).into());
    values.push(columns::count(query.offset).into());
    Ok((sql, values))
}

fn conditions(query: &RecordQuery) -> [(&'static str, Option<Value>); 7] {
    let text = |text: &str| Value::from(text.to_owned());
    [
        (
            " AND at_ms >= ?",
            query.since.map(|at| columns::ms_not_before(at).into()),
        ),
        (
            " AND at_ms < ?",
            query.until.map(|at| columns::ms_not_before(at).into()),
        ),
        (" AND agent = ?", query.agent.as_deref().map(text)),
        (
            " AND action_type = ?",
            query.action_type.as_deref().map(text),
        ),
        (
            " AND verdict = ?",
            query.verdict.map(|verdict| text(verdict.as_str())),
        ),
        (" AND tier = ?", query.tier.map(|tier| text(tier.as_str()))),
        (" AND kind = ?", query.kind.map(|kind| text(kind.as_str()))),
    ]
}

/// The first and the last number a query can match.
fn bounds(conn: &Connection, tenant: Enrolled, query: &RecordQuery) -> Result<(u64, u64), Fault> {
    let (mut first, mut last) = match (query.beyond, query.newest_first) {
        (0, _) => (1, u64::MAX),
        (beyond, true) => (1, beyond.saturating_sub(1)),
        (beyond, false) => (beyond.saturating_add(1), u64::MAX),
    };
    // INVARIANT: in a steady chain times never go back, so that a time is found by halving.
    if tenant.steady {
        if let Some(since) = query.since {
            let ms = columns::ms_not_before(since);
            first = first.max(first_not_before(conn, tenant.number, ms)?);
        }
        if let Some(until) = query.until {
            let ms = columns::ms_not_before(until);
            last = last.min(first_not_before(conn, tenant.number, ms)?.saturating_sub(1));
        }
    }
    Ok((first, last))
}

/// The number of the first record that is not before a moment; one past the end if there is none.
fn first_not_before(conn: &Connection, tenant: TenantNumber, ms: i64) -> Result<u64, Fault> {
    let Some(end) = last(conn, tenant)? else {
        return Ok(1);
    };
    let (mut low, mut high) = (1, end.seq.saturating_add(1));
    while low < high {
        let middle = low.midpoint(high);
        if at(conn, tenant, middle)?.is_some_and(|at| at < ms) {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// The time of a record, or of the next one that exists.
fn at(conn: &Connection, tenant: TenantNumber, seq: u64) -> Result<Option<i64>, Fault> {
    let places = tenant.places(seq, u64::MAX);
    let at = conn
        .prepare_cached(
            "SELECT at_ms FROM records WHERE place BETWEEN ? AND ? ORDER BY place LIMIT 1",
        )?
        .query_row((places.start(), places.end()), |row| row.get(0))
        .optional()?;
    Ok(at)
}

fn record(conn: &Connection, row: &Row<'_>) -> Result<StoredRecord, Fault> {
    let seq = place::seq(row.get(0)?);
    let (prev, payload) = payload(conn, seq, row.get(1)?)?;
    Ok(StoredRecord {
        seq,
        at: columns::moment(row.get(2)?)?,
        kind: columns::record_kind(&row.get::<_, String>(3)?)?,
        verdict: columns::verdict(row.get(4)?)?,
        tier: columns::tier(row.get(5)?)?,
        agent: row.get(6)?,
        action_type: row.get(7)?,
        hash: columns::hash(blob(row, 8)?)?,
        effects: row.get(9)?,
        prev,
        payload,
    })
}

/// The wide part of a record.
///
/// Fails closed: a record without its payload is an error, not a shorter list.
fn payload(conn: &Connection, seq: u64, number: i64) -> Result<(Option<Hash>, Vec<u8>), Fault> {
    let mut statement =
        conn.prepare_cached("SELECT prev, payload FROM payloads WHERE number = ?")?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else {
        return Err(Fault::Unreadable(format!(
            "the payload of record {seq} is missing"
        )));
    };
    let prev: Option<Vec<u8>> = row.get(0)?;
    let prev = prev.map(|bytes| columns::hash(&bytes)).transpose()?;
    Ok((prev, row.get(1)?))
}

/// The effects of the records after a number.
pub(crate) fn effects(
    conn: &Connection,
    tenant: &TenantId,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>, Fault> {
    let Some(tenant) = tenants::find(conn, tenant)? else {
        return Ok(Vec::new());
    };
    let places = tenant.number.places(after.saturating_add(1), u64::MAX);
    let mut statement = conn.prepare_cached(
        "SELECT place, effects FROM records WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?",
    )?;
    let mut rows = statement.query((places.start(), places.end(), columns::count(limit)))?;
    let mut effects = Vec::new();
    while let Some(row) = rows.next()? {
        effects.push((place::seq(row.get(0)?), row.get(1)?));
    }
    Ok(effects)
}

/// The hashes of `count` records from `first` on, as far as they exist.
///
/// Fails closed: a gap is an error, because the answer's order stands for the numbers.
pub(crate) fn hashes(
    conn: &Connection,
    tenant: &TenantId,
    first: u64,
    count: usize,
) -> Result<Vec<Hash>, Fault> {
    let Some(tenant) = tenants::find(conn, tenant)? else {
        return Ok(Vec::new());
    };
    let first = first.max(1);
    let places = tenant.number.places(first, u64::MAX);
    let mut statement = conn.prepare_cached(
        "SELECT place, hash FROM records WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?",
    )?;
    let mut rows = statement.query((places.start(), places.end(), columns::count(count)))?;
    let mut hashes = Vec::new();
    let mut expected = first;
    while let Some(row) = rows.next()? {
        if place::seq(row.get(0)?) != expected {
            return Err(Fault::Unreadable(format!("record {expected} is missing")));
        }
        hashes.push(columns::hash(blob(row, 1)?)?);
        expected = expected.saturating_add(1);
    }
    Ok(hashes)
}

/// The bytes of a column, still in SQLite's hands.
fn blob<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r [u8], Fault> {
    let value = row.get_ref(column)?;
    value
        .as_blob()
        .map_err(|error| Fault::Unreadable(error.to_string()))
}
