//! A sealed record as one JSON object, for exports: the payload with its hashes spliced in.

use crate::{
    canonical,
    chain::{FIRST_PREV, Hash},
    strict::{self, Limits, StrictError},
};
use serde_json::{Map, Value};

/// A sealed record, taken apart.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    /// Its number.
    pub seq: u64,
    /// The canonical bytes that are hashed.
    pub payload: Vec<u8>,
    /// The hash of the record before; `None` for the first.
    pub prev: Option<Hash>,
    /// Its own hash.
    pub hash: Hash,
}

/// Why a JSON object is not a sealed record.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealedError {
    /// Not JSON with one meaning.
    #[error("expected a sealed record as JSON: {0}")]
    Json(#[from] StrictError),
    /// JSON, but not an object.
    #[error("expected a sealed record as a JSON object")]
    NoObject,
    /// A member is missing or of the wrong kind.
    #[error("expected `{0}` in a sealed record")]
    Member(&'static str),
}

impl SealedError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::NoObject => "sealed.no_object",
            Self::Member(_) => "sealed.member",
        }
    }
}

/// The record as one canonical JSON object, with `chain_position`, `hash` and `prev_hash` among
/// its members.
///
/// *Fails closed:* a payload that is not a JSON object gives `null`, which no reader accepts.
#[must_use]
pub fn join(payload: &[u8], seq: u64, prev: Option<&Hash>, hash: &Hash) -> Vec<u8> {
    let Ok(Value::Object(mut record)) = strict::parse(payload, &Limits::OURS) else {
        return b"null".to_vec();
    };
    let prev = prev.map_or_else(|| FIRST_PREV.to_owned(), ToString::to_string);
    record.insert("chain_position".to_owned(), seq.into());
    record.insert("hash".to_owned(), hash.to_string().into());
    record.insert("prev_hash".to_owned(), prev.into());
    canonical::to_vec(&Value::Object(record))
}

/// Takes a sealed record apart.
///
/// *Fails closed:* `chain_position`, which no hash covers, must repeat the number where it stands.
///
/// # Errors
/// [`SealedError`] when a member is missing or the JSON could be read in two ways.
pub fn split(json: &[u8]) -> Result<Sealed, SealedError> {
    let Value::Object(mut record) = strict::parse(json, &Limits::OURS)? else {
        return Err(SealedError::NoObject);
    };
    let hash = text(&mut record, "hash")?
        .parse()
        .map_err(|_| SealedError::Member("hash"))?;
    let prev = match text(&mut record, "prev_hash")?.as_str() {
        FIRST_PREV => None,
        other => Some(
            other
                .parse()
                .map_err(|_| SealedError::Member("prev_hash"))?,
        ),
    };
    let seq = record
        .get("seq")
        .and_then(Value::as_u64)
        .ok_or(SealedError::Member("seq"))?;
    if record
        .remove("chain_position")
        .is_some_and(|position| position.as_u64() != Some(seq))
    {
        return Err(SealedError::Member("chain_position"));
    }
    Ok(Sealed {
        seq,
        payload: canonical::to_vec(&Value::Object(record)),
        prev,
        hash,
    })
}

fn text(record: &mut Map<String, Value>, name: &'static str) -> Result<String, SealedError> {
    match record.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(SealedError::Member(name)),
    }
}
