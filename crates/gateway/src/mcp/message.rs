//! JSON-RPC 2.0 as MCP speaks it: one message at a time, read strictly.

use super::fault::Fault;
use portcullis_firewall::strict;
use serde_json::{Map, Value, json};

/// What a question was answered with: a result, or an error as the client says it.
pub(super) type Answered = Result<Value, Value>;

/// One message of an agent.
#[derive(Debug)]
pub(super) enum Message {
    /// Wants an answer.
    Request(Request),
    /// Answers something that the gate asked, or did not ask.
    Answer(Value, Answered),
    /// Wants none.
    Other,
}

/// A request of an agent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// A number or a text, given back as it came.
    pub(super) id: Value,
    /// What is asked for.
    pub(super) method: String,
    /// With what.
    pub(super) params: Map<String, Value>,
}

impl Request {
    /// What the client says about the request.
    pub(super) fn meta(&self, key: &str) -> Option<&Value> {
        self.params.get("_meta")?.get(key)
    }

    /// A parameter that is a text.
    pub(super) fn text(&self, key: &str) -> Result<&str, Fault> {
        match self.params.get(key) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(Fault::params(format!("`{key}` is not a text"))),
            None => Err(Fault::params(format!("`{key}` is missing"))),
        }
    }
}

/// Reads one message.
///
/// Fails closed: a text that could be read in two ways, a batch, and a message of no known form
/// are refused whole.
pub(super) fn read(bytes: &[u8]) -> Result<Message, Fault> {
    let value = strict::parse(bytes, &strict::Limits::default())
        .map_err(|error| Fault::unreadable(format!("{}: {error}", error.path())))?;
    let Value::Object(mut message) = value else {
        return Err(Fault::invalid("expected one JSON-RPC message"));
    };
    if message.remove("jsonrpc").as_ref().and_then(Value::as_str) != Some("2.0") {
        return Err(Fault::invalid("expected `jsonrpc` to be `2.0`"));
    }
    let id = message.remove("id");
    match (message.remove("method"), id) {
        (Some(Value::String(method)), Some(id)) => {
            let id = usable(id)?;
            let params = match message.remove("params") {
                None | Some(Value::Null) => Map::new(),
                Some(Value::Object(params)) => params,
                Some(_) => return Err(Fault::params("`params` is no object").of(id)),
            };
            if let Some(strange) = message.keys().next() {
                return Err(Fault::invalid(format!("`{strange}` is not known")).of(id));
            }
            Ok(Message::Request(Request { id, method, params }))
        }
        (Some(Value::String(_)), None) => Ok(Message::Other),
        (None, Some(id)) => match (message.remove("result"), message.remove("error")) {
            (Some(result), None) => Ok(Message::Answer(id, Ok(result))),
            (None, Some(error)) => Ok(Message::Answer(id, Err(error))),
            _ => Err(Fault::invalid("expected a result or an error")),
        },
        _ => Err(Fault::invalid("expected a request or a notification")),
    }
}

/// An id that can be told from others; the protocol allows no `null`.
fn usable(id: Value) -> Result<Value, Fault> {
    match &id {
        Value::String(text) if text.len() <= 256 => Ok(id),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(id),
        _ => Err(Fault::invalid(
            "expected `id` to be a whole number or a short text",
        )),
    }
}

/// The answer to a request.
pub(super) fn answer(id: &Value, outcome: Result<Value, Fault>) -> Value {
    match outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(fault) => json!({"jsonrpc": "2.0", "id": id, "error": fault.shown()}),
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, read};

    #[test]
    fn one_text_has_one_meaning() {
        let good = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        assert!(matches!(read(good), Ok(Message::Request(_))));
        for bad in [
            &br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#[..],
            br#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#,
            br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            br#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            br#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
            br#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#,
            br#"{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}"#,
            br#"{"jsonrpc":"2.0","id":1}"#,
            b"{",
        ] {
            assert!(read(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
        let told = br#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        assert!(matches!(read(told), Ok(Message::Other)));
        let answer = br#"{"jsonrpc":"2.0","id":"gate-1","result":{}}"#;
        assert!(matches!(read(answer), Ok(Message::Answer(_, Ok(_)))));
        let both = br#"{"jsonrpc":"2.0","id":"gate-1","result":{},"error":{}}"#;
        assert!(read(both).is_err());
    }
}
