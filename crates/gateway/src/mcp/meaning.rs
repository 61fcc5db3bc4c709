//! What a tool says of itself: checked, digested, and as agents may see it.

use super::{repeated::Repeated, schema::Schema, settings::ServerSettings};
use portcullis_firewall::{
    canonical,
    tool::{Definition, SeenTool},
    visible::{is_unseen, visible_block},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The longest name of a tool, in bytes: with its server's it still is part of an action type.
const NAME_MAX: usize = 64;
/// The largest definition, in bytes of canonical JSON.
const BYTES_MAX: usize = 64 << 10;
/// What every digested definition begins with.
const DOMAIN: &[u8] = b"portcullis tool v1\n";

/// What the gate understands and pins of a definition. Anything else a server says of a tool is
/// not shown to agents, so that it need not be pinned.
const MEMBERS: [&str; 6] = [
    "annotations",
    "description",
    "inputSchema",
    "name",
    "outputSchema",
    "title",
];

/// Reads what a server says of one tool; `None` for what can be no tool of any name.
pub(super) fn seen(server: &ServerSettings, said: &Value) -> Option<SeenTool> {
    let said = said.as_object()?;
    let name = said
        .get("name")?
        .as_str()
        .filter(|name| is_tool_name(name))?;
    let content: Map<String, Value> = MEMBERS
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), said.get(*key)?.clone())))
        .collect();
    let content = Value::Object(content);
    let bytes = canonical::to_vec(&json!({"server": server.identity(), "tool": content}));
    if bytes.len() > BYTES_MAX {
        return None;
    }
    let digest = Sha256::new_with_prefix(DOMAIN)
        .chain_update(&bytes)
        .finalize();
    Some(SeenTool {
        name: name.to_owned(),
        definition: Definition {
            digest: hex::encode(digest),
            warnings: warnings(&content),
            content,
        },
    })
}

/// Whether a tool may be called so: names as the protocol recommends them (2025-11-25, tools), so
/// that an action type has one form.
#[must_use]
pub fn is_tool_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    name.len() <= NAME_MAX
        && name.bytes().all(plain)
        && name.split('.').all(|part| !part.is_empty())
}

/// What people should know before they accept a definition.
fn warnings(content: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if any_text(content, &|text| {
        text.chars()
            .any(|char| is_unseen(char) && !matches!(char, '\n' | '\t'))
    }) {
        found.push("it has characters that an eye cannot see".to_owned());
    }
    match content.get("inputSchema") {
        Some(schema) => {
            if let Err(error) = Schema::compile(schema) {
                found.push(format!("its arguments cannot be checked: {error}"));
            }
            if Repeated::of(schema).is_none() {
                found.push("its arguments cannot be repeated in headers as it says".to_owned());
            }
        }
        None => found.push("it does not say which arguments it takes".to_owned()),
    }
    found
}

fn any_text(value: &Value, is: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, is)),
        Value::Object(members) => members
            .iter()
            .any(|(key, member)| is(key) || any_text(member, is)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A screened definition as agents see it: under another name, and with everything unseen written
/// out; `None` when nothing of it may be seen.
pub(super) fn shown(definition: &Definition, name: &str) -> Option<Value> {
    let mut shown = written_out(&definition.content);
    let members = shown.as_object_mut()?;
    members.insert("name".to_owned(), name.into());
    let nothing = || json!({"type": "object"});
    members.entry("inputSchema").or_insert_with(nothing);
    Some(shown)
}

/// A value whose texts hold nothing that an eye cannot see.
pub(super) fn written_out(value: &Value) -> Value {
    match value {
        Value::String(text) => visible_block(text).into_owned().into(),
        Value::Array(items) => items.iter().map(written_out).collect(),
        Value::Object(members) => {
            let members = members.iter();
            let written = members.map(|(key, value)| (key.clone(), written_out(value)));
            Value::Object(written.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_tool_name, seen, shown};
    use crate::mcp::settings::{ServerSettings, Transport};
    use portcullis_firewall::{outside::Program, tool::FirstSight};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn server(command: &str) -> ServerSettings {
        ServerSettings {
            name: "files".to_owned(),
            transport: Transport::Program(Program {
                command: vec![command.to_owned()],
                folder: None,
                variables: Vec::new(),
                most_bytes: 1024,
            }),
            workspace: None,
            environment: "production".to_owned(),
            first_sight: FirstSight::Quarantine,
            timeout: Duration::from_secs(1),
            bare: false,
            may_ask: Vec::new(),
            dry_runs: BTreeMap::new(),
        }
    }

    fn digest(server: &ServerSettings, tool: &Value) -> String {
        seen(server, tool).unwrap().definition.digest
    }

    #[test]
    fn the_digest_covers_what_a_model_reads_and_whose_tool_it_is() {
        let tool =
            json!({"name": "read", "description": "Reads", "inputSchema": {"type": "object"}});
        let first = digest(&server("a"), &tool);
        assert_eq!(first.len(), 64);
        assert_ne!(first, digest(&server("b"), &tool));
        for (key, value) in [
            ("description", json!("Reads.")),
            ("inputSchema", json!({"type": "object", "title": "x"})),
            ("title", json!("x")),
            ("annotations", json!({"readOnlyHint": true})),
            ("outputSchema", json!({})),
        ] {
            let mut other = tool.clone();
            other[key] = value;
            assert_ne!(first, digest(&server("a"), &other), "{key}");
        }
        let spelt = json!({"inputSchema": {"type": "object"}, "description": "Reads", "name": "read", "_meta": 1});
        assert_eq!(first, digest(&server("a"), &spelt));
    }

    #[test]
    fn what_an_eye_cannot_see_is_a_warning_and_is_written_out() {
        let tool =
            json!({"name": "read", "description": "Reads\u{E0041}\u{1b}[2J", "inputSchema": {}});
        let seen = seen(&server("a"), &tool).unwrap();
        assert_eq!(
            seen.definition.warnings,
            ["it has characters that an eye cannot see"]
        );
        let shown = shown(&seen.definition, "files__read").unwrap();
        assert_eq!(shown["description"], "Reads\\u{E0041}\\u{1B}[2J");
        assert_eq!(shown["name"], "files__read");
    }

    #[test]
    fn names_have_one_form() {
        for good in ["read_file", "a.b-c", "A1"] {
            assert!(is_tool_name(good), "{good}");
        }
        for bad in ["", "a b", "a/b", "a..b", ".a", "r\u{e9}ad", &"a".repeat(65)] {
            assert!(!is_tool_name(bad), "{bad}");
        }
    }
}
