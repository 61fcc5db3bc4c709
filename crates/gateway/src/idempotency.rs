//! The name a caller gives a request, so that sending it twice is asking once.

use axum::{extract::FromRequestParts, http::request::Parts};
use portcullis_door::reply::Refusal;

/// The header.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The value of `Idempotency-Key`, when there is one.
#[derive(Clone, Debug)]
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refusal;

    /// Fails closed: a key that could be read in two ways is an error, not a missing one.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        if values.next().is_some() {
            return Err(Refusal::invalid("Idempotency-Key", "is given twice"));
        }
        match value.to_str() {
            Ok(key) => Ok(Self(Some(key.to_owned()))),
            Err(_) => Err(Refusal::invalid(
                "Idempotency-Key",
                "expected printable ASCII",
            )),
        }
    }
}
