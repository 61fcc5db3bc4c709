//! Writes one batch into an open transaction.

use crate::{
    columns, documents,
    fault::Fault,
    place::TenantNumber,
    records::{self, Last},
    tenants::{self, Enrolled},
};
use portcullis_firewall::batch::{Batch, Head, StoredRecord};
use rusqlite::{Connection, params};

/// Writes a batch where its tenant's chain ends.
///
/// Fails closed: when the chain does not end where the batch expects, or the batch has a gap, there
/// is an error; the caller undoes what was written before it.
pub(crate) fn append(tx: &Connection, batch: &Batch) -> Result<(), Fault> {
    let enrolled = tenants::find(tx, &batch.tenant)?;
    let last = enrolled.map_or(Ok(None), |tenant| records::last(tx, tenant.number))?;
    if last.as_ref().map_or(Head::EMPTY, Last::head) != batch.expected {
        return Err(Fault::Moved);
    }
    continues(&batch.expected, &batch.records)?;
    if batch.is_empty() {
        return Ok(());
    }
    let tenant = enrolled.map_or_else(|| tenants::enrol(tx, &batch.tenant), Ok)?;
    for record in &batch.records {
        insert_record(tx, tenant.number, record)?;
    }
    watch_time(tx, tenant, last.as_ref(), &batch.records)?;
    for (kind, id) in &batch.removals {
        documents::remove(tx, tenant.number, *kind, id)?;
    }
    for document in &batch.documents {
        documents::put(tx, tenant.number, document)?;
    }
    Ok(())
}

/// Whether every record names the one before it.
fn continues(expected: &Head, records: &[StoredRecord]) -> Result<(), Fault> {
    let mut seq = expected.seq;
    let mut hash = expected.hash;
    for record in records {
        if Some(record.seq) != seq.checked_add(1) || record.prev != hash {
            return Err(Fault::Misfit(record.seq));
        }
        seq = record.seq;
        hash = Some(record.hash);
    }
    Ok(())
}

/// Notes when a record is older than the one before it.
fn watch_time(
    tx: &Connection,
    tenant: Enrolled,
    last: Option<&Last>,
    records: &[StoredRecord],
) -> Result<(), Fault> {
    let times = last.map(|last| last.at_ms).into_iter();
    let times = times.chain(records.iter().map(|record| columns::ms(record.at)));
    if tenant.steady && !times.is_sorted() {
        tenants::unsettle(tx, tenant.number)?;
    }
    Ok(())
}

fn insert_record(
    tx: &Connection,
    tenant: TenantNumber,
    record: &StoredRecord,
) -> Result<(), Fault> {
    let prev = record.prev.as_ref().map(|hash| hash.as_bytes().as_slice());
    let payload_at = tx
        .prepare_cached("INSERT INTO payloads (prev, payload) VALUES (?, ?)")?
        .insert(params![prev, record.payload])?;
    tx.prepare_cached("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?
        .execute(params![
            tenant.place(record.seq)?,
            payload_at,
            columns::ms(record.at),
            record.kind.as_str(),
            record.verdict.map(|verdict| verdict.as_str()),
            record.tier.map(|tier| tier.as_str()),
            record.agent,
            record.action_type,
            record.hash.as_bytes().as_slice(),
            record.effects,
        ])?;
    Ok(())
}
