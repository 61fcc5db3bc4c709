//! The one map from what went wrong to JSON-RPC.

use super::era::TASKS;
use portcullis_firewall::error::GateError;
use serde_json::{Value, json};

/// Why a request has no result. Nothing was done, unless the message says otherwise.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    code: i64,
    message: String,
    data: Option<Value>,
    status: u16,
    id: Value,
}

impl Fault {
    fn new(code: i64, status: u16, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
            status,
            id: Value::Null,
        }
    }

    /// Not JSON, or not readable in one way.
    pub(super) fn unreadable(message: impl Into<String>) -> Self {
        Self::new(-32700, 400, message)
    }

    /// JSON, but no message.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(-32600, 400, message)
    }

    /// There is no such method here.
    pub(super) fn no_method(method: &str) -> Self {
        let shown: String = method.chars().take(64).collect();
        Self::new(-32601, 404, format!("there is no method `{shown}`"))
    }

    /// Parameters that do not fit.
    pub(super) fn params(message: impl Into<String>) -> Self {
        Self::new(-32602, 200, message)
    }

    /// Something inside is not there.
    pub(super) fn inside(message: impl Into<String>) -> Self {
        Self::new(-32603, 200, message)
    }

    /// Headers and body disagree (MCP 2026-07-28, transports).
    pub(super) fn header_mismatch(message: impl Into<String>) -> Self {
        Self::new(-32020, 400, message)
    }

    /// A version that is not spoken here (MCP 2026-07-28, versioning).
    pub(super) fn version(requested: &str, supported: &[&str]) -> Self {
        let requested: String = requested.chars().take(32).collect();
        Self::new(-32022, 400, "this protocol version is not spoken here")
            .with(json!({"supported": supported, "requested": requested}))
    }

    /// The client has to send somebody to an address and ask again (MCP 2025-11-25, elicitation).
    pub(super) fn url_elicitation(message: impl Into<String>, elicitation: &Value) -> Self {
        Self::new(-32042, 200, message).with(json!({"elicitations": [elicitation]}))
    }

    /// The action was judged and may not happen: `-32010` refused, `-32011` waiting for people.
    pub(super) fn judged(held: bool, message: impl Into<String>, data: Value) -> Self {
        let code = if held { -32011 } else { -32010 };
        Self::new(code, 200, message).with(data)
    }

    /// A request that does not say how it is made (MCP 2026-07-28, transports).
    pub(super) fn unsaid(message: impl Into<String>) -> Self {
        Self::new(-32602, 400, message)
    }

    /// The client does not say that it looks after tasks (MCP 2026-07-28, extension for tasks).
    pub(super) fn without_tasks() -> Self {
        let needed = json!({"requiredCapabilities": {"extensions": {TASKS: {}}}});
        Self::new(-32021, 400, "the client does not look after tasks").with(needed)
    }

    /// The server behind the gate says so.
    pub(super) fn upstream(code: i64, message: impl Into<String>, data: Option<Value>) -> Self {
        let status = match code {
            // The client lacks what it needs (MCP 2026-07-28, transports).
            -32021 => 400,
            -32601 => 404,
            _ => 200,
        };
        let mut fault = Self::new(code, status, message);
        fault.data = data;
        fault
    }

    pub(super) fn with(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// The same as the answer to a request.
    pub(super) fn of(mut self, id: Value) -> Self {
        self.id = id;
        self
    }

    /// The request it answers, `null` when that could not be read.
    pub(super) const fn id(&self) -> &Value {
        &self.id
    }

    /// What it is called in a record, where it refuses a request that was not judged.
    ///
    /// What the gate itself said has its own codes and records; without a gate there is no record.
    pub(super) const fn unjudged(&self) -> Option<&'static str> {
        match self.code {
            -32602 => Some("request.invalid"),
            -32603 => Some("server.away"),
            -32020 => Some("headers.mismatch"),
            -32601 => Some("method.unknown"),
            _ => None,
        }
    }

    /// The message.
    pub(super) fn text(&self) -> &str {
        &self.message
    }

    /// The HTTP status for clients of the era of self-contained requests.
    pub(super) const fn status(&self) -> u16 {
        self.status
    }

    /// The member `error`.
    pub(super) fn shown(&self) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if let (Some(error), Some(data)) = (error.as_object_mut(), &self.data) {
            error.insert("data".to_owned(), data.clone());
        }
        error
    }
}

impl From<GateError> for Fault {
    /// Fails closed: no verdict, so nothing was done.
    fn from(error: GateError) -> Self {
        let code = error.code();
        let message = match &error {
            GateError::Unavailable(why) => {
                tracing::error!(%why, "the gate could not answer a call");
                "the gate cannot answer; nothing was done, try again later".to_owned()
            }
            other => other.to_string(),
        };
        let number = match &error {
            GateError::Invalid(_) => -32602,
            GateError::Unavailable(_) => -32012,
            _ => -32010,
        };
        Self::new(number, 200, message).with(json!({"code": code}))
    }
}
