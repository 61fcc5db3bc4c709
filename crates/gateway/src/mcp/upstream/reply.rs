//! What a server says, read as far as the gate cares.

use super::UpstreamError;
use crate::mcp::listener::{Listener, refusal};
use serde_json::{Value, json};

/// One message of a server.
#[derive(Debug)]
pub(super) enum Said {
    /// The answer to one of the gate's requests.
    Answer(u64, Result<Value, UpstreamError>),
    /// A request.
    Request(Asking),
    /// A notification, with its method.
    Note(String, Option<Value>),
}

/// A request of a server.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Option<Value>,
}

impl Asking {
    /// The answer that says this.
    pub(super) fn answered(&self, mut said: Value) -> Value {
        if let Some(members) = said.as_object_mut() {
            members.insert("jsonrpc".to_owned(), "2.0".into());
            members.insert("id".to_owned(), self.id.clone());
        }
        said
    }

    /// The gate's own answer: it has no model, no folders and no user to lend.
    pub(super) fn refused(&self) -> Value {
        self.answered(if self.method == "ping" {
            json!({"result": {}})
        } else {
            refusal()
        })
    }

    /// What the client of a request says to it.
    pub(super) async fn put_to(&self, listener: &Listener) -> Value {
        match self.method.as_str() {
            "ping" => self.refused(),
            method => self.answered(listener.ask(method, self.params.as_ref()).await),
        }
    }
}

/// Reads a message; `None` for what is no message at all.
pub(super) fn read(text: &str) -> Option<Said> {
    said(serde_json::from_str(text).ok()?)
}

/// The same of a value.
pub(super) fn said(value: Value) -> Option<Said> {
    let Value::Object(mut message) = value else {
        return None;
    };
    if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return None;
    }
    let id = message.remove("id");
    if let Some(Value::String(method)) = message.remove("method") {
        let params = message.remove("params");
        return Some(match id {
            Some(id) => Said::Request(Asking { id, method, params }),
            None => Said::Note(method, params),
        });
    }
    // An id that the gate did not give is nobody's, and can be 0.
    let id = id.as_ref().and_then(Value::as_u64).unwrap_or(0);
    if let Some(error) = message.remove("error") {
        return Some(Said::Answer(id, Err(refused(&error))));
    }
    let result = message.remove("result")?;
    Some(Said::Answer(id, Ok(result)))
}

fn refused(error: &Value) -> UpstreamError {
    let message = error.get("message").and_then(Value::as_str);
    UpstreamError::Refused {
        code: error.get("code").and_then(Value::as_i64).unwrap_or(-32603),
        message: message.unwrap_or("no reason given").to_owned(),
        data: error.get("data").cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, read};

    #[test]
    fn requests_of_servers_are_refused() {
        let asked = r#"{"jsonrpc":"2.0","id":"x","method":"sampling/createMessage","params":{}}"#;
        let Some(Said::Request(asking)) = read(asked) else {
            panic!("no request");
        };
        let answer = asking.refused();
        assert_eq!(answer["error"]["code"], -32601);
        assert_eq!(answer["id"], "x");
    }

    #[test]
    fn answers_to_nobody_are_nobodys() {
        for text in [
            r#"{"jsonrpc":"2.0","id":"1","result":{}}"#,
            r#"{"jsonrpc":"2.0","id":null,"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":-1,"result":{}}"#,
        ] {
            assert!(matches!(read(text), Some(Said::Answer(0, Ok(_)))), "{text}");
        }
        for text in ["", "{", "[]", "{}", r#"{"id":1,"result":{}}"#] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
