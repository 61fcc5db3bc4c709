//! A record as lists show it: the sealed bytes themselves, with its place in the chain.

use super::words;
use portcullis_firewall::{batch::StoredRecord, chain};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, value::RawValue};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

/// A record: its canonical bytes with `hash`, `prev_hash` and `chain_position` put in.
#[derive(Debug)]
pub(crate) struct Record(Box<RawValue>);

impl Record {
    /// A stored record as sealed JSON.
    ///
    /// # Errors
    /// When what is stored is no JSON object.
    pub(crate) fn of(record: &StoredRecord) -> Result<Self, serde_json::Error> {
        let sealed = sealed(record);
        // What cannot be joined is `null`, which is no record.
        let _: Map<String, Value> = serde_json::from_slice(&sealed)?;
        serde_json::from_slice(&sealed).map(Self)
    }
}

/// The sealed JSON of a record.
pub(crate) fn sealed(record: &StoredRecord) -> Vec<u8> {
    chain::join(
        &record.payload,
        record.seq,
        record.prev.as_ref(),
        &record.hash,
    )
}

/// The members of a record, for formats that take it apart; empty when it is no object.
pub(crate) fn members(record: &StoredRecord) -> Map<String, Value> {
    serde_json::from_slice(&sealed(record)).unwrap_or_default()
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl PartialSchema for Record {
    fn schema() -> RefOr<Schema> {
        RecordShape::schema()
    }
}

impl ToSchema for Record {
    fn name() -> std::borrow::Cow<'static, str> {
        "Record".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        RecordShape::schemas(schemas);
    }
}

/// One sealed entry of the tenant's chain. Which members there are depends on `record_type`;
/// those of a decision are listed. `hash` is SHA-256 over the canonical JSON (RFC 8785) of the
/// record without `hash`, `prev_hash` and `chain_position`, followed by `prev_hash`.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "only described: records are shown as they were sealed"
)]
struct RecordShape {
    /// Its number, from 1 without gaps.
    seq: u64,
    /// The same as `seq`.
    chain_position: u64,
    /// Its hash.
    hash: String,
    /// The hash of the record before; `0` for the first.
    prev_hash: String,
    /// When.
    timestamp: String,
    /// What it tells.
    #[schema(value_type = words::RecordType)]
    record_type: String,
    /// Who did it, e.g. `agent:agt_…` or `operator:key_…`.
    actor: String,
    /// Whose chain.
    tenant_id: String,
    /// The agent it is about.
    agent_id: Option<String>,
    /// What was asked.
    action_type: Option<String>,
    /// On what.
    target_service: Option<String>,
    /// Where.
    environment: Option<String>,
    /// With what.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
    /// The agent's own words.
    reasoning: Option<String>,
    /// What was enforced.
    #[schema(value_type = Option<words::Verdict>)]
    verdict: Option<String>,
    /// Who decides.
    #[schema(value_type = Option<words::Tier>)]
    tier: Option<String>,
    /// How risky it is, 0 to 5.
    risk_tier: Option<u8>,
    /// What would have been enforced without audit-only mode and log-only policies.
    #[schema(value_type = Option<words::Verdict>)]
    would_verdict: Option<String>,
    /// Why, in one text.
    decision_reasoning: Option<String>,
    /// The rule that a BLOCKED verdict names.
    rule_violated: Option<String>,
    /// The policies that changed the outcome.
    policies_fired: Option<Vec<String>>,
    /// What the agent brought as evidence.
    #[schema(value_type = Option<Vec<Object>>)]
    evidence: Option<Vec<Value>>,
    /// The record this one is about, e.g. the decision of an outcome.
    parent_seq: Option<u64>,
}
