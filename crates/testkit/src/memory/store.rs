//! What a ledger holds and how it answers, said as plainly as possible.

use portcullis_firewall::{
    batch::{Batch, Document, DocumentKind, Head, StoredRecord},
    chain::Hash,
    ports::LedgerError,
    query::{DocumentQuery, RecordQuery},
};
use portcullis_policy::id::TenantId;
use std::collections::BTreeMap;

/// Every tenant's things.
#[derive(Debug, Default)]
pub(super) struct Store {
    tenants: BTreeMap<TenantId, Holdings>,
}

#[derive(Debug, Default)]
struct Holdings {
    records: Vec<StoredRecord>,
    documents: BTreeMap<(DocumentKind, String), Document>,
}

impl Store {
    pub(super) fn commit(&mut self, batch: Batch) -> Result<(), LedgerError> {
        if self.head(&batch.tenant) != batch.expected {
            return Err(LedgerError::Moved);
        }
        continues(&batch)?;
        let holdings = self.tenants.entry(batch.tenant).or_default();
        holdings.records.extend(batch.records);
        for removal in &batch.removals {
            holdings.documents.remove(removal);
        }
        for document in batch.documents {
            holdings
                .documents
                .insert((document.kind, document.id.clone()), document);
        }
        Ok(())
    }

    pub(super) fn head(&self, tenant: &TenantId) -> Head {
        let last = self.records_of(tenant).last();
        last.map_or(Head::EMPTY, |record| Head {
            seq: record.seq,
            hash: Some(record.hash),
        })
    }

    pub(super) fn records(&self, tenant: &TenantId, query: &RecordQuery) -> Vec<StoredRecord> {
        let found = self
            .records_of(tenant)
            .iter()
            .filter(|record| matches(query, record));
        let page = |found: &mut dyn Iterator<Item = &StoredRecord>| {
            found
                .skip(query.offset)
                .take(query.limit)
                .cloned()
                .collect()
        };
        if query.newest_first {
            page(&mut found.rev())
        } else {
            page(&mut { found })
        }
    }

    pub(super) fn effects(
        &self,
        tenant: &TenantId,
        after: u64,
        limit: usize,
    ) -> Vec<(u64, Vec<u8>)> {
        let later = self
            .records_of(tenant)
            .iter()
            .filter(|record| record.seq > after);
        later
            .take(limit)
            .map(|record| (record.seq, record.effects.clone()))
            .collect()
    }

    pub(super) fn hashes(&self, tenant: &TenantId, first: u64, count: usize) -> Vec<Hash> {
        let later = self
            .records_of(tenant)
            .iter()
            .filter(|record| record.seq >= first);
        later.take(count).map(|record| record.hash).collect()
    }

    pub(super) fn document(
        &self,
        tenant: &TenantId,
        kind: DocumentKind,
        id: &str,
    ) -> Option<Document> {
        self.tenants
            .get(tenant)?
            .documents
            .get(&(kind, id.to_owned()))
            .cloned()
    }

    pub(super) fn documents(&self, tenant: &TenantId, query: &DocumentQuery) -> Vec<Document> {
        let all = self
            .tenants
            .get(tenant)
            .into_iter()
            .flat_map(|h| h.documents.values());
        let mut found: Vec<&Document> = all.filter(|document| fits(query, document)).collect();
        found.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
        found
            .into_iter()
            .skip(query.offset)
            .take(query.limit)
            .cloned()
            .collect()
    }

    pub(super) fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.tenants.values().flat_map(|held| {
            let records = held.records.iter();
            let records = records.flat_map(|one| [one.payload.as_slice(), one.effects.as_slice()]);
            records.chain(held.documents.values().map(|one| one.body.as_slice()))
        })
    }

    pub(super) fn tenants(&self) -> Vec<TenantId> {
        let used = |h: &Holdings| !h.records.is_empty() || !h.documents.is_empty();
        let tenants = self.tenants.iter().filter(|(_, holdings)| used(holdings));
        tenants.map(|(tenant, _)| tenant.clone()).collect()
    }

    pub(super) fn record_mut(&mut self, tenant: &TenantId, seq: u64) -> Option<&mut StoredRecord> {
        let holdings = self.tenants.get_mut(tenant)?;
        holdings.records.iter_mut().find(|record| record.seq == seq)
    }

    pub(super) fn document_mut(
        &mut self,
        tenant: &TenantId,
        (kind, id): (DocumentKind, &str),
    ) -> Option<&mut Document> {
        let holdings = self.tenants.get_mut(tenant)?;
        holdings.documents.get_mut(&(kind, id.to_owned()))
    }

    fn records_of(&self, tenant: &TenantId) -> &[StoredRecord] {
        self.tenants
            .get(tenant)
            .map_or(&[], |holdings| &holdings.records)
    }
}

/// Whether every record of a batch names the one before it.
fn continues(batch: &Batch) -> Result<(), LedgerError> {
    let mut head = batch.expected.clone();
    for record in &batch.records {
        if Some(record.seq) != head.seq.checked_add(1) || record.prev != head.hash {
            let seq = record.seq;
            let why = format!("record {seq} does not continue the chain");
            return Err(LedgerError::Unavailable(why));
        }
        head = Head {
            seq: record.seq,
            hash: Some(record.hash),
        };
    }
    Ok(())
}

fn matches(query: &RecordQuery, record: &StoredRecord) -> bool {
    let in_order = match (query.beyond, query.newest_first) {
        (0, _) => true,
        (beyond, true) => record.seq < beyond,
        (beyond, false) => record.seq > beyond,
    };
    in_order
        && query.since.is_none_or(|since| record.at >= since)
        && query.until.is_none_or(|until| record.at < until)
        && query
            .agent
            .as_ref()
            .is_none_or(|agent| record.agent == *agent)
        && query
            .verdict
            .is_none_or(|verdict| record.verdict == Some(verdict))
        && query.tier.is_none_or(|tier| record.tier == Some(tier))
        && query
            .action_type
            .as_ref()
            .is_none_or(|wanted| record.action_type == *wanted)
        && query.kind.is_none_or(|kind| record.kind == kind)
}

fn fits(query: &DocumentQuery, document: &Document) -> bool {
    document.kind == query.kind
        && (query.statuses.is_empty() || query.statuses.contains(&document.status))
        && query
            .agent
            .as_ref()
            .is_none_or(|agent| document.agent == *agent)
        && query.since.is_none_or(|since| document.at >= since)
        && query.until.is_none_or(|until| document.at < until)
}
