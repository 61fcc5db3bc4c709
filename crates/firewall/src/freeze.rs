//! Freezing an action: its one spelling, and the digest that names it.
//!
//! The digest covers everything that decides what would happen: who acts where, on what, with
//! which parameters. A random nonce goes in, so that a digest in a record cannot be guessed back
//! to a parameter that few values could have. What only explains (reasoning, confidence, evidence)
//! is not covered.

use crate::{
    canonical,
    digest::{ActionDigest, Nonce},
};
use portcullis_policy::action::Action;
use sha2::{Digest, Sha256};

/// What every digested text begins with.
const DOMAIN: &[u8] = b"portcullis action v1\n";

/// An action that can no longer change without its digest changing.
#[derive(Clone, Debug, PartialEq)]
pub struct FrozenAction {
    /// The action.
    pub action: Action,
    /// Its canonical bytes: what is digested, and what executes.
    pub bytes: Vec<u8>,
    /// SHA-256 over a fixed prefix and the bytes.
    pub digest: ActionDigest,
    /// What keeps the digest from being guessed.
    pub nonce: Nonce,
}

/// Freezes an action.
#[must_use]
pub fn freeze(action: Action, nonce: Nonce) -> FrozenAction {
    let bytes = bytes(&action, &nonce);
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(&bytes);
    let digest = ActionDigest::new(hasher.finalize().into());
    FrozenAction { action, bytes, digest, nonce }
}

/// The canonical bytes; keys are written in their canonical order.
fn bytes(action: &Action, nonce: &Nonce) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    let mut object = canonical::Object::new(&mut bytes);
    object.string("action_type", action.kind.as_str()).string("agent", action.agent.as_str());
    let mut classes = object.array("data_classes");
    for class in &action.data_classes {
        classes.string(class.as_str());
    }
    classes.end();
    object
        .boolean("emergency", action.emergency)
        .string("environment", action.environment.as_str())
        .display("nonce", nonce)
        .members("parameters", &action.parameters);
    match &action.session {
        Some(session) => object.string("session", session.as_str()),
        None => object.null("session"),
    };
    object.string("target", &action.target).string("tenant", action.tenant.as_str());
    match &action.workspace {
        Some(workspace) => object.string("workspace", workspace.as_str()),
        None => object.null("workspace"),
    };
    object.end();
    bytes
}
