//! Things as the ledger keeps them: documents of JSON.

use crate::{
    batch::{Document, DocumentKind},
    error::GateError,
    ports::LedgerError,
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

/// A thing as a document.
///
/// # Errors
/// When it cannot be written as JSON, which would be a mistake of ours.
pub fn document<T: Serialize>(
    kind: DocumentKind,
    id: &str,
    labels: (&str, &str),
    at: Timestamp,
    thing: &T,
) -> Result<Document, GateError> {
    let body = serde_json::to_vec(thing)
        .map_err(|error| GateError::Unavailable(format!("cannot write `{id}`: {error}")))?;
    let (status, agent) = (labels.0.to_owned(), labels.1.to_owned());
    Ok(Document {
        kind,
        id: id.to_owned(),
        status,
        agent,
        at,
        body,
    })
}

/// A document as the thing it is.
///
/// # Errors
/// [`LedgerError::Corrupt`] when it is not one.
pub fn thing<T: DeserializeOwned>(document: &Document) -> Result<T, LedgerError> {
    serde_json::from_slice(&document.body).map_err(|error| {
        let kind = document.kind.as_str();
        LedgerError::Corrupt(format!("{kind} `{}`: {error}", document.id))
    })
}
