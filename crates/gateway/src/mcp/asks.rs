//! What servers ask of clients: who may ask for what, and who can answer it.
//!
//! A server gets nothing from a client unless the operator says so, and never more than the client
//! says of itself that it can.

use super::era::{Abilities, TASKS};
use serde_json::{Map, Value, json};
use std::str::FromStr;

/// The members of client capabilities that are passed on to servers.
const KINDS: [(Ask, &str, &str); 3] = [
    (Ask::Elicitation, "elicitation", "elicitation/create"),
    (Ask::Roots, "roots", "roots/list"),
    (Ask::Sampling, "sampling", "sampling/createMessage"),
];

/// The most that is kept of a client's capabilities, in bytes of JSON.
const NOTED_MAX: usize = 8 << 10;

/// Something that a server may ask of a client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ask {
    /// Words from its user.
    Elicitation,
    /// The folders it works in.
    Roots,
    /// Words from its model.
    Sampling,
}

impl FromStr for Ask {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let known = KINDS.into_iter().find(|(_, known, _)| *known == word);
        known.map(|(ask, _, _)| ask).ok_or(())
    }
}

/// What a server may ask of one client.
#[derive(Clone, Debug, Default)]
pub(super) struct Asks {
    may: Vec<Ask>,
    /// What the client says that it can do.
    can: Value,
}

impl Asks {
    pub(super) fn new(may: &[Ask], can: &Value) -> Self {
        Self {
            may: may.to_vec(),
            can: can.clone(),
        }
    }

    /// What is said of the client to a server: nothing that the server may not ask for.
    pub(super) fn capabilities(&self) -> Value {
        let told = KINDS.iter().filter_map(|(ask, key, _)| {
            let value = self.can.get(*key).filter(|_| self.may.contains(ask))?;
            Some(((*key).to_owned(), value.clone()))
        });
        let mut told: Map<String, Value> = told.collect();
        // Whoever looks after tasks of the gate looks after those of servers.
        if Abilities::of(&self.can).tasks {
            told.insert("extensions".to_owned(), json!({TASKS: {}}));
        }
        Value::Object(told)
    }

    /// Whether this is something that the server may ask for and the client can do.
    ///
    /// Fails closed: a method that is not known is none.
    pub(super) fn allow(&self, method: &str, params: Option<&Value>) -> bool {
        let known = KINDS.iter().find(|(_, _, known)| *known == method);
        let Some((ask, key, _)) = known else {
            return false;
        };
        let Some(can) = self.can.get(*key).and_then(Value::as_object) else {
            return false;
        };
        self.may.contains(ask) && (*ask != Ask::Elicitation || can_elicit(can, params))
    }

    /// Whether a result wants nothing else from the client (MCP 2026-07-28, multi-round-trip).
    pub(super) fn allow_all(&self, result: &Value) -> bool {
        match result.get("inputRequests") {
            None => true,
            Some(Value::Object(requests)) => requests.values().all(|request| {
                let method = request.get("method").and_then(Value::as_str);
                method.is_some_and(|method| self.allow(method, request.get("params")))
            }),
            Some(_) => false,
        }
    }
}

/// A form is the usual way to ask; a client that says nothing of ways knows it alone.
fn can_elicit(can: &Map<String, Value>, params: Option<&Value>) -> bool {
    let mode = params.and_then(|params| params.get("mode"));
    match mode.map_or(Some("form"), Value::as_str) {
        Some("form") => can.contains_key("form") || !can.contains_key("url"),
        Some("url") => can.contains_key("url"),
        _ => false,
    }
}

/// What is kept of a client's capabilities for as long as a handshake lasts.
pub(super) fn noted(can: &Value) -> Value {
    let all = [Ask::Elicitation, Ask::Roots, Ask::Sampling];
    let kept = Asks::new(&all, can).capabilities();
    if kept.to_string().len() > NOTED_MAX {
        return json!({});
    }
    kept
}

/// What a server is told before it is known for which client it will be asked.
pub(super) fn capabilities_of_any(may: &[Ask]) -> Value {
    let can = json!({"elicitation": {"form": {}, "url": {}}, "roots": {}, "sampling": {}});
    Asks::new(may, &can).capabilities()
}

#[cfg(test)]
mod tests {
    use super::{Ask, Asks, capabilities_of_any};
    use serde_json::json;

    #[test]
    fn a_server_asks_for_what_it_may_and_the_client_can() {
        let can = json!({"elicitation": {}, "sampling": {}, "tasks": {}});
        let asks = Asks::new(&[Ask::Elicitation, Ask::Roots], &can);
        assert_eq!(asks.capabilities(), json!({"elicitation": {}}));
        assert!(asks.allow("elicitation/create", Some(&json!({"message": "?"}))));
        let url = json!({"mode": "url", "url": "https://example.com"});
        assert!(!asks.allow("elicitation/create", Some(&url)));
        assert!(!asks.allow("elicitation/create", Some(&json!({"mode": 1}))));
        assert!(!asks.allow("sampling/createMessage", None), "it may not");
        assert!(!asks.allow("roots/list", None), "the client cannot");
        assert!(!asks.allow("tools/call", None));
        let tasks = json!({"extensions": {"io.modelcontextprotocol/tasks": {}, "other": {}}});
        assert_eq!(
            Asks::new(&[], &tasks).capabilities(),
            json!({"extensions": {"io.modelcontextprotocol/tasks": {}}})
        );
        assert!(asks.allow_all(&json!({"requestState": "x"})));
        assert!(!asks.allow_all(&json!({"inputRequests": {"a": {"method": "roots/list"}}})));
        assert!(!asks.allow_all(&json!({"inputRequests": []})));
    }

    #[test]
    fn nobody_may_ask_unless_told_otherwise() {
        let can = json!({"elicitation": {}, "sampling": {}, "roots": {}});
        let asks = Asks::new(&[], &can);
        assert!(!asks.allow("elicitation/create", None));
        assert_eq!(asks.capabilities(), json!({}));
        assert_eq!(capabilities_of_any(&[Ask::Roots]), json!({"roots": {}}));
    }
}
