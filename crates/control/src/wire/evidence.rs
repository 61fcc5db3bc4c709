//! The evidence of a decided hold: the same bundle as the console gives, described.

use super::words;
use portcullis_firewall::firewall;
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

/// The bundle as the firewall puts it together: what is verified is what it wrote.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Evidence(firewall::Evidence);

impl From<firewall::Evidence> for Evidence {
    fn from(evidence: firewall::Evidence) -> Self {
        Self(evidence)
    }
}

impl PartialSchema for Evidence {
    fn schema() -> RefOr<Schema> {
        EvidenceShape::schema()
    }
}

impl ToSchema for Evidence {
    fn name() -> std::borrow::Cow<'static, str> {
        "Evidence".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        EvidenceShape::schemas(schemas);
    }
}

/// Everything that proves who decided about what. With the gate's public key it is verified without
/// the gate.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: a bundle is shown as it was made")]
struct EvidenceShape {
    /// The form of this bundle: 1.
    version: u8,
    /// Whose tenant.
    tenant: String,
    /// Which hold.
    hold: String,
    /// How it ended.
    #[schema(value_type = words::HoldStatus)]
    status: String,
    /// The action, to the letter.
    action: ActionEvidence,
    /// Everybody's yes: in-toto statements about the action.
    approvals: Vec<Envelope>,
    /// The no that ended it.
    rejection: Option<Envelope>,
    /// Why people had to decide: every reason of the rules, as in the record.
    rule_trace: Vec<Value>,
    /// The record of the HELD verdict.
    decision: RecordEvidence,
    /// The record of how the hold ended.
    outcome: RecordEvidence,
    /// The tree that both are in, as a signed note (C2SP tlog-checkpoint).
    checkpoint: String,
    /// What the gate's public key is called in envelopes, and its 32 bytes in base64.
    #[schema(min_items = 2, max_items = 2)]
    key: Vec<String>,
}

/// An action with what its digest is over.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described")]
struct ActionEvidence {
    /// What goes before the canonical bytes when they are digested.
    domain: String,
    /// The canonical bytes (RFC 8785), as text.
    canonical: String,
    /// SHA-256 over both, as hex.
    sha256: String,
}

/// A record with the proof that it is in the tree.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described")]
struct RecordEvidence {
    /// Its canonical bytes, as they are.
    record: Value,
    /// The hash of the record before it.
    prev_hash: Option<String>,
    /// Its own hash.
    hash: String,
    /// The way to the root (RFC 6962).
    inclusion: Inclusion,
}

/// The way from a record to the root of the tree.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described")]
struct Inclusion {
    /// The record.
    seq: u64,
    /// Its place in the tree, from 0.
    leaf_index: u64,
    /// Its hash; the leaf is made from its 32 bytes.
    record_hash: String,
    /// The size of the tree.
    tree_size: u64,
    /// The root of the tree.
    root_hash: String,
    /// The siblings, from the leaf up, in hex.
    hashes: Vec<String>,
}

/// A signed statement (DSSE 1.0).
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described")]
struct Envelope {
    /// The statement, in base64.
    payload: String,
    /// What it is: `application/vnd.in-toto+json`.
    #[schema(rename = "payloadType")]
    payload_type: String,
    /// Who signed it.
    signatures: Vec<Signed>,
}

/// One signature.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described")]
struct Signed {
    /// Which key: SHA-256 of the public key, as hex.
    keyid: String,
    /// The signature (Ed25519), in base64.
    sig: String,
}
