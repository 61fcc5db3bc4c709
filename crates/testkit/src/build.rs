//! Records, batches, documents and leases for tests.

use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::{
    batch::{Batch, Document, DocumentKind, Head, RecordKind, StoredRecord},
    chain::{self, Hash},
    digest::ActionDigest,
    lease::{LeaseAsk, Served},
    scope::{Mode, Scope},
};
use portcullis_policy::{
    id::{AgentId, SessionId, TenantId, WorkspaceId},
    tier::{Tier, Verdict},
};
use std::fmt::LowerHex;

/// A tenant's id.
///
/// # Panics
/// When the text is no id.
#[must_use]
pub fn tenant(name: &str) -> TenantId {
    TenantId::new(name).expect("a tenant's id")
}

/// A moment from its milliseconds since 1970.
///
/// # Panics
/// When it is out of range.
#[must_use]
pub fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("a moment in range")
}

/// A scope to read at the provider `here`, which nothing narrows; change what the test is about.
#[must_use]
pub fn scope() -> Scope {
    Scope {
        name: "orders".to_owned(),
        description: String::new(),
        provider: "here".to_owned(),
        environment: "staging".into(),
        mode: Mode::Read,
        filters: serde_json::Map::new(),
    }
}

/// A credential that looks, asked for in the tenant `acme` for a quarter of an hour; change what the
/// test is about.
///
/// # Panics
/// Never: its ids are ids.
#[must_use]
pub fn lease_ask(scope: Scope, number: impl LowerHex, asked_at: Timestamp) -> LeaseAsk {
    LeaseAsk {
        id: format!("lse_{number:032x}"),
        tenant: tenant("acme"),
        workspace: WorkspaceId::new("default").expect("an id"),
        session: SessionId::new("ses_1").expect("an id"),
        agent: AgentId::new("agt_1").expect("an id"),
        scope,
        mode: Mode::Read,
        action: Served {
            seq: 7,
            digest: ActionDigest::new([1; 32]),
            action_type: "orders.find".to_owned(),
            target: "orders".to_owned(),
            hold: None,
        },
        personal: None,
        asked_at,
        ends_at: asked_at + SignedDuration::from_mins(15),
    }
}

/// An active document; change what the test is about.
#[must_use]
pub fn document(kind: DocumentKind, id: &str) -> Document {
    Document {
        kind,
        id: id.to_owned(),
        status: "active".to_owned(),
        agent: String::new(),
        at: ChainBuilder::START,
        body: format!(r#"{{"id":"{id}"}}"#).into_bytes(),
    }
}

/// Makes the next records of a chain, each a second after the one before.
///
/// They are sealed as the firewall seals them, but their payloads say nothing.
#[derive(Clone, Debug)]
pub struct ChainBuilder {
    tenant: TenantId,
    head: Head,
    at: Timestamp,
}

impl ChainBuilder {
    /// When the first record of every chain is made: 2026-04-10T14:32:01.007Z.
    pub const START: Timestamp = Timestamp::constant(1_775_831_521, 7_000_000);

    /// A chain without records.
    #[must_use]
    pub fn new(tenant_name: &str) -> Self {
        Self::after(tenant_name, Head::EMPTY)
    }

    /// A chain that ends here already.
    #[must_use]
    pub fn after(tenant_name: &str, head: Head) -> Self {
        Self {
            tenant: tenant(tenant_name),
            head,
            at: Self::START,
        }
    }

    /// Whose chain.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Where the chain ends, when everything made so far is written.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// The next record: a cleared decision.
    #[must_use]
    pub fn record(&mut self) -> StoredRecord {
        self.record_with(|_| ())
    }

    /// The next record, changed before it is linked.
    #[must_use]
    pub fn record_with(&mut self, change: impl FnOnce(&mut StoredRecord)) -> StoredRecord {
        let seq = self.head.seq.saturating_add(1);
        let mut record = StoredRecord {
            seq,
            at: self.at,
            kind: RecordKind::Decision,
            agent: "agent-1".to_owned(),
            action_type: "restart_service".to_owned(),
            verdict: Some(Verdict::Cleared),
            tier: Some(Tier::A),
            payload: format!(r#"{{"seq":{seq}}}"#).into_bytes(),
            prev: self.head.hash,
            hash: Hash::new([0; 32]),
            effects: format!(r#"{{"d":{seq}}}"#).into_bytes(),
        };
        change(&mut record);
        record.hash = chain::seal(&record.payload, record.prev.as_ref());
        self.head = Head {
            seq: record.seq,
            hash: Some(record.hash),
        };
        self.at = record
            .at
            .checked_add(SignedDuration::from_secs(1))
            .expect("a moment in range");
        record
    }

    /// A batch without records where the chain ends.
    #[must_use]
    pub fn empty(&self) -> Batch {
        Batch::new(self.tenant.clone(), self.head.clone())
    }

    /// A batch with the next `count` records.
    #[must_use]
    pub fn batch(&mut self, count: usize) -> Batch {
        let mut batch = self.empty();
        batch.records = (0..count).map(|_| self.record()).collect();
        batch
    }

    /// A batch with the next record, changed before it is linked.
    #[must_use]
    pub fn batch_with(&mut self, change: impl FnOnce(&mut StoredRecord)) -> Batch {
        let mut batch = self.empty();
        batch.records.push(self.record_with(change));
        batch
    }
}
