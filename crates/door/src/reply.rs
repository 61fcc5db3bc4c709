//! The one map from what went wrong to HTTP. What broke inside goes to the log, never out.

use crate::request_id::RequestId;
use axum::{
    Json,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use portcullis_firewall::error::GateError;
use portcullis_policy::fault::{Fault, Faults};
use serde::Serialize;
use std::borrow::Cow;

/// What a handler answers.
pub type Reply<T = Response> = Result<T, Refusal>;

/// The most faults one reply lists; a body of a megabyte can have a hundred thousand.
const FAULTS_MAX: usize = 32;
/// The longest piece of the caller's own text that is repeated, in bytes.
const ECHO_MAX_BYTES: usize = 512;

/// Why the door did not do what it was asked, as the caller sees it.
///
/// On the wire: `{"error": {"code", "message", "details"}, "detail": message, "request_id"}`.
/// The threshold adds the request id.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    status: StatusCode,
    code: Cow<'static, str>,
    message: String,
    details: Vec<Fault>,
    retry_after_seconds: Option<u64>,
}

impl Refusal {
    /// A refusal with a stable code and a text for people.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            details: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// The same with when it is worth another try (`Retry-After`, RFC 9110, section 10.2.3).
    #[must_use]
    pub const fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// 422: one fault with its path.
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        GateError::invalid(path, message).into()
    }

    /// 400: not JSON at all.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.malformed", message)
    }

    /// 401: no credential that is known.
    #[must_use]
    pub fn unauthenticated() -> Self {
        GateError::Unauthenticated.into()
    }

    /// 500: something inside broke; the cause was logged by whoever saw it.
    #[must_use]
    pub fn internal() -> Self {
        let message = "the gate failed while answering; nothing is permitted by this reply";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "gate.internal", message)
    }

    /// What a bare status means, for replies that nobody gave a body.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::BAD_REQUEST => ("request.malformed", "the request cannot be read"),
            StatusCode::UNAUTHORIZED => return Self::unauthenticated(),
            StatusCode::FORBIDDEN => ("auth.forbidden", "this is not permitted"),
            StatusCode::NOT_FOUND => ("route.not_found", "there is nothing at this path"),
            StatusCode::METHOD_NOT_ALLOWED => (
                "route.method_not_allowed",
                "this path does not take this method",
            ),
            StatusCode::REQUEST_TIMEOUT => ("request.timeout", "the request took too long"),
            StatusCode::PAYLOAD_TOO_LARGE => ("request.too_large", "the body is too large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("request.invalid", "the body is not JSON"),
            StatusCode::UNPROCESSABLE_ENTITY => ("request.invalid", "the request is not valid"),
            StatusCode::TOO_MANY_REQUESTS => ("rate.limited", "too many requests; retry later"),
            _ if status.is_client_error() => ("request.refused", "the request is refused"),
            _ => {
                return Self {
                    status,
                    ..Self::internal()
                };
            }
        };
        Self::new(status, code, message)
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The text for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What is wrong and where, when the request itself is.
    #[must_use]
    pub fn details(&self) -> &[Fault] {
        &self.details
    }

    /// The reply's body.
    #[must_use]
    pub fn to_json(&self, request_id: &RequestId) -> Vec<u8> {
        let wire = Wire {
            error: WireError {
                code: &self.code,
                message: &self.message,
                details: &self.details,
            },
            detail: &self.message,
            request_id: request_id.as_str(),
        };
        serde_json::to_vec(&wire)
            .unwrap_or_else(|_| br#"{"error":{"code":"gate.internal"}}"#.into())
    }

    /// The whole reply.
    #[must_use]
    pub fn render(&self, request_id: &RequestId) -> Response {
        let mut response = Response::new(Body::from(self.to_json(request_id)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl IntoResponse for Refusal {
    /// Carries the refusal to the threshold, which knows the request's id and writes the body.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<GateError> for Refusal {
    fn from(error: GateError) -> Self {
        let code = error.code();
        let status = status_of(&error);
        match error {
            GateError::Invalid(faults) => Self::faults(status, code, faults),
            GateError::Unavailable(cause) => {
                tracing::error!(%cause, "the gate cannot answer");
                Self::new(
                    status,
                    code,
                    "the gate cannot judge or record now; do not act",
                )
            }
            GateError::NotFound(what, id) => Self::new(
                status,
                code,
                format!("there is no {what} `{}`", shortened(&id)),
            ),
            GateError::Unauthenticated
            | GateError::Forbidden(_)
            | GateError::AgentRejected(..)
            | GateError::Conflict { .. } => Self::new(status, code, error.to_string()),
        }
    }
}

impl From<Faults> for Refusal {
    fn from(faults: Faults) -> Self {
        GateError::Invalid(faults).into()
    }
}

impl Refusal {
    fn faults(status: StatusCode, code: &'static str, faults: Faults) -> Self {
        let left = faults.0.len().saturating_sub(FAULTS_MAX);
        let mut details: Vec<Fault> = faults
            .0
            .into_iter()
            .take(FAULTS_MAX)
            .map(|fault| Fault::new(shortened(&fault.path), shortened(&fault.message)))
            .collect();
        if left > 0 {
            details.push(Fault::new("", format!("and {left} more")));
        }
        let faults = Faults(details);
        let message = format!("the request is not valid: {faults}");
        Self {
            status,
            code: code.into(),
            message,
            details: faults.0,
            retry_after_seconds: None,
        }
    }
}

const fn status_of(error: &GateError) -> StatusCode {
    match error {
        GateError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        GateError::Unauthenticated => StatusCode::UNAUTHORIZED,
        GateError::Forbidden(_) | GateError::AgentRejected(..) => StatusCode::FORBIDDEN,
        GateError::NotFound(..) => StatusCode::NOT_FOUND,
        GateError::Conflict { .. } => StatusCode::CONFLICT,
        GateError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The text, or its beginning when it is long.
fn shortened(text: &str) -> String {
    if text.len() <= ECHO_MAX_BYTES {
        return text.to_owned();
    }
    let beginning = (0..=ECHO_MAX_BYTES).rev().find_map(|end| text.get(..end));
    format!("{}…", beginning.unwrap_or_default())
}

/// A reply with a JSON body.
///
/// Fails closed: a value that cannot be written is a 500.
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => json_bytes(status, bytes),
        Err(error) => {
            tracing::error!(%error, "a reply cannot be written");
            Refusal::internal().into_response()
        }
    }
}

/// A reply whose JSON is written already.
#[must_use]
pub fn json_bytes(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// 200 with a JSON body.
pub fn ok<T: Serialize>(value: T) -> Reply {
    Ok(Json(value).into_response())
}

#[derive(Serialize)]
struct Wire<'w> {
    error: WireError<'w>,
    detail: &'w str,
    request_id: &'w str,
}

#[derive(Serialize)]
struct WireError<'w> {
    code: &'w str,
    message: &'w str,
    details: &'w [Fault],
}
