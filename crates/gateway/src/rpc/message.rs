//! JSON-RPC 2.0 as Ethereum's wallets speak it, read strictly.

use super::fault::Fault;
use portcullis_firewall::strict;
use serde_json::{Value, json};

/// The most messages in one body.
pub(super) const BATCH_MAX: usize = 50;

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What its answer is told by: a whole number or a short text.
    pub id: Value,
    /// The method, known or not.
    pub method: String,
    /// Its parameters.
    pub params: Vec<Value>,
}

/// What a body holds; what is no request comes with the id of its answer.
#[derive(Debug, PartialEq)]
pub enum Body {
    /// One request.
    One(Result<Asked, (Value, Fault)>),
    /// Several.
    Many(Vec<Result<Asked, (Value, Fault)>>),
}

/// Reads a body.
///
/// Fails closed: a text that could be read in two ways is refused whole.
///
/// # Errors
/// [`Fault`].
pub fn read(bytes: &[u8]) -> Result<Body, Fault> {
    let value = strict::parse(bytes, &strict::Limits::default())
        .map_err(|error| Fault::unreadable(format!("{}: {error}", error.path())))?;
    match value {
        Value::Array(many) if many.is_empty() => Err(Fault::invalid("expected a request")),
        Value::Array(many) if many.len() > BATCH_MAX => {
            let why = format!("more than {BATCH_MAX} requests at once");
            Err(Fault::invalid(why))
        }
        Value::Array(many) => Ok(Body::Many(many.into_iter().map(one).collect())),
        value => Ok(Body::One(one(value))),
    }
}

fn one(value: Value) -> Result<Asked, (Value, Fault)> {
    let bad = |id: &Value, why: &str| Err((id.clone(), Fault::invalid(why)));
    let Value::Object(mut message) = value else {
        return bad(&Value::Null, "expected a request");
    };
    let id = match message.remove("id") {
        Some(Value::String(text)) if text.len() <= 256 => Value::String(text),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => Value::Number(number),
        _ => {
            return bad(
                &Value::Null,
                "expected `id` to be a whole number or a short text",
            );
        }
    };
    if message.remove("jsonrpc").as_ref().and_then(Value::as_str) != Some("2.0") {
        return bad(&id, "expected `jsonrpc` to be `2.0`");
    }
    let Some(Value::String(method)) = message.remove("method") else {
        return bad(&id, "expected a method");
    };
    let params = match message.remove("params") {
        None => Vec::new(),
        Some(Value::Array(params)) => params,
        Some(_) => return bad(&id, "expected `params` to be a list"),
    };
    match message.keys().next() {
        Some(strange) => {
            let why = format!("`{strange}` is not known");
            bad(&id, &why)
        }
        None => Ok(Asked { id, method, params }),
    }
}

/// The answer to a request.
pub(super) fn answer(id: &Value, outcome: &Result<Value, Fault>) -> Value {
    match outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(fault) => json!({"jsonrpc": "2.0", "id": id, "error": fault.shown()}),
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH_MAX, Body, read};

    fn good(text: &str) -> bool {
        matches!(read(text.as_bytes()), Ok(Body::One(Ok(_))))
    }

    #[test]
    fn one_text_has_one_meaning() {
        assert!(good(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#));
        assert!(good(
            r#"{"jsonrpc":"2.0","id":"a","method":"eth_chainId","params":[]}"#
        ));
        for bad in [
            r#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#,
            r#"{"jsonrpc":"2.0","id":null,"method":"a"}"#,
            r#"{"jsonrpc":"2.0","method":"a"}"#,
            r#"{"jsonrpc":"1.0","id":1,"method":"a"}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"a","more":1}"#,
            r#"{"jsonrpc":"2.0","id":1.5,"method":"a"}"#,
            "[]",
            "1",
            "",
        ] {
            assert!(!good(bad), "{bad}");
        }
    }

    #[test]
    fn batches_have_a_bound() {
        let one = r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#;
        let batch = |count| format!("[{}]", vec![one; count].join(","));
        assert!(matches!(
            read(batch(BATCH_MAX).as_bytes()),
            Ok(Body::Many(_))
        ));
        assert!(read(batch(BATCH_MAX + 1).as_bytes()).is_err());
    }
}
