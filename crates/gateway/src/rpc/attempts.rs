//! What is refused before it is judged, on record.

use super::{fault::Fault, line::Line, message::Asked};
use portcullis_firewall::{
    attempt::{Attempt, Door},
    error::GateError,
    firewall::Firewall,
    principal::Principal,
};
use serde_json::Value;

impl Line {
    /// Puts a request on record that was refused before it was judged, and gives back why; without
    /// a record, why there is none.
    pub(super) async fn noted(
        &self,
        firewall: &Firewall,
        principal: &Principal,
        (asked, fault): (&Asked, Fault),
    ) -> Fault {
        let attempt = Attempt {
            door: Door::Rpc,
            agent: None,
            method: asked.method.clone(),
            target: self.settings.name.clone(),
            name: String::new(),
            code: fault.label().to_owned(),
            because: fault.text().to_owned(),
            parameters: Value::Array(asked.params.clone()),
        };
        match firewall.note_attempt(principal, attempt).await {
            Ok(_) => fault,
            Err(error) => error.into(),
        }
    }
}

/// Puts on record that an account was asked for which there is not.
///
/// # Errors
/// When it cannot be written.
pub(super) async fn note_stray(
    firewall: &Firewall,
    principal: &Principal,
    account: &str,
) -> Result<(), GateError> {
    let attempt = Attempt {
        door: Door::Rpc,
        agent: None,
        method: String::new(),
        target: account.to_owned(),
        name: String::new(),
        code: "account.unknown".to_owned(),
        because: "there is no such account".to_owned(),
        parameters: Value::Null,
    };
    firewall.note_attempt(principal, attempt).await.map(drop)
}
