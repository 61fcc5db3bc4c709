//! What comes of an order that an agent gives.

use super::{fault::Fault, refused::Refusal};
use portcullis_firewall::hold::Hold;
use serde_json::Value;

/// What came of an order.
#[derive(Debug)]
pub(super) enum Passed {
    /// The server was asked, and this is its result as the agent may see it.
    Done(Value),
    /// The server was asked and has no result.
    Failed(Fault),
    /// The server was not asked.
    Refused(Refusal),
    /// People decide first.
    Held(Box<Waiting>),
}

/// A hold to wait for.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) hold: Hold,
}
