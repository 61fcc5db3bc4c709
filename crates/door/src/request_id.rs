//! The name of one request, in its reply and in the log.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, request::Parts},
};
use std::{
    convert::Infallible,
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

/// The header that brings it and takes it back.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id a caller may bring, in bytes.
const MAX_BYTES: usize = 128;

/// The name of one request: the caller's own when it is short and harmless, else a new one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // INVARIANT: only printable ASCII comes in, so that this is never empty.
        self.0.to_str().unwrap_or_default()
    }

    /// The id as the header of a reply.
    #[must_use]
    pub const fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// The caller's own id, when it is safe to repeat in a header, in JSON and in a log.
    fn brought(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(X_REQUEST_ID)?;
        let safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:@/+=".contains(byte);
        let fits = (1..=MAX_BYTES).contains(&value.len());
        (fits && value.as_bytes().iter().all(safe)).then(|| Self(value.clone()))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nameless = || Self(HeaderValue::from_static("req_unnamed"));
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(nameless))
    }
}

/// Gives every request that brings no id of its own a new one.
#[derive(Debug)]
pub struct RequestIds {
    start: u64,
    count: AtomicU64,
}

impl RequestIds {
    /// A source of ids; `start` is random and new for each start of the gate, so that ids of two
    /// starts differ.
    #[must_use]
    pub const fn new(start: u64) -> Self {
        Self {
            start,
            count: AtomicU64::new(1),
        }
    }

    /// The id of a request.
    #[must_use]
    pub fn name(&self, headers: &HeaderMap) -> RequestId {
        RequestId::brought(headers).unwrap_or_else(|| self.next())
    }

    fn next(&self) -> RequestId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let text = format!("req_{:016x}-{count:x}", self.start);
        RequestId(
            HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("req_unnamed")),
        )
    }
}
