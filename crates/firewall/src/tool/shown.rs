//! What a tool says of itself, without secrets.
//!
//! Schemas are read as such: a parameter that is called `token` is a name there, and what stands
//! under it describes it. Taken for a secret's value, a description would be none any more.

use portcullis_screen::{aliases::Aliases, finding::REDACTED, kind::Kind, screen::Screen};
use serde_json::{Map, Value};

/// The members of a definition that are schemas.
const SCHEMAS: [&str; 2] = ["inputSchema", "outputSchema"];
/// Keywords under which schemas, and lists of names, have names that their author chose (JSON Schema
/// 2020-12).
const NAMED: [&str; 7] = [
    "$defs",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "properties",
];
/// Keywords under which there is a schema, or a list of them, for the same value or a part of it.
const NESTED: [&str; 15] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords under which there are values of what is described.
const VALUES: [&str; 4] = ["const", "default", "example", "examples"];

/// The content of a definition without what must not be seen.
///
/// Fails closed: when a registered secret is still found in the whole as it is written, which spans
/// several members then, all of it is hidden.
pub(super) fn definition(screen: &Screen, content: &Value) -> Value {
    if screen.is_clean_json(content, content.to_string().as_bytes()) {
        return content.clone();
    }
    let mut reader = Reader {
        screen,
        aliases: Aliases::new(),
    };
    let shown = reader.members(content, |reader, key, value| match key {
        _ if SCHEMAS.contains(&key) => reader.schema("", value),
        // A tool's name is nobody's.
        "name" => reader.value("", value),
        _ => reader.value(key, value),
    });
    let written = screen.redact(&shown.to_string()).findings;
    if written.iter().any(|found| found.kind == Kind::Secret) {
        return Value::from(REDACTED);
    }
    shown
}

struct Reader<'s> {
    screen: &'s Screen,
    aliases: Aliases,
}

impl Reader<'_> {
    /// A schema, or a list of them, and the name of what it describes.
    fn schema(&mut self, name: &str, schema: &Value) -> Value {
        if let Value::Array(several) = schema {
            return several.iter().map(|one| self.schema(name, one)).collect();
        }
        self.members(schema, |reader, keyword, value| match keyword {
            _ if NAMED.contains(&keyword) => {
                reader.members(value, |reader, name, schema| reader.schema(name, schema))
            }
            _ if NESTED.contains(&keyword) => reader.schema(name, value),
            _ if VALUES.contains(&keyword) => reader.value(name, value),
            _ => reader.value(keyword, value),
        })
    }

    /// The members of an object, by names that are screened as well and stay apart; whatever else
    /// stands in its place is a value.
    fn members(
        &mut self,
        value: &Value,
        mut read: impl FnMut(&mut Self, &str, &Value) -> Value,
    ) -> Value {
        let Value::Object(members) = value else {
            return self.value("", value);
        };
        let mut shown = Map::new();
        for (name, value) in members {
            let value = read(self, name, value);
            let mut name = self
                .screen
                .redact_with(name, &mut self.aliases)
                .text
                .into_owned();
            while shown.contains_key(&name) {
                name.push('\'');
            }
            shown.insert(name, value);
        }
        Value::Object(shown)
    }

    /// A value that stands under a name, as everywhere else.
    fn value(&mut self, name: &str, value: &Value) -> Value {
        let alone = Map::from_iter([(name.to_owned(), value.clone())]);
        let shown = self
            .screen
            .redact_json(&Value::Object(alone), &mut self.aliases);
        match shown.value {
            Value::Object(shown) => shown.into_values().next(),
            _ => None,
        }
        .unwrap_or_else(|| Value::from(REDACTED))
    }
}

#[cfg(test)]
mod tests {
    use super::definition;
    use portcullis_screen::{
        screen::Screen,
        secrets::{Level, Secrets},
    };
    use serde_json::{Value, json};

    const SECRET: &str = "plum/otter+quartz \"9471\"";

    fn screen() -> Screen {
        let mut secrets = Secrets::new();
        secrets.add(SECRET).unwrap();
        let screen = Screen::builder().secrets(Level::Global, secrets).build();
        screen.unwrap()
    }

    /// A tool with one parameter, and something more of its schema.
    fn tool(name: &str, keyword: &str, value: &Value) -> Value {
        json!({
            "name": "read",
            "inputSchema": {"type": "object", "properties": {name: {"type": "string", keyword: value}}},
        })
    }

    #[test]
    fn a_registered_secret_is_shown_nowhere() {
        let secret = json!(SECRET);
        let with = |name: &str, value: Value| {
            let mut tool = json!({"name": "read"});
            tool[name] = value;
            tool
        };
        for said in [
            with("title", secret.clone()),
            with("description", json!(format!("Reads with {SECRET}."))),
            with("annotations", json!({"title": SECRET})),
            with("outputSchema", json!({"properties": {SECRET: {}}})),
            with(
                "outputSchema",
                json!({"$defs": {"a": {"anyOf": [{"title": SECRET}]}}}),
            ),
            with(
                "outputSchema",
                json!({"items": {"prefixItems": [{"const": SECRET}]}}),
            ),
            with(
                "outputSchema",
                json!({"dependentRequired": {"a": [SECRET]}}),
            ),
            with("outputSchema", secret.clone()),
            tool("path", "title", &secret),
            tool("path", "enum", &json!(["a", SECRET])),
            tool("path", "default", &secret),
            tool("path", "const", &json!({"a": [SECRET]})),
            tool("path", "examples", &json!([SECRET])),
            tool("path", "pattern", &json!(format!("^{SECRET}$"))),
            tool("path", "x-own", &json!({"a": SECRET})),
            tool(SECRET, "title", &json!("a")),
        ] {
            let shown = definition(&screen(), &said).to_string();
            assert!(shown.contains("[REDACTED]"), "{said}: {shown}");
            assert!(
                !shown.contains("otter") && !shown.contains("9471"),
                "{shown}"
            );
        }
    }

    #[test]
    fn what_spans_several_members_hides_the_whole() {
        let mut secrets = Secrets::new();
        secrets.add(r#"walnut","type":"string"#).unwrap();
        let screen = Screen::builder().secrets(Level::Global, secrets).build();
        let said = tool("path", "title", &json!("walnut"));
        assert_eq!(definition(&screen.unwrap(), &said), json!("[REDACTED]"));
    }

    #[test]
    fn a_parameter_that_is_called_a_secret_is_described_and_its_values_are_hidden() {
        for name in ["password", "api_key", "token"] {
            let said = tool(name, "description", &json!("What to show at the door"));
            assert_eq!(definition(&screen(), &said), said);
            let choice = tool(name, "enum", &json!(["first", "second"]));
            assert_eq!(definition(&screen(), &choice), choice);
            for keyword in ["default", "const"] {
                let said = tool(name, keyword, &json!("hunter2"));
                let shown = definition(&screen(), &said);
                let place = format!("/inputSchema/properties/{name}/{keyword}");
                assert_eq!(shown.pointer(&place), Some(&json!("[REDACTED]")), "{shown}");
                let kind = format!("/inputSchema/properties/{name}/type");
                assert_eq!(shown.pointer(&kind), Some(&json!("string")), "{shown}");
            }
        }
    }

    #[test]
    fn names_that_read_the_same_without_secrets_stay_apart() {
        let said = json!({"inputSchema": {"properties": {
            format!("a {SECRET}"): {"title": "first"}, format!("a {SECRET} "): {"title": "second"},
        }}});
        let shown = definition(&screen(), &said);
        let properties = shown["inputSchema"]["properties"].as_object().unwrap();
        assert_eq!(properties.len(), 2, "{shown}");
    }

    #[test]
    fn what_holds_nothing_to_hide_stays_as_it_is() {
        let said = json!({
            "name": "read", "description": "Reads a file.", "annotations": {"readOnlyHint": true},
            "inputSchema": {
                "type": "object", "required": ["token"], "additionalProperties": false,
                "properties": {"token": {"type": ["string", "null"], "title": "Token"}},
                "dependentRequired": {"token": ["path"]}, "allOf": [true, {"minProperties": 1}],
            },
        });
        assert_eq!(definition(&screen(), &said), said);
    }
}
