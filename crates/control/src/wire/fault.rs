//! Faults and refusals as the documentation describes them.

use portcullis_policy::fault;
use serde::Serialize;
use utoipa::ToSchema;

/// One mistake, and where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fault {
    /// Where, e.g. `config.windows[1].period`; empty for the whole.
    #[schema(example = "config.windows[1].period")]
    pub path: String,
    /// What, for people.
    pub message: String,
}

impl From<fault::Fault> for Fault {
    fn from(fault: fault::Fault) -> Self {
        Self {
            path: fault.path,
            message: fault.message,
        }
    }
}

/// Why something was not done. Written by the door; described here.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described, never made")]
pub(crate) struct ErrorReply {
    /// The refusal for programs.
    pub error: Error,
    /// The same text as `error.message`.
    pub detail: String,
    /// The name of the request, for asking about it.
    pub request_id: String,
}

/// The refusal for programs.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described, never made")]
pub(crate) struct Error {
    /// A stable code, e.g. `request.invalid`.
    #[schema(example = "request.invalid")]
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
    /// Every fault of the request, when it is the request that is wrong.
    pub details: Vec<Fault>,
}
