//! Why the gate did not do what it was asked; a verdict is never an error.

use crate::ports::{EntropyError, LedgerError};
use portcullis_policy::fault::{Fault, Faults};

/// What went wrong, in the caller's terms.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GateError {
    /// The request is malformed; every fault with its path.
    #[error("the request is not valid: {0}")]
    Invalid(Faults),
    /// The credential is missing or wrong.
    #[error("the credential is missing, unknown or revoked")]
    Unauthenticated,
    /// The credential is good, but not for this.
    #[error("{0}")]
    Forbidden(String),
    /// The agent's identity is no longer valid.
    #[error("agent `{0}` is {1} and is not served")]
    AgentRejected(String, &'static str),
    /// There is no such thing, or it is somebody else's.
    #[error("there is no {0} `{1}`")]
    NotFound(&'static str, String),
    /// It cannot be done in the present state.
    #[error("{message}")]
    Conflict {
        /// The stable code, e.g. `hold.already_decided`.
        code: &'static str,
        /// What the state is.
        message: String,
    },
    /// The gate cannot judge or record now; nothing happened.
    #[error("the gate cannot answer: {0}")]
    Unavailable(String),
}

impl GateError {
    /// A single fault with its path.
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(Fault::new(path, message).into())
    }

    /// A refusal by the present state.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            message: message.into(),
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "request.invalid",
            Self::Unauthenticated => "auth.unauthenticated",
            Self::Forbidden(_) => "auth.forbidden",
            Self::AgentRejected(..) => "agent.rejected",
            Self::NotFound(..) => "not_found",
            Self::Conflict { code, .. } => code,
            Self::Unavailable(_) => "gate.unavailable",
        }
    }
}

impl From<LedgerError> for GateError {
    fn from(error: LedgerError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<EntropyError> for GateError {
    fn from(error: EntropyError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<Faults> for GateError {
    fn from(faults: Faults) -> Self {
        Self::Invalid(faults)
    }
}
