//! Everything that proves who decided about what, in forms that other tools verify.

use super::{Firewall, InclusionProof, audit::inclusion_in, replay};
use crate::{
    approval::Approval,
    batch::{RecordKind, StoredRecord},
    dsse::{self, Envelope},
    error::GateError,
    freeze,
    hold::{Hold, HoldStatus},
    principal::Principal,
    query::RecordQuery,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

/// The evidence of one decided hold. With the gate's public key it can be verified without the
/// gate.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// The form of this bundle.
    pub version: u8,
    /// Whose tenant.
    pub tenant: String,
    /// Which hold.
    pub hold: String,
    /// How it ended.
    pub status: HoldStatus,
    /// The action, to the letter.
    pub action: ActionEvidence,
    /// Everybody's yes, each an in-toto statement about the action in a DSSE envelope.
    pub approvals: Vec<Envelope>,
    /// The no that ended it.
    pub rejection: Option<Envelope>,
    /// Why people had to decide: every reason of the rules, as in the record.
    pub rule_trace: Value,
    /// The record of the HELD verdict.
    pub decision: RecordEvidence,
    /// The record of how the hold ended.
    pub outcome: RecordEvidence,
    /// The tree that both are in, as a signed note (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The gate's public key: what it is called in envelopes, and its 32 bytes in base64.
    pub key: (String, String),
}

/// An action with what its digest is over.
#[derive(Clone, Debug, Serialize)]
pub struct ActionEvidence {
    /// What goes before the canonical bytes when they are digested.
    pub domain: &'static str,
    /// The canonical bytes (RFC 8785), as text; absent when parts of the action are hidden, for
    /// they are not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// SHA-256 over both, as hex.
    pub sha256: String,
}

/// A record with the proof that it is in the tree.
#[derive(Clone, Debug, Serialize)]
pub struct RecordEvidence {
    /// Its canonical bytes, as they are.
    pub record: Box<RawValue>,
    /// The hash of the record before it.
    pub prev_hash: Option<String>,
    /// Its own hash.
    pub hash: String,
    /// The way to the root.
    pub inclusion: InclusionProof,
}

impl Firewall {
    /// The evidence of a decided hold.
    ///
    /// *Fails closed:* a record that no longer gives the digest that people approved is no
    /// evidence.
    ///
    /// # Errors
    /// [`GateError::NotFound`]; [`GateError::Conflict`] while it waits;
    /// [`GateError::Unavailable`] when records do not fit together.
    pub async fn evidence(&self, principal: &Principal, hold: &str) -> Result<Evidence, GateError> {
        let hold = self.hold(principal, hold).await?;
        if hold.status == HoldStatus::Held {
            let message = "there is evidence when it is decided";
            return Err(GateError::conflict("hold.not_decided", message));
        }
        let held = self.record_at(&principal.tenant, hold.seq).await?;
        let ended = self.ending_of(principal, &hold).await?;
        let frozen = replay::frozen_in(&held)?;
        if frozen
            .as_ref()
            .is_some_and(|frozen| frozen.digest != hold.action_digest)
        {
            let message = "the record and the hold are about different actions";
            return Err(GateError::Unavailable(message.to_owned()));
        }
        let payload: Value = serde_json::from_slice(&held.payload)
            .map_err(|error| GateError::Unavailable(format!("an unreadable record: {error}")))?;
        let (hashes, checkpoint) = self.tree(principal).await?;
        let key = self.house.signing_key.public_key();
        let record = |record: StoredRecord| {
            let inclusion = inclusion_in(&hashes, record.seq)?;
            record_evidence(record, inclusion)
        };
        let said = |approval: &Approval| approval.statement.clone();
        Ok(Evidence {
            version: 1,
            tenant: principal.tenant.to_string(),
            hold: hold.id.clone(),
            status: hold.status,
            action: ActionEvidence {
                domain: freeze::DOMAIN,
                canonical: frozen.map(|frozen| String::from_utf8_lossy(&frozen.bytes).into_owned()),
                sha256: hold.action_digest.to_string(),
            },
            approvals: hold.approvals.iter().map(said).collect(),
            rejection: hold.rejection.as_ref().map(said),
            rule_trace: payload.get("reasons").cloned().unwrap_or(Value::Null),
            decision: record(held)?,
            outcome: record(ended)?,
            checkpoint,
            key: (dsse::key_id(&key), STANDARD.encode(key.as_bytes())),
        })
    }

    /// The record of how a hold ended.
    async fn ending_of(
        &self,
        principal: &Principal,
        hold: &Hold,
    ) -> Result<StoredRecord, GateError> {
        let at = hold.decided_at.unwrap_or(hold.timeout_at);
        let query = RecordQuery {
            since: Some(at),
            until: at.checked_add(SignedDuration::from_millis(1)).ok(),
            agent: Some(hold.agent_id.to_string()),
            kind: Some(RecordKind::HoldOutcome),
            limit: usize::MAX,
            ..RecordQuery::default()
        };
        let records = self.ledger.records(&principal.tenant, query).await?;
        let is_it = |record: &StoredRecord| {
            let payload: Value = serde_json::from_slice(&record.payload).unwrap_or_default();
            let says = |key: &str| payload.get(key).and_then(Value::as_str);
            says("hold_id") == Some(&hold.id) && says("status") == Some(hold.status.as_str())
        };
        let missing = || {
            let message = format!("the end of hold `{}` is not on record yet", hold.id);
            GateError::conflict("hold.not_recorded", message)
        };
        records.into_iter().find(is_it).ok_or_else(missing)
    }
}

fn record_evidence(
    record: StoredRecord,
    inclusion: InclusionProof,
) -> Result<RecordEvidence, GateError> {
    let unreadable = || GateError::Unavailable(format!("record {} is unreadable", record.seq));
    let text = String::from_utf8(record.payload).map_err(|_| unreadable())?;
    Ok(RecordEvidence {
        record: RawValue::from_string(text).map_err(|_| unreadable())?,
        prev_hash: record.prev.map(|hash| hash.to_string()),
        hash: record.hash.to_string(),
        inclusion,
    })
}
