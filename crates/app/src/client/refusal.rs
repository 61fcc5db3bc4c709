//! Why a gate did not do what it was asked, as the client sees it.

use serde_json::Value;
use std::{fmt, io};

/// Why there is no answer, or why it is no.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// Nobody answers there.
    #[error("no gate answers at `{url}`: {source}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why not.
        source: io::Error,
    },
    /// The gate says no.
    #[error("{0}")]
    Refused(Refusal),
    /// The answer is not what a gate says.
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
    /// What was asked cannot be put in a request.
    #[error("this cannot be asked: {0}")]
    Unaskable(String),
}

/// A gate's no.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The stable code.
    pub(crate) code: String,
    /// For people.
    pub(crate) message: String,
    /// What is wrong where.
    pub(crate) details: Vec<(String, String)>,
    /// The name of the request, for asking about it.
    pub(crate) request_id: Option<String>,
}

impl Refusal {
    /// Reads a refusal; whatever it is, it is one.
    pub(super) fn read(status: u16, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |path: &str| {
            body.pointer(path)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let details = body.pointer("/error/details").and_then(Value::as_array);
        let detail = |one: &Value, key| {
            one.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            status,
            code: text("/error/code").unwrap_or_else(|| format!("http.{status}")),
            message: text("/error/message")
                .or_else(|| text("/detail"))
                .unwrap_or_else(|| format!("the gate answered with status {status}")),
            details: details
                .into_iter()
                .flatten()
                .map(|one| (detail(one, "path"), detail(one, "message")))
                .collect(),
            request_id: text("/request_id"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The faults follow one by one; the gate's sentence repeats them.
        match self.message.split_once(": ") {
            Some((before, _)) if !self.details.is_empty() => f.write_str(before),
            _ => f.write_str(&self.message),
        }
    }
}
