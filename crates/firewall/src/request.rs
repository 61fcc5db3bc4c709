//! What an agent sent, read into an action. The only way from bytes to an [`Action`].

mod fields;

use crate::{
    digest::{ActionDigest, Means, Nonce},
    error::GateError,
    freeze::{self, FrozenAction},
    principal::Principal,
    strict,
    view::{self, View},
};
use fields::Fields;
use portcullis_policy::{
    action::Action,
    fault::Faults,
    id::{AgentId, ScopeName, SessionId, WorkspaceId},
};
use portcullis_screen::screen::Screen;
use serde_json::Value;

/// The longest reasoning, in bytes.
const REASONING_MAX_BYTES: usize = 65_536;
/// The longest idempotency key, in bytes.
const IDEMPOTENCY_KEY_MAX_BYTES: usize = 255;

/// One request to judge, read and frozen.
#[derive(Debug)]
pub struct Request {
    /// The action with its frozen bytes and its digest.
    pub frozen: FrozenAction,
    /// What everybody but the executor sees of it.
    pub view: View,
    /// Names the request without its nonce.
    digest: ActionDigest,
    /// Names the request, so that sending it again gives the first answer.
    pub idempotency_key: Option<String>,
    /// Whether a CLEARED verdict shall come with a permit.
    pub wants_permit: bool,
    /// How the gate would carry the action out, if it does such things.
    pub(crate) means: Option<Means>,
}

impl Request {
    /// SHA-256 over the request without its nonce: the same request has the same one.
    #[must_use]
    pub const fn digest(&self) -> ActionDigest {
        self.digest
    }

    /// The same request as `screen` shows it.
    ///
    /// Fails closed: a secret in a name, which stands in lists, rules and headings, is refused.
    ///
    /// # Errors
    /// [`GateError::Invalid`] naming the field.
    pub fn screened(self, screen: &Screen) -> Result<Self, GateError> {
        let action = &self.frozen.action;
        view::check_names(action, screen)?;
        Ok(Self {
            view: View::plain(action).screened(action, screen),
            ..self
        })
    }

    /// A request read back from the record that shows all of it.
    pub(crate) fn recorded(frozen: FrozenAction) -> Self {
        let view = View::plain(&frozen.action);
        Self {
            digest: view.digest(&frozen.action),
            view,
            frozen,
            idempotency_key: None,
            wants_permit: false,
            means: None,
        }
    }
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
    let mut request = of_action(action, nonce)?;
    request.idempotency_key = idempotency_key.map(str::to_owned);
    request.wants_permit = wants_permit;
    Ok(request)
}

/// A request for an action that a door has read in its own way.
///
/// # Errors
/// [`GateError::Invalid`] for what cannot be frozen, and for a secret in a name.
pub fn of_action(action: Action, nonce: Nonce) -> Result<Request, GateError> {
    let screen = view::usual()?;
    view::check_names(&action, &screen)?;
    let plain = View::plain(&action);
    let digest = plain.digest(&action);
    let view = plain.screened(&action, &screen);
    let frozen = freeze::freeze(action, nonce)
        .map_err(|error| GateError::invalid(error.path(), error.to_string()))?;
    Ok(Request {
        frozen,
        view,
        digest,
        idempotency_key: None,
        wants_permit: false,
        means: None,
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
    let scope = fields.id("scope", ScopeName::new);
    let reasoning = fields.text(&["reasoning", "reason"], REASONING_MAX_BYTES);
    let confidence = fields.confidence();
    let evidence = fields.evidence();
    let action = (|| {
        Some(Action {
            tenant: principal.tenant.clone(),
            agent: agent?,
            workspace,
            session,
            scope,
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
