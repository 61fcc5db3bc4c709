//! What an agent sent, read into an action. The only way from bytes to an [`Action`].

mod fields;

use crate::{
    canonical,
    digest::{ActionDigest, Nonce},
    error::GateError,
    freeze::{self, FrozenAction},
    principal::Principal,
    strict,
};
use fields::Fields;
use portcullis_policy::{
    action::{Action, Confidence},
    fault::Faults,
    id::{AgentId, SessionId, WorkspaceId},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The longest reasoning, in bytes.
const REASONING_MAX_BYTES: usize = 65_536;
/// The longest idempotency key, in bytes.
const IDEMPOTENCY_KEY_MAX_BYTES: usize = 255;

/// One request to judge, read and frozen.
#[derive(Debug)]
pub struct Request {
    /// The action with its frozen bytes and its digest.
    pub frozen: FrozenAction,
    /// The canonical pieces that the record shows.
    pub view: View,
    /// Names the request, so that sending it again gives the first answer.
    pub idempotency_key: Option<String>,
    /// Whether a CLEARED verdict shall come with a permit.
    pub wants_permit: bool,
}

impl Request {
    /// SHA-256 over the request without its nonce: the same request has the same one.
    #[must_use]
    pub fn digest(&self) -> ActionDigest {
        request_digest(&self.frozen.action, &self.view)
    }
}

/// Canonical JSON of the parts of an action that are not single words.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct View {
    /// The parameters.
    pub parameters: Vec<u8>,
    /// The confidence.
    pub confidence: Vec<u8>,
    /// The evidence; `[]` when there is none.
    pub evidence: Vec<u8>,
    /// The data classes; `[]` when there is none.
    pub data_classes: Vec<u8>,
}

impl View {
    /// Renders the parts of an action.
    #[must_use]
    pub fn of(action: &Action) -> Self {
        let mut parameters = Vec::with_capacity(128);
        canonical::write_object(&action.parameters, &mut parameters);
        Self {
            parameters,
            confidence: confidence(action.confidence),
            evidence: if action.evidence.is_empty() {
                b"[]".to_vec()
            } else {
                canonical::to_vec(&Value::Array(action.evidence.clone()))
            },
            data_classes: if action.data_classes.is_empty() {
                b"[]".to_vec()
            } else {
                let names = action.data_classes.iter().map(|c| Value::from(c.as_str()));
                canonical::to_vec(&Value::Array(names.collect()))
            },
        }
    }
}

fn confidence(confidence: Confidence) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    let mut object = canonical::Object::new(&mut bytes);
    if let Some(value) = confidence.containment {
        object.number("containment", value);
    }
    if let Some(value) = confidence.fix {
        object.number("fix", value);
    }
    if let Some(value) = confidence.incident {
        object.number("incident", value);
    }
    object.end();
    bytes
}

/// Reads a request from hostile bytes.
///
/// Fails closed: whatever is not understood is an error, and then nothing is judged or sealed.
///
/// # Errors
/// [`GateError::Invalid`] with every fault and its path.
pub fn read(
    bytes: &[u8],
    principal: &Principal,
    nonce: Nonce,
    idempotency_key: Option<&str>,
) -> Result<Request, GateError> {
    let value = strict::parse(bytes, &strict::Limits::default())
        .map_err(|error| GateError::invalid(error.path(), error.to_string()))?;
    from_value(value, principal, nonce, idempotency_key)
}

/// Reads a request from a JSON value that was parsed strictly.
///
/// # Errors
/// [`GateError::Invalid`] with every fault and its path.
pub fn from_value(
    value: Value,
    principal: &Principal,
    nonce: Nonce,
    idempotency_key: Option<&str>,
) -> Result<Request, GateError> {
    let Value::Object(map) = value else {
        return Err(GateError::invalid("", "expected a JSON object"));
    };
    let mut fields = Fields::of(map);
    if idempotency_key.is_some_and(|k| k.is_empty() || k.len() > IDEMPOTENCY_KEY_MAX_BYTES) {
        fields
            .faults
            .add("Idempotency-Key", "expected 1 to 255 characters");
    }
    let (action, wants_permit) = action(&mut fields, principal);
    fields.refuse_unknown();
    let action = fields
        .faults
        .or(())
        .and_then(|()| action.ok_or_else(Faults::default))
        .map_err(GateError::Invalid)?;
    let view = View::of(&action);
    let frozen = freeze::freeze(action, nonce)
        .map_err(|error| GateError::invalid(error.path(), error.to_string()))?;
    Ok(Request {
        frozen,
        view,
        idempotency_key: idempotency_key.map(str::to_owned),
        wants_permit,
    })
}

fn action(fields: &mut Fields, principal: &Principal) -> (Option<Action>, bool) {
    let bound = principal.role.agent().cloned();
    let agent = fields.id("agent_id", AgentId::new).or(bound);
    if agent.is_none() && !fields.has_fault_at("agent_id") {
        fields.faults.add("agent_id", "is required");
    }
    let kind = fields.kind();
    let target = fields.target();
    if target.is_none() && !fields.has_fault_at("target_service") {
        fields.faults.add("target_service", "is required");
    }
    let environment = fields.label(&["environment"], Some("production"));
    let mut parameters = fields.object(&["parameters", "metadata"]);
    let data_classes = fields.data_classes(&mut parameters);
    let emergency = fields.emergency(&mut parameters);
    let wants_permit = fields.flag("permit");
    let workspace = fields.id("workspace_id", WorkspaceId::new);
    let session = fields.id("session_id", SessionId::new);
    let reasoning = fields.text(&["reasoning", "reason"], REASONING_MAX_BYTES);
    let confidence = fields.confidence();
    let evidence = fields.evidence();
    let action = (|| {
        Some(Action {
            tenant: principal.tenant.clone(),
            agent: agent?,
            workspace,
            session,
            kind: kind?,
            target: target?,
            environment: environment?,
            parameters,
            reasoning,
            confidence,
            evidence,
            data_classes,
            emergency,
        })
    })();
    (action, wants_permit)
}

/// Everything that makes two requests the same request.
fn request_digest(action: &Action, view: &View) -> ActionDigest {
    let mut hasher = Sha256::new();
    let emergency = if action.emergency { "1" } else { "0" };
    let words: [&[u8]; 12] = [
        action.tenant.as_str().as_bytes(),
        action.agent.as_str().as_bytes(),
        action
            .workspace
            .as_ref()
            .map_or("", WorkspaceId::as_str)
            .as_bytes(),
        action
            .session
            .as_ref()
            .map_or("", SessionId::as_str)
            .as_bytes(),
        action.kind.as_str().as_bytes(),
        action.target.as_bytes(),
        action.environment.as_str().as_bytes(),
        emergency.as_bytes(),
        action.reasoning.as_deref().unwrap_or("").as_bytes(),
        &view.parameters,
        &view.evidence,
        &view.data_classes,
    ];
    // Each word goes in with its length, so that no two lists of words look alike.
    for word in words.into_iter().chain([view.confidence.as_slice()]) {
        hasher.update((word.len() as u64).to_be_bytes());
        hasher.update(word);
    }
    ActionDigest::new(hasher.finalize().into())
}
