//! Freezing an action: its one spelling, and the digest that names it.
//!
//! The digest covers everything that decides what would happen: who acts where, on what, with
//! which parameters. A random nonce goes in, so that a digest in a record cannot be guessed back
//! to a parameter that few values could have. What only explains (reasoning, confidence, evidence)
//! is not covered. A file that an action refers to is covered by its own digest, which the action
//! names among its parameters.

use crate::{
    canonical,
    digest::{ActionDigest, Nonce},
    strict::{self, Limits, StrictError},
};
use portcullis_policy::{
    action::{Action, Confidence},
    id::{AgentId, ScopeName, SessionId, TenantId, WorkspaceId},
    label::Label,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What every digested text begins with.
pub const DOMAIN: &str = "portcullis action v1\n";

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
///
/// *Fails closed:* parameters that could not have been read strictly, so that two actions might
/// share their bytes, are refused.
///
/// # Errors
/// [`StrictError`] with the path of the parameter.
pub fn freeze(mut action: Action, nonce: Nonce) -> Result<FrozenAction, StrictError> {
    // The parameters are the second level of what is written and read again.
    let limits = Limits {
        depth: Limits::default().depth.saturating_sub(1),
        ..Limits::default()
    };
    strict::settle(&mut action.parameters, &limits).map_err(|error| error.under("parameters"))?;
    let bytes = bytes(&action, &nonce);
    let digest = digest(&bytes);
    Ok(FrozenAction {
        action,
        bytes,
        digest,
        nonce,
    })
}

/// Reads frozen bytes again: all of the action that the digest covers.
///
/// *Fails closed:* bytes with another digest, or that freezing would not have written, are refused.
///
/// # Errors
/// [`ThawError`].
pub fn thaw(bytes: &[u8], expected: &ActionDigest) -> Result<FrozenAction, ThawError> {
    if digest(bytes) != *expected {
        return Err(ThawError::Changed);
    }
    let limits = Limits {
        bytes: usize::MAX,
        ..Limits::default()
    };
    let covered: Covered = strict::parse_as(bytes, &limits).map_err(ThawError::Unreadable)?;
    let (action, nonce) = covered.into_action();
    let frozen = freeze(action, nonce).map_err(ThawError::Unreadable)?;
    if frozen.bytes == bytes {
        Ok(frozen)
    } else {
        Err(ThawError::Respelled)
    }
}

/// Why frozen bytes are not given out again.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ThawError {
    /// Their digest is another.
    #[error("the frozen action was changed")]
    Changed,
    /// They are no action.
    #[error("expected a frozen action: {0}")]
    Unreadable(StrictError),
    /// They are an action, but not in its one spelling.
    #[error("the frozen action is not in its canonical spelling")]
    Respelled,
}

impl ThawError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Changed => "frozen.changed",
            Self::Unreadable(_) => "frozen.unreadable",
            Self::Respelled => "frozen.respelled",
        }
    }
}

/// What the bytes say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Covered {
    action_type: Label,
    agent: AgentId,
    data_classes: Vec<Label>,
    emergency: bool,
    environment: Label,
    nonce: Nonce,
    parameters: Map<String, Value>,
    #[serde(default)]
    scope: Option<ScopeName>,
    session: Option<SessionId>,
    target: String,
    tenant: TenantId,
    workspace: Option<WorkspaceId>,
}

impl Covered {
    fn into_action(self) -> (Action, Nonce) {
        let action = Action {
            tenant: self.tenant,
            agent: self.agent,
            workspace: self.workspace,
            session: self.session,
            scope: self.scope,
            kind: self.action_type,
            target: self.target,
            environment: self.environment,
            parameters: self.parameters,
            reasoning: None,
            confidence: Confidence::default(),
            evidence: Vec::new(),
            data_classes: self.data_classes,
            emergency: self.emergency,
        };
        (action, self.nonce)
    }
}

fn digest(bytes: &[u8]) -> ActionDigest {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN.as_bytes());
    hasher.update(bytes);
    ActionDigest::new(hasher.finalize().into())
}

/// The canonical bytes; keys are written in their canonical order.
fn bytes(action: &Action, nonce: &Nonce) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    let mut object = canonical::Object::new(&mut bytes);
    object
        .string("action_type", action.kind.as_str())
        .string("agent", action.agent.as_str());
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
    if let Some(scope) = &action.scope {
        object.string("scope", scope.as_str());
    }
    match &action.session {
        Some(session) => object.string("session", session.as_str()),
        None => object.null("session"),
    };
    object
        .string("target", &action.target)
        .string("tenant", action.tenant.as_str());
    match &action.workspace {
        Some(workspace) => object.string("workspace", workspace.as_str()),
        None => object.null("workspace"),
    };
    object.end();
    bytes
}
