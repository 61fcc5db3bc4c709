//! What a coding agent sends before one of its tools runs.

use portcullis_firewall::{
    canonical,
    digest::Nonce,
    principal::{Principal, Role},
    request,
    strict::{self, Limits},
};
use portcullis_gateway::hook::{Event, HookQuery};
use portcullis_policy::{
    action::Action,
    id::{AgentId, TenantId},
};
use serde_json::{Map, Value};

/// The action types of the client's own tools that have one in the gate's words.
const KNOWN: [(&str, &[&str]); 5] = [
    ("shell.run", &["Bash"]),
    ("file_read", &["Read", "Glob", "Grep", "LS", "NotebookRead"]),
    (
        "file_write",
        &["Write", "Edit", "MultiEdit", "NotebookEdit"],
    ),
    ("http.get", &["WebFetch"]),
    ("web_search", &["WebSearch"]),
];

/// An event of a hook.
///
/// # Panics
/// When what is judged is not the input that would run, a tool passes for another, or two tool
/// uses have one name.
#[must_use]
pub fn hook(bytes: &[u8]) -> bool {
    let Ok(value) = strict::parse(bytes, &Limits::default()) else {
        return false;
    };
    let Ok(event) = serde_json::from_value::<Event>(value.clone()) else {
        return false;
    };
    let key = event.key();
    named_apart(&value, &key);
    let principal = agent();
    let mut read = [true, false].into_iter().map(|stops| {
        let wish = event.clone().wish(&HookQuery::default(), stops);
        request::from_value(wish, &principal, Nonce::new([7; 16]), Some(&key))
    });
    let (Some(Ok(one)), Some(Ok(other))) = (read.next(), read.next()) else {
        return false;
    };
    assert_eq!(one.frozen.digest, other.frozen.digest, "two digests");
    is_of_its_tool(&one.frozen.action, &value);
    true
}

/// The input is judged as it is, under the action type of the tool.
fn is_of_its_tool(action: &Action, event: &Value) {
    let input = event["tool_input"].as_object().expect("an object");
    assert_eq!(
        spelt(&action.parameters),
        spelt(input),
        "another input is judged"
    );
    let tool = event["tool_name"].as_str().expect("a name");
    let known = KNOWN.iter().find(|(_, tools)| tools.contains(&tool));
    let kind = action.kind.as_str();
    match known {
        Some((expected, _)) => assert_eq!(kind, *expected),
        None => assert!(
            kind.starts_with("mcp.")
                == tool.strip_prefix("mcp__").is_some_and(|t| t.contains("__"))
                && (kind.starts_with("mcp.") || kind.starts_with("claude_code.")),
            "{tool} is judged as {kind}"
        ),
    }
}

/// Another session, tool use, tool or input has another name, however the parts are cut.
fn named_apart(event: &Value, key: &str) {
    assert!(key.is_ascii() && key.len() < 256);
    let text = |name: &str| event[name].as_str().expect("a text").to_owned();
    let (session, tool_use) = (text("session_id"), text("tool_use_id"));
    let mut others = vec![event.clone(); 3];
    others[0]["tool_input"]["more"] = Value::from(event.to_string());
    others[1]["session_id"] = format!("{session}{tool_use}").into();
    others[1]["tool_use_id"] = "".into();
    others[2]["tool_name"] = format!("{}_", text("tool_name")).into();
    for other in others {
        let is_other = other != *event;
        let other: Event = serde_json::from_value(other).expect("an event");
        assert_eq!(other.key() != key, is_other, "two tool uses of one name");
    }
}

fn spelt(map: &Map<String, Value>) -> Vec<u8> {
    let mut bytes = Vec::new();
    canonical::write_object(map, &mut bytes);
    bytes
}

fn agent() -> Principal {
    Principal {
        tenant: TenantId::new("ten_fuzz").expect("an id"),
        key: "key_1".to_owned(),
        role: Role::Agent(AgentId::new("agt_fuzz").expect("an id")),
        person: None,
    }
}
