//! Asking the issuer for JSON.

use super::error::OidcError;
use portcullis_firewall::{
    outside::{Courier, Delivery, Parcel},
    strict::{self, Limits},
};
use serde_json::Value;

/// The most levels of what an issuer sends.
const DEPTH: usize = 32;

/// What is asked for, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) what: &'static str,
    pub(super) max_bytes: usize,
}

/// Sends, and reads what comes back with status 200.
///
/// *Fails closed:* an answer that is larger, or could be read in two ways, is not read.
///
/// # Errors
/// [`OidcError`].
pub(super) async fn ask(
    courier: &dyn Courier,
    parcel: Parcel,
    asked: Asked,
) -> Result<Value, OidcError> {
    let delivery = courier.send(parcel).await?;
    if delivery.status != 200 {
        return Err(refusal(&delivery, asked));
    }
    read(&delivery.body, asked.max_bytes).ok_or(OidcError::Malformed(asked.what))
}

/// Reads strict JSON; numbers that are not exact are rounded, as no claim that counts has any.
pub(super) fn read(bytes: &[u8], max_bytes: usize) -> Option<Value> {
    let limits = Limits {
        bytes: max_bytes,
        depth: DEPTH,
        exact: false,
    };
    strict::parse(bytes, &limits).ok()
}

/// The issuer's own word for it, when it has one (RFC 6749, section 5.2).
fn refusal(delivery: &Delivery, asked: Asked) -> OidcError {
    let answer = read(&delivery.body, asked.max_bytes);
    let error = answer.as_ref().and_then(|answer| answer.get("error"));
    let word = error.and_then(Value::as_str).and_then(declined);
    word.unwrap_or(OidcError::WrongStatus {
        what: asked.what,
        status: delivery.status,
    })
}

/// The longest word for a refusal that is repeated.
const WORD_MAX_BYTES: usize = 64;

/// A refusal by its word, when it is one: `access_denied`, `invalid_grant`.
pub(super) fn declined(word: &str) -> Option<OidcError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let is_word = !word.is_empty() && word.len() <= WORD_MAX_BYTES && word.bytes().all(fits);
    is_word.then(|| OidcError::Declined(word.to_owned()))
}
