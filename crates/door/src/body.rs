//! A request's body: bounded, read in time, and parsed strictly whatever its content type says.

use crate::reply::Refusal;
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequest, Request},
    http::StatusCode,
};
use http_body_util::LengthLimitError;
use portcullis_firewall::{error::GateError, strict};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use std::{error::Error, time::Duration};

/// The largest body, in bytes.
pub const BODY_MAX_BYTES: usize = 1 << 20;
/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The bytes of a body, at most [`BODY_MAX_BYTES`] of them. Any content type is taken as JSON.
#[derive(Clone, Debug, Default)]
pub struct Payload(pub Bytes);

impl<S: Sync> FromRequest<S> for Payload {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        collect(request.into_body(), BODY_MAX_BYTES).await.map(Self)
    }
}

impl Payload {
    /// The body as JSON.
    ///
    /// # Errors
    /// 400 when it is not JSON, 422 when it is JSON that could be read in two ways.
    pub fn value(&self) -> Result<Value, Refusal> {
        strict::parse(&self.0, &strict::Limits::default())
            .map_err(|error| GateError::invalid(error.path(), error.to_string()))
            .map_err(|error| self.refusal(error))
    }

    /// The body as a `T`, which should refuse unknown fields.
    ///
    /// # Errors
    /// As [`Self::value`], and 422 with the path of what does not fit.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        fit(self.value()?)
    }

    /// As [`Self::read`]; a body of nothing but blanks counts as `{}`.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_or_empty<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        if self.is_blank() {
            fit(Value::Object(serde_json::Map::new()))
        } else {
            self.read()
        }
    }

    /// Whether there is no body to speak of.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.trim_ascii().is_empty()
    }

    /// An error about this body: 400 in place of 422 when it is not JSON at all.
    #[must_use]
    pub fn refusal(&self, error: GateError) -> Refusal {
        let is_json = || {
            std::str::from_utf8(&self.0)
                .is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
        };
        match error {
            GateError::Invalid(faults) if !is_json() => {
                Refusal::malformed(format!("the body is not JSON: {faults}"))
            }
            error => error.into(),
        }
    }
}

/// A value as a `T`; the error names the path of what does not fit.
///
/// # Errors
/// 422.
pub fn fit<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        let path = if path == "." { String::new() } else { path };
        match message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split_once('`'))
        {
            Some((field, _)) if path.is_empty() => Refusal::invalid(field, "is required"),
            Some((field, _)) => Refusal::invalid(format!("{path}.{field}"), "is required"),
            None => Refusal::invalid(path, message),
        }
    })
}

/// Takes a body in.
///
/// Fails closed: one that is too large, too slow or broken off is refused.
///
/// # Errors
/// 413, 408 or 400.
pub async fn collect(body: Body, most: usize) -> Result<Bytes, Refusal> {
    let too_large = || {
        let message = format!("the body has more than {most} bytes");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too_large", message)
    };
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error))
            if error
                .source()
                .is_some_and(|cause| cause.is::<LengthLimitError>()) =>
        {
            Err(too_large())
        }
        Ok(Err(_)) => Err(Refusal::malformed("the body broke off")),
        Err(_) => Err(Refusal::of_status(StatusCode::REQUEST_TIMEOUT)),
    }
}
