//! A sealed record as one JSON object, for exports: the payload with its hashes spliced in.

use super::{FIRST_PREV, Hash};
use crate::{canonical, strict};
use serde_json::Value;

/// Why a JSON object is not a sealed record.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealedError {
    /// Not JSON that the gate would write.
    #[error("expected a sealed record as JSON: {0}")]
    Json(String),
    /// A member is missing or of the wrong kind.
    #[error("expected `{0}` in a sealed record")]
    Member(&'static str),
}

/// The record as one JSON object with `chain_position`, `hash` and `prev_hash` among its members.
///
/// *Fails closed:* a payload that is not a JSON object gives `null`, which no reader accepts.
#[must_use]
pub fn join(payload: &[u8], seq: u64, prev: Option<&Hash>, hash: &Hash) -> Vec<u8> {
    let Ok(Value::Object(mut record)) = serde_json::from_slice(payload) else {
        return b"null".to_vec();
    };
    let prev = prev.map_or_else(|| FIRST_PREV.to_owned(), ToString::to_string);
    record.insert("chain_position".to_owned(), seq.into());
    record.insert("hash".to_owned(), hash.to_string().into());
    record.insert("prev_hash".to_owned(), prev.into());
    canonical::to_vec(&Value::Object(record))
}

/// Takes a sealed record apart: its number, its payload, the previous hash and its own.
///
/// # Errors
/// [`SealedError`] when a member is missing or the JSON is not strict.
pub fn split(json: &[u8]) -> Result<(u64, Vec<u8>, Option<Hash>, Hash), SealedError> {
    let value = strict::parse(json, &strict::Limits::default())
        .map_err(|error| SealedError::Json(error.to_string()))?;
    let Value::Object(mut record) = value else {
        return Err(SealedError::Json("expected an object".to_owned()));
    };
    let mut text = |name: &'static str| match record.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(SealedError::Member(name)),
    };
    let (hash, prev) = (text("hash")?, text("prev_hash")?);
    let hash: Hash = hash.parse().map_err(|_| SealedError::Member("hash"))?;
    let prev = match prev.as_str() {
        FIRST_PREV => None,
        other => Some(other.parse().map_err(|_| SealedError::Member("prev_hash"))?),
    };
    record.remove("chain_position");
    let seq = record.get("seq").and_then(Value::as_u64).ok_or(SealedError::Member("seq"))?;
    Ok((seq, canonical::to_vec(&Value::Object(record)), prev, hash))
}
