//! `/v1/audit`: proofs that anybody can check without trusting this gate.

use crate::{
    intake::{
        id::Numbered,
        query::{Asked, query},
    },
    rights::{Gate, Reader, Searcher},
};
use axum::{Json, extract::State, http::header, response::IntoResponse};
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::firewall;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(verify))
        .routes(routes!(consistency))
        .routes(routes!(checkpoint))
        .routes(routes!(key))
        .routes(routes!(inclusion))
}

query! {
    /// Which part of the chain; all of it when not given.
    pub(crate) struct Span {
        /// The first record.
        #[param(minimum = 1)]
        from: u64,
        /// The last record.
        #[param(minimum = 1)]
        to: u64,
    }
}

query! {
    /// Two sizes of the log.
    pub(crate) struct Sizes {
        /// The earlier size; required.
        #[param(minimum = 1, required = true)]
        from: u64,
        /// The later size; the present one when not given.
        #[param(minimum = 1)]
        to: u64,
    }
}

/// What walking over the chain found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verification {
    /// Whether nothing is wrong.
    pub valid: bool,
    /// How many records were looked at.
    pub records_checked: u64,
    /// The first of them.
    pub first_seq: Option<u64>,
    /// The last of them that fits.
    pub last_seq: Option<u64>,
    /// Its hash.
    pub head_hash: Option<String>,
    /// The first record that does not fit.
    pub first_invalid_seq: Option<u64>,
    /// In which way: `hash_mismatch`, `prev_mismatch`, `gap` or `duplicate`.
    pub error_kind: Option<String>,
    /// Whether records that were sealed since the gate opened are missing at the end.
    pub truncated: bool,
    /// The root of the Merkle tree, when the walk began at the first record.
    pub root_hash: Option<String>,
}

/// Proof that one record is in the tree (RFC 6962).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InclusionProof {
    /// The record.
    pub seq: u64,
    /// Its place in the tree, from 0.
    pub leaf_index: u64,
    /// Its hash; the leaf is made from its 32 bytes.
    pub record_hash: String,
    /// The size of the tree.
    pub tree_size: u64,
    /// The root of the tree.
    pub root_hash: String,
    /// The siblings, from the leaf up, in hex.
    pub hashes: Vec<String>,
}

/// Proof that a tree is the beginning of a later one (RFC 6962).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsistencyProof {
    /// The size of the earlier tree.
    pub from_size: u64,
    /// Its root.
    pub from_root: String,
    /// The size of the later tree.
    pub to_size: u64,
    /// Its root.
    pub to_root: String,
    /// The hashes of the proof, in hex.
    pub hashes: Vec<String>,
}

impl From<firewall::Verification> for Verification {
    fn from(verification: firewall::Verification) -> Self {
        let walk = &verification.walk;
        let kind = walk
            .error_kind
            .and_then(|kind| serde_json::to_value(kind).ok());
        Self {
            valid: verification.is_good(),
            records_checked: walk.records_checked,
            first_seq: walk.first_seq,
            last_seq: walk.last_seq,
            head_hash: walk.head_hash.map(|hash| hash.to_string()),
            first_invalid_seq: walk.first_invalid_seq,
            error_kind: kind.and_then(|kind| kind.as_str().map(str::to_owned)),
            truncated: verification.truncated,
            root_hash: verification.root.map(|root| root.to_string()),
        }
    }
}

impl From<firewall::InclusionProof> for InclusionProof {
    fn from(proof: firewall::InclusionProof) -> Self {
        Self {
            seq: proof.seq,
            leaf_index: proof.leaf_index,
            record_hash: proof.record_hash.to_string(),
            tree_size: proof.tree_size,
            root_hash: proof.root_hash.to_string(),
            hashes: proof.hashes.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<firewall::ConsistencyProof> for ConsistencyProof {
    fn from(proof: firewall::ConsistencyProof) -> Self {
        Self {
            from_size: proof.from_size,
            from_root: proof.from_root.to_string(),
            to_size: proof.to_size,
            to_root: proof.to_root.to_string(),
            hashes: proof.hashes.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Verifies the chain
///
/// Walks over the records and computes every hash again. When something is wrong, the tenant's
/// verdicts stop until an architect acknowledges it.
#[utoipa::path(
    get, path = "/v1/audit/verify", tag = "audit",
    params(Span),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "What was found.", body = Verification)),
)]
pub(crate) async fn verify(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked(span): Asked<Span>,
) -> Reply<Json<Verification>> {
    if span.from == Some(0) {
        return Err(Refusal::invalid("from", "records begin at 1"));
    }
    if span.to.is_some_and(|to| to < span.from.unwrap_or(1)) {
        return Err(Refusal::invalid("to", "comes before `from`"));
    }
    Ok(Json(
        gate.verify(&caller, (span.from, span.to), &mut |_, _| ())
            .await?
            .into(),
    ))
}

/// Proves that a record is in the tree
///
/// With a checkpoint kept elsewhere, the record and this proof, nobody needs to trust the gate.
#[utoipa::path(
    get, path = "/v1/audit/{seq}/proof", tag = "audit",
    params(("seq" = u64, Path, description = "The record's number.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The proof.", body = InclusionProof)),
)]
async fn inclusion(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Numbered(seq): Numbered,
) -> Reply<Json<InclusionProof>> {
    Ok(Json(gate.inclusion(&caller, seq).await?.into()))
}

/// Proves that the log only grew
///
/// That the log at one size is the beginning of the log at a later size.
#[utoipa::path(
    get, path = "/v1/audit/consistency", tag = "audit",
    params(Sizes),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The proof.", body = ConsistencyProof)),
)]
async fn consistency(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked(sizes): Asked<Sizes>,
) -> Reply<Json<ConsistencyProof>> {
    let from = sizes
        .from
        .ok_or_else(|| Refusal::invalid("from", "is required"))?;
    Ok(Json(
        gate.consistency(&caller, from, sizes.to).await?.into(),
    ))
}

/// Signs a checkpoint
///
/// How long the log is and what its root is, as a C2SP signed note. Keep it elsewhere: it shows
/// later that nothing before it was changed or cut off.
#[utoipa::path(
    get, path = "/v1/audit/checkpoint", tag = "audit",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The signed note.", body = String,
        content_type = "text/plain")),
)]
async fn checkpoint(State(gate): State<Gate>, Reader(caller): Reader) -> Reply {
    Ok(text(gate.checkpoint(&caller).await?))
}

/// Shows the key of the checkpoints
///
/// As a C2SP verifier key. Whoever checks should have it from elsewhere, too.
#[utoipa::path(
    get, path = "/v1/audit/key", tag = "audit",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The verifier key.", body = String,
        content_type = "text/plain")),
)]
async fn key(State(gate): State<Gate>, Reader(caller): Reader) -> Reply {
    Ok(text(format!("{}\n", gate.checkpoint_key(&caller))))
}

fn text(text: String) -> axum::response::Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
