//! Arguments that a tool wants repeated in headers (MCP 2026-07-28, `x-mcp-header`), for whoever
//! routes requests and does not read them.

use super::{coded, fault::Fault};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The member of a schema that asks for it.
const MARK: &str = "x-mcp-header";
/// What the headers begin with.
pub(super) const PARAM: &str = "mcp-param-";
/// The longest name.
const NAME_MAX: usize = 64;
/// How deep arguments may lie.
const DEPTH_MAX: usize = 8;

/// The arguments of a tool that are repeated, by the names of their headers in lower case.
#[derive(Debug, Default)]
pub(super) struct Repeated(BTreeMap<String, Vec<String>>);

impl Repeated {
    /// Reads what a tool's schema asks for; `None` when it cannot be done in one way.
    pub(super) fn of(schema: &Value) -> Option<Self> {
        let mut all = Self::default();
        all.gather(schema, &mut Vec::new())?;
        Some(all)
    }

    fn gather(&mut self, schema: &Value, path: &mut Vec<String>) -> Option<()> {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            return Some(());
        };
        for (key, property) in properties {
            path.push(key.clone());
            if let Some(name) = property.get(MARK) {
                let name = name.as_str().filter(|name| is_name(name))?;
                let kind = property.get("type").and_then(Value::as_str)?;
                let plain = ["string", "integer", "number", "boolean"].contains(&kind);
                let before = self.0.insert(name.to_ascii_lowercase(), path.clone());
                (plain && before.is_none()).then_some(())?;
            }
            if path.len() < DEPTH_MAX {
                self.gather(property, path)?;
            }
            path.pop();
        }
        Some(())
    }

    /// Fails closed: a header that does not say what its argument says, is missing, or is none of
    /// the tool's, is a mismatch.
    pub(super) fn must_agree(
        &self,
        given: &BTreeMap<String, String>,
        arguments: &Map<String, Value>,
    ) -> Result<(), Fault> {
        for name in given.keys().chain(self.0.keys()) {
            let said = given.get(name).map(|said| coded::decoded(said));
            let meant = self.0.get(name).and_then(|path| text_at(arguments, path));
            let same = match (said, meant) {
                (None, None) => self.0.contains_key(name),
                (Some(Some(said)), Some(meant)) => said == meant,
                _ => false,
            };
            if !same {
                let shown: String = name.chars().take(NAME_MAX).collect();
                let why = format!("`{PARAM}{shown}` is not what the body says");
                return Err(Fault::header_mismatch(why));
            }
        }
        Ok(())
    }

    /// The headers that repeat these arguments.
    pub(super) fn headers(&self, arguments: &Map<String, Value>) -> Vec<(String, String)> {
        let found = self.0.iter().filter_map(|(name, path)| {
            let text = text_at(arguments, path)?;
            Some((format!("{PARAM}{name}"), coded::header_text(&text)))
        });
        found.collect()
    }
}

/// Names are parts of headers (RFC 9110, 5.6.2).
fn is_name(name: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.len() <= NAME_MAX && name.bytes().all(token)
}

fn text_at(arguments: &Map<String, Value>, path: &[String]) -> Option<String> {
    let (last, before) = path.split_last()?;
    let mut here = arguments;
    for step in before {
        here = here.get(step)?.as_object()?;
    }
    match here.get(last)? {
        Value::String(text) => Some(text.clone()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Repeated;
    use serde_json::{Map, Value, json};
    use std::collections::BTreeMap;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn headers_say_what_arguments_say() {
        let schema = json!({"properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "deep": {"type": "object", "properties": {
                "count": {"type": "integer", "x-mcp-header": "Count"},
            }},
        }});
        let repeated = Repeated::of(&schema).unwrap();
        let arguments = object(&json!({"region": "\u{fc}ber", "deep": {"count": 3}}));
        let headers = repeated.headers(&arguments);
        let back: BTreeMap<String, String> = headers
            .into_iter()
            .map(|(name, value)| (name.replace("mcp-param-", ""), value))
            .collect();
        assert!(back["region"].is_ascii());
        assert!(repeated.must_agree(&back, &arguments).is_ok());
        for bad in [
            given(&[]),
            given(&[("count", "3")]),
            given(&[("count", "3"), ("region", "uber")]),
            given(&[("count", "4"), ("region", &back["region"])]),
            given(&[("count", "3"), ("region", "=?base64?%%?=")]),
            given(&[("count", "3"), ("region", &back["region"]), ("other", "1")]),
        ] {
            assert!(repeated.must_agree(&bad, &arguments).is_err(), "{bad:?}");
        }
        let none = object(&json!({}));
        assert!(repeated.must_agree(&given(&[]), &none).is_ok());
        assert!(
            repeated
                .must_agree(&given(&[("region", "")]), &none)
                .is_err()
        );
    }

    #[test]
    fn a_wish_that_cannot_be_met_in_one_way_is_none() {
        let of = |property: Value| Repeated::of(&json!({"properties": {"a": property}}));
        assert!(of(json!({"type": "string", "x-mcp-header": "A"})).is_some());
        for bad in [
            json!({"type": "string", "x-mcp-header": ""}),
            json!({"type": "string", "x-mcp-header": "a b"}),
            json!({"type": "string", "x-mcp-header": "a:\r\n"}),
            json!({"type": "string", "x-mcp-header": 1}),
            json!({"type": "object", "x-mcp-header": "A"}),
            json!({"x-mcp-header": "A"}),
        ] {
            assert!(of(bad.clone()).is_none(), "{bad}");
        }
        let twice = json!({"properties": {
            "a": {"type": "string", "x-mcp-header": "A"},
            "b": {"type": "string", "x-mcp-header": "a"},
        }});
        assert!(Repeated::of(&twice).is_none());
    }
}
