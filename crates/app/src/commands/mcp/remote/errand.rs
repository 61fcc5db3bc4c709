//! What a client wants done, as the gate judges it and as the server is asked.

use portcullis_gateway::mcp::is_tool_name;
use serde_json::{Map, Value, json};

/// The member of an action's parameters that says what the arguments are for.
const OWN: &str = "_mcp";
/// The gate's own codes for what is refused, and for what waits.
const BLOCKED: i64 = -32010;
const HELD: i64 = -32011;
const INVALID_PARAMS: i64 = -32602;
/// What a self-contained request says first.
const VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// One thing to ask of the server that may touch something.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub(super) method: String,
    /// What the protocol itself wants to know with each request.
    meta: Map<String, Value>,
    /// The action type.
    pub(super) kind: String,
    /// The parameters that are judged.
    pub(super) parameters: Map<String, Value>,
    /// What the client says of it: the reason, the confidence and so on.
    pub(super) words: Map<String, Value>,
}

/// Why something was not done.
#[derive(Clone, Debug)]
pub(super) struct No {
    pub(super) code: String,
    pub(super) reason: String,
    pub(super) remedy: String,
    pub(super) seq: Option<u64>,
    pub(super) hold: Option<String>,
    /// Whether people still decide.
    pub(super) held: bool,
}

impl No {
    pub(super) fn new(code: &str, reason: impl Into<String>, remedy: &str) -> Self {
        Self {
            code: code.to_owned(),
            reason: reason.into(),
            remedy: remedy.to_owned(),
            seq: None,
            hold: None,
            held: false,
        }
    }
}

impl Errand {
    /// What a request asks for; `None` for what is no method that is judged.
    ///
    /// Fails closed: a name with more than one form, and arguments with the gate's own name, are
    /// refused.
    pub(super) fn of(
        server: &str,
        method: &str,
        params: Map<String, Value>,
    ) -> Option<Result<Self, Value>> {
        let arguments = match method {
            "tools/call" | "prompts/get" => params.get("arguments").cloned().unwrap_or_default(),
            "resources/read" => json!({ "uri": params.get("uri")?.as_str()? }),
            "completion/complete" => {
                json!({ "argument": params.get("argument"), "ref": params.get("ref") })
            }
            _ => return None,
        };
        let name = match method {
            "tools/call" | "prompts/get" => params.get("name")?.as_str()?.to_owned(),
            _ => String::new(),
        };
        let kind = if method == "tools/call" {
            if !is_tool_name(&name) {
                return None;
            }
            format!("mcp.{server}.{name}")
        } else {
            format!("mcp.{server}.{method}")
        };
        Some(Self::made(
            server,
            (method, name),
            kind,
            (arguments, params),
        ))
    }

    fn made(
        server: &str,
        (method, name): (&str, String),
        kind: String,
        (arguments, params): (Value, Map<String, Value>),
    ) -> Result<Self, Value> {
        let bad = |why: &str| json!({ "code": INVALID_PARAMS, "message": why });
        let parameters = match arguments {
            Value::Null => Map::new(),
            Value::Object(arguments) => arguments,
            _ => return Err(bad("`arguments` is no object")),
        };
        let mut parameters = parameters;
        let purpose = json!({ "method": method, "name": name, "server": server });
        if parameters.insert(OWN.to_owned(), purpose).is_some() {
            return Err(bad("no argument may be called `_mcp`"));
        }
        let meta = params.get("_meta");
        let mut words = Map::new();
        for word in ["agent_id", "reasoning", "confidence", "evidence"] {
            let said = meta.and_then(|meta| meta.get(format!("io.portcullis/{word}")));
            words.extend(said.map(|said| (word.to_owned(), said.clone())));
        }
        Ok(Self {
            method: method.to_owned(),
            meta: meta
                .and_then(Value::as_object)
                .map(protocols_own)
                .unwrap_or_default(),
            kind,
            parameters,
            words,
        })
    }

    /// What the server is asked: what the action says whose permit was spent, and nothing else.
    ///
    /// Fails closed: `None` for an action that is no errand to this server's method.
    pub(super) fn order(&self, action: &Value) -> Option<Map<String, Value>> {
        let mut arguments = action.get("parameters")?.as_object()?.clone();
        let purpose = arguments.remove(OWN)?;
        if purpose.get("method")?.as_str()? != self.method {
            return None;
        }
        let mut params = Map::new();
        if matches!(self.method.as_str(), "tools/call" | "prompts/get") {
            params.insert("name".to_owned(), purpose.get("name")?.clone());
            params.insert("arguments".to_owned(), Value::Object(arguments));
        } else {
            params = arguments;
        }
        if !self.meta.is_empty() {
            params.insert("_meta".to_owned(), Value::Object(self.meta.clone()));
        }
        Some(params)
    }

    /// The same errand has the same key, however it is sent.
    pub(super) fn key(&self) -> String {
        json!([self.kind, self.parameters]).to_string()
    }
}

/// What makes a request self-contained (MCP 2026-07-28); the server may ask the client for nothing.
pub(super) fn protocols_own(meta: &Map<String, Value>) -> Map<String, Value> {
    const ABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
    let mut kept = Map::new();
    for key in [VERSION, "io.modelcontextprotocol/clientInfo"] {
        kept.extend(meta.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    if meta.contains_key(ABILITIES) {
        kept.insert(ABILITIES.to_owned(), json!({}));
    }
    kept
}

/// A no, as the client's model reads it: tools have results for it, everything else has errors.
pub(super) fn refusal(errand: &Errand, no: &No) -> Result<Value, Value> {
    let No {
        code,
        reason,
        remedy,
        ..
    } = no;
    let text = match (&no.hold, no.held) {
        (Some(hold), true) => {
            format!("HELD ({code}), as hold {hold}: {reason}. Nothing was done yet; {remedy}.")
        }
        _ => format!("BLOCKED ({code}): {reason}. Nothing was done; {remedy}."),
    };
    let data = json!({
        "code": code,
        "hold_id": no.hold,
        "reason": reason,
        "remedy": remedy,
        "seq": no.seq,
        "verdict": if no.held { "HELD" } else { "BLOCKED" },
    });
    if errand.method == "tools/call" {
        let mut result = json!({
            "content": [{ "type": "text", "text": text }],
            "isError": true,
            "_meta": { "io.portcullis/refusal": data },
        });
        if let Some(members) = result.as_object_mut()
            && errand.meta.contains_key(VERSION)
        {
            // A self-contained request is answered with what its result is.
            members.insert("resultType".to_owned(), "complete".into());
        }
        return Ok(result);
    }
    let number = if no.held { HELD } else { BLOCKED };
    Err(json!({ "code": number, "message": text, "data": data }))
}

#[cfg(test)]
mod tests {
    use super::Errand;
    use serde_json::{Map, Value, json};

    fn params(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn what_is_judged_is_what_is_asked() {
        let asked = params(
            &json!({"name": "write", "arguments": {"path": "/a"}, "_meta": {
            "io.portcullis/reasoning": "so", "progressToken": 1}}),
        );
        let errand = Errand::of("files", "tools/call", asked).unwrap().unwrap();
        assert_eq!(errand.kind, "mcp.files.write");
        assert_eq!(errand.parameters["path"], "/a");
        assert_eq!(errand.parameters["_mcp"]["name"], "write");
        assert_eq!(errand.words["reasoning"], "so");
        let action = json!({"parameters": errand.parameters});
        let order = errand.order(&action).unwrap();
        assert_eq!(
            Value::Object(order),
            json!({"name": "write", "arguments": {"path": "/a"}})
        );
        assert!(
            errand
                .order(&json!({"parameters": {"path": "/a"}}))
                .is_none()
        );
    }

    #[test]
    fn what_has_no_one_meaning_is_refused() {
        for (method, value) in [
            ("tools/call", json!({"name": "a b"})),
            ("tools/call", json!({"name": 7})),
            ("tools/call", json!({})),
            ("resources/read", json!({"uri": ["x"]})),
            ("resources/subscribe", json!({"uri": "x"})),
            ("tasks/get", json!({})),
        ] {
            assert!(
                Errand::of("files", method, params(&value)).is_none(),
                "{method} {value}"
            );
        }
        for value in [
            json!({"name": "a", "arguments": [1]}),
            json!({"name": "a", "arguments": {"_mcp": {}}}),
        ] {
            let made = Errand::of("files", "tools/call", params(&value)).unwrap();
            assert!(made.is_err(), "{value}");
        }
    }
}
