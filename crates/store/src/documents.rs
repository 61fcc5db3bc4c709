//! Reads and writes documents: a narrow row that finds each, and its body elsewhere.

use crate::{columns, fault::Fault, place::TenantNumber, tenants};
use portcullis_firewall::{
    batch::{Document, DocumentKind},
    query::DocumentQuery,
};
use portcullis_policy::id::TenantId;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter, types::Value};
use std::cmp::Ordering;

/// One document.
pub(crate) fn one(
    conn: &Connection,
    tenant: &TenantId,
    kind: DocumentKind,
    id: &str,
) -> Result<Option<Document>, Fault> {
    tenants::find(conn, tenant)?.map_or(Ok(None), |tenant| fetch(conn, tenant.number, kind, id))
}

fn fetch(
    conn: &Connection,
    tenant: TenantNumber,
    kind: DocumentKind,
    id: &str,
) -> Result<Option<Document>, Fault> {
    let mut statement = conn.prepare_cached(
        "SELECT kind, id, status, agent, at_ms, body_at FROM documents
         WHERE tenant = ? AND kind = ? AND id = ?",
    )?;
    let mut rows = statement.query(params![tenant, kind.as_str(), id])?;
    rows.next()?.map(|row| document(conn, row)).transpose()
}

fn document(conn: &Connection, row: &Row<'_>) -> Result<Document, Fault> {
    let id: String = row.get(1)?;
    Ok(Document {
        kind: columns::document_kind(&row.get::<_, String>(0)?)?,
        status: row.get(2)?,
        agent: row.get(3)?,
        at: columns::moment(row.get(4)?)?,
        body: body(conn, &id, row.get(5)?)?,
        id,
    })
}

/// The wide part of a document.
///
/// Fails closed: a document without its body is an error, not a shorter list.
fn body(conn: &Connection, id: &str, number: i64) -> Result<Vec<u8>, Fault> {
    conn.prepare_cached("SELECT body FROM bodies WHERE number = ?")?
        .query_row([number], |row| row.get(0))
        .optional()?
        .ok_or_else(|| missing(id))
}

fn missing(id: &str) -> Fault {
    Fault::Unreadable(format!("the body of document `{id}` is missing"))
}

/// Writes a document in place of an earlier one of the same kind and id.
pub(crate) fn put(tx: &Connection, tenant: TenantNumber, new: &Document) -> Result<(), Fault> {
    let kept = place(tx, tenant, new.kind, &new.id)?;
    let body_at = if let Some(number) = kept {
        let changed = tx
            .prepare_cached("UPDATE bodies SET body = ? WHERE number = ?")?
            .execute(params![new.body, number])?;
        if changed != 1 {
            return Err(missing(&new.id));
        }
        number
    } else {
        tx.prepare_cached("INSERT INTO bodies (body) VALUES (?)")?
            .insert([&new.body])?
    };
    tx.prepare_cached(
        "INSERT INTO documents (tenant, kind, id, status, agent, at_ms, body_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, kind, id) DO UPDATE SET
             status = excluded.status, agent = excluded.agent, at_ms = excluded.at_ms",
    )?
    .execute(params![
        tenant,
        new.kind.as_str(),
        new.id,
        new.status,
        new.agent,
        columns::ms(new.at),
        body_at,
    ])?;
    Ok(())
}

/// Ends a document; one that is not there ends as well.
pub(crate) fn remove(
    tx: &Connection,
    tenant: TenantNumber,
    kind: DocumentKind,
    id: &str,
) -> Result<(), Fault> {
    let Some(number) = place(tx, tenant, kind, id)? else {
        return Ok(());
    };
    tx.prepare_cached("DELETE FROM documents WHERE tenant = ? AND kind = ? AND id = ?")?
        .execute(params![tenant, kind.as_str(), id])?;
    tx.prepare_cached("DELETE FROM bodies WHERE number = ?")?
        .execute([number])?;
    Ok(())
}

/// Where the body of a document is.
fn place(
    conn: &Connection,
    tenant: TenantNumber,
    kind: DocumentKind,
    id: &str,
) -> Result<Option<i64>, Fault> {
    let place = conn
        .prepare_cached("SELECT body_at FROM documents WHERE tenant = ? AND kind = ? AND id = ?")?
        .query_row(params![tenant, kind.as_str(), id], |row| row.get(0))
        .optional()?;
    Ok(place)
}

/// The documents a query asks for.
///
/// The index knows their order within each status; the lists of several statuses are merged here,
/// and bodies are read for what remains.
pub(crate) fn list(
    conn: &Connection,
    tenant: &TenantId,
    query: &DocumentQuery,
) -> Result<Vec<Document>, Fault> {
    let Some(tenant) = tenants::find(conn, tenant)? else {
        return Ok(Vec::new());
    };
    let tenant = tenant.number;
    let statuses = match query.statuses.as_slice() {
        [] => statuses(conn, tenant, query.kind)?,
        asked => asked.to_vec(),
    };
    let mut matches = Vec::new();
    for status in &statuses {
        matches.extend(matching(conn, tenant, query, status)?);
    }
    // A status that was asked for twice counts once.
    matches.sort_unstable_by(newest_first);
    matches.dedup();
    let mut chosen: Vec<_> = matches
        .into_iter()
        .skip(query.offset)
        .take(query.limit)
        .collect();
    // Rows lie in the order of ids; a long list reads along them.
    chosen.sort_unstable_by(|(_, id), (_, other)| id.cmp(other));
    let read = chosen
        .iter()
        .map(|(_, id)| fetch(conn, tenant, query.kind, id));
    let mut documents: Vec<_> = read
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    documents.sort_by(|a: &Document, b: &Document| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
    Ok(documents)
}

type Match = (i64, String);

/// The order of lists: by time, newest first, then by id.
fn newest_first((at, id): &Match, (other_at, other_id): &Match) -> Ordering {
    other_at.cmp(at).then_with(|| id.cmp(other_id))
}

/// Every status that documents of a kind have, hopping from one to the next in the index.
fn statuses(
    conn: &Connection,
    tenant: TenantNumber,
    kind: DocumentKind,
) -> Result<Vec<String>, Fault> {
    let mut first = conn.prepare_cached(
        "SELECT status FROM documents WHERE tenant = ? AND kind = ? ORDER BY status LIMIT 1",
    )?;
    let mut next = conn.prepare_cached(
        "SELECT status FROM documents WHERE tenant = ? AND kind = ? AND status > ?
         ORDER BY status LIMIT 1",
    )?;
    let kind = kind.as_str();
    let mut statuses: Vec<String> = Vec::new();
    let mut found: Option<String> = first
        .query_row(params![tenant, kind], |row| row.get(0))
        .optional()?;
    while let Some(status) = found {
        found = next
            .query_row(params![tenant, kind, status], |row| row.get(0))
            .optional()?;
        statuses.push(status);
    }
    Ok(statuses)
}

/// Time and id of the first documents with a status that match.
fn matching(
    conn: &Connection,
    tenant: TenantNumber,
    query: &DocumentQuery,
    status: &str,
) -> Result<Vec<Match>, Fault> {
    let (sql, values) = search(tenant, query, status);
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut matches = Vec::new();
    while let Some(row) = rows.next()? {
        matches.push((row.get(0)?, row.get(1)?));
    }
    Ok(matches)
}

/// The statement for a query and what goes into it.
fn search(tenant: TenantNumber, query: &DocumentQuery, status: &str) -> (String, Vec<Value>) {
    let mut sql = String::from(
        "SELECT at_ms, id FROM documents INDEXED BY documents_by_status
         WHERE tenant = ? AND kind = ? AND status = ?",
    );
    let text = |text: &str| Value::from(text.to_owned());
    let mut values = vec![tenant.into(), text(query.kind.as_str()), text(status)];
    let conditions = [
        (
            " AND at_ms >= ?",
            query.since.map(|at| columns::ms_not_before(at).into()),
        ),
        (
            " AND at_ms < ?",
            query.until.map(|at| columns::ms_not_before(at).into()),
        ),
        (" AND agent = ?", query.agent.as_deref().map(text)),
    ];
    for (condition, value) in conditions {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(value);
        }
    }
    sql.push_str(" ORDER BY at_ms DESC, id LIMIT ?");
    values.push(columns::count(query.offset.saturating_add(query.limit)).into());
    (sql, values)
}
