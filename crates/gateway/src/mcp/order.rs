//! What an agent asks of a server, as an action: the way there and the way back.
//!
//! The parameters of the action are the arguments as they are, so that rules see them by their own
//! names. One more member says what they are for, and which definition of the tool was meant. All
//! of it is covered by the digest; what is asked of the server is read from the frozen bytes.

use super::{fault::Fault, message::Request as Asked, settings::ServerSettings, spaced};
use portcullis_firewall::{
    digest::Nonce,
    principal::Principal,
    request::{self, Request},
    strict,
};
use portcullis_policy::action::Action;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The member of an action's parameters that says what the others are for. No argument has this
/// name.
const OWN: &str = "_mcp";

/// What an agent may say about a request, below `_meta`.
const META_AGENT: &str = "io.portcullis/agent_id";
const META_KEY: &str = "io.portcullis/idempotency_key";
const META_WORDS: [(&str, &str); 5] = [
    ("io.portcullis/session_id", "session_id"),
    ("io.portcullis/scope", "scope"),
    ("io.portcullis/reasoning", "reasoning"),
    ("io.portcullis/confidence", "confidence"),
    ("io.portcullis/evidence", "evidence"),
];

/// The methods that touch something behind the gate.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(super) enum Deed {
    #[serde(rename = "tools/call")]
    CallTool,
    #[serde(rename = "resources/read")]
    ReadResource,
    #[serde(rename = "resources/subscribe")]
    Subscribe,
    #[serde(rename = "prompts/get")]
    GetPrompt,
    #[serde(rename = "completion/complete")]
    Complete,
    #[serde(rename = "tasks/update")]
    UpdateTask,
}

impl Deed {
    /// The method on the wire.
    pub(super) const fn method(self) -> &'static str {
        match self {
            Self::CallTool => "tools/call",
            Self::ReadResource => "resources/read",
            Self::Subscribe => "resources/subscribe",
            Self::GetPrompt => "prompts/get",
            Self::Complete => "completion/complete",
            Self::UpdateTask => "tasks/update",
        }
    }

    /// Whether its server may want to know something first (MCP 2026-07-28).
    pub(super) const fn in_rounds(self) -> bool {
        matches!(self, Self::CallTool | Self::ReadResource | Self::GetPrompt)
    }
}

/// One thing to ask of a server.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    pub(super) purpose: Purpose,
    pub(super) arguments: Map<String, Value>,
}

/// What the arguments are for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purpose {
    /// The digest of the tool's definition; empty for what has none.
    #[serde(with = "spaced")]
    pub(super) definition: String,
    /// The method.
    pub(super) method: Deed,
    /// The server's own name for the tool or prompt; empty for resources.
    pub(super) name: String,
    /// The server.
    pub(super) server: String,
    /// What the client answers to what the server wanted to know before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) answers: Option<Value>,
    /// What the server wanted to have back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<String>,
}

impl Purpose {
    /// What an action of this door is for; `None` for every other.
    pub(super) fn of(action: &Action) -> Option<Self> {
        let purpose = action.parameters.get(OWN)?;
        let purpose = Self::deserialize(purpose).ok()?;
        purpose.is_of(action.kind.as_str()).then_some(purpose)
    }

    fn is_of(&self, action_type: &str) -> bool {
        kind(&self.server, self.method, &self.name).to_lowercase() == action_type
    }
}

/// The action type of something that is asked of a server. Names of tools have no `/`.
pub(super) fn kind(server: &str, method: Deed, name: &str) -> String {
    match method {
        Deed::CallTool => format!("mcp.{server}.{name}"),
        other => format!("mcp.{server}.{}", other.method()),
    }
}

impl Order {
    /// The action to judge.
    ///
    /// Fails closed: an argument with the gate's own name refuses the request.
    pub(super) fn request(
        &self,
        (server, asked): (&ServerSettings, &Asked),
        principal: &Principal,
        nonce: Nonce,
    ) -> Result<Request, Fault> {
        let purpose = &self.purpose;
        let mut words = Map::new();
        let mut say = |key: &str, value: Value| words.insert(key.to_owned(), value);
        say(
            "action_type",
            kind(&purpose.server, purpose.method, &purpose.name).into(),
        );
        say("target_service", purpose.server.as_str().into());
        say("environment", server.environment.as_str().into());
        say("permit", true.into());
        if let Some(workspace) = &server.workspace {
            say("workspace_id", workspace.as_str().into());
        }
        for (key, word) in [(META_AGENT, "agent_id")].iter().chain(&META_WORDS) {
            if let Some(value) = asked.meta(key) {
                say(word, value.clone());
            }
        }
        let key = match asked.meta(META_KEY) {
            None => None,
            Some(Value::String(key)) => Some(key.as_str()),
            Some(_) => return Err(Fault::params(format!("`{META_KEY}` is not a text"))),
        };
        let base = request::from_value(Value::Object(words), principal, nonce, key)?;
        let mut action = base.frozen.action;
        action.parameters = self.parameters()?;
        let mut request = request::of_action(action, nonce)?;
        request.idempotency_key = base.idempotency_key;
        request.wants_permit = true;
        Ok(request)
    }

    fn parameters(&self) -> Result<Map<String, Value>, Fault> {
        let mut parameters = self.arguments.clone();
        let purpose = serde_json::to_value(&self.purpose)
            .map_err(|_| Fault::inside("the request cannot be written down"))?;
        match parameters.insert(OWN.to_owned(), purpose) {
            None => Ok(parameters),
            Some(_) => Err(Fault::params(format!("no argument may be called `{OWN}`"))),
        }
    }

    /// The order in the bytes of an action whose permit was spent.
    ///
    /// Fails closed: bytes that are no order of this door are none.
    pub(super) fn thaw(action: &[u8]) -> Option<Self> {
        let limits = strict::Limits {
            bytes: usize::MAX,
            ..strict::Limits::default()
        };
        let mut action = strict::parse(action, &limits).ok()?;
        let Value::Object(mut arguments) = action.get_mut("parameters")?.take() else {
            return None;
        };
        let purpose: Purpose = serde_json::from_value(arguments.remove(OWN)?).ok()?;
        let is_it = purpose.is_of(action.get("action_type")?.as_str()?);
        is_it.then_some(Self { purpose, arguments })
    }

    /// What is sent to the server.
    pub(super) fn params(self) -> Map<String, Value> {
        let Self { purpose, arguments } = self;
        let mut params = match purpose.method {
            Deed::CallTool | Deed::GetPrompt => {
                let mut params = Map::new();
                params.insert("name".to_owned(), purpose.name.into());
                params.insert("arguments".to_owned(), Value::Object(arguments));
                params
            }
            Deed::ReadResource | Deed::Subscribe | Deed::Complete | Deed::UpdateTask => arguments,
        };
        if let Some(answers) = purpose.answers {
            params.insert("inputResponses".to_owned(), answers);
        }
        if let Some(state) = purpose.state {
            params.insert("requestState".to_owned(), state.into());
        }
        params
    }

    /// What it is, for records and people; without what the arguments say.
    pub(super) fn words(&self) -> String {
        let Purpose {
            method,
            name,
            server,
            ..
        } = &self.purpose;
        let name = if name.is_empty() { "" } else { name };
        format!("{} {server}/{name}", method.method())
    }
}

/// An empty action of this kind, to ask whether it could ever happen.
pub(super) fn probe(
    server: &ServerSettings,
    (method, name): (Deed, &str),
    principal: &Principal,
    agent: Option<&Value>,
    nonce: Nonce,
) -> Option<Action> {
    let mut words = json!({
        "action_type": kind(&server.name, method, name),
        "target_service": server.name,
        "environment": server.environment,
    });
    let say = words.as_object_mut()?;
    if let Some(workspace) = &server.workspace {
        say.insert("workspace_id".to_owned(), workspace.as_str().into());
    }
    if let Some(agent) = agent {
        say.insert("agent_id".to_owned(), agent.clone());
    }
    let request = request::from_value(words, principal, nonce, None).ok()?;
    Some(request.frozen.action)
}

/// The agent that a client of the tenant speaks for, when it says so.
pub(super) fn agent_named(asked: &Asked) -> Option<&Value> {
    asked.meta(META_AGENT)
}

#[cfg(test)]
mod tests {
    use super::{Deed, Order, Purpose, kind};
    use serde_json::json;

    fn order() -> Order {
        Order {
            purpose: Purpose {
                definition: "d".to_owned(),
                method: Deed::CallTool,
                name: "Write".to_owned(),
                server: "files".to_owned(),
                answers: None,
                state: None,
            },
            arguments: json!({"path": "/a", "emergency": true})
                .as_object()
                .unwrap()
                .clone(),
        }
    }

    #[test]
    fn what_is_asked_comes_back_from_the_frozen_action() {
        let parameters = order().parameters().unwrap();
        let action = json!({"action_type": "mcp.files.write", "parameters": parameters});
        let back = Order::thaw(action.to_string().as_bytes()).unwrap();
        assert_eq!(back, order());
        let params = serde_json::Value::Object(back.params());
        assert_eq!(
            params,
            json!({"name": "Write", "arguments": {"path": "/a", "emergency": true}})
        );
        let other =
            json!({"action_type": "mcp.files.read", "parameters": order().parameters().unwrap()});
        assert!(Order::thaw(other.to_string().as_bytes()).is_none());
        assert!(Order::thaw(br#"{"action_type":"x","parameters":{}}"#).is_none());
    }

    #[test]
    fn a_digest_is_not_taken_for_somebodys_card() {
        let mut order = order();
        order.purpose.definition = format!("4111111111111111{}", "0".repeat(48));
        let parameters = order.parameters().unwrap();
        let text = serde_json::Value::Object(parameters.clone()).to_string();
        let runs = text.split(|char: char| !char.is_ascii_digit());
        assert!(runs.map(str::len).all(|digits| digits <= 8), "{text}");
        let action = json!({"action_type": "mcp.files.write", "parameters": parameters});
        assert_eq!(Order::thaw(action.to_string().as_bytes()).unwrap(), order);
    }

    #[test]
    fn no_argument_passes_for_the_gates_own() {
        let mut order = order();
        order
            .arguments
            .insert("_mcp".to_owned(), json!({"server": "other"}));
        assert!(order.parameters().is_err());
    }

    #[test]
    fn kinds_cannot_be_mistaken_for_each_other() {
        assert_eq!(kind("files", Deed::CallTool, "read"), "mcp.files.read");
        assert_eq!(
            kind("files", Deed::ReadResource, ""),
            "mcp.files.resources/read"
        );
    }
}
