//! A model that does as its script says, in the place of the one behind the client.
//!
//! Source: the published description of the Messages API and its events.

use super::stand_in::{StandIn, answer};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// What the task of a subagent has in it.
pub(super) const SUBAGENT: &str = "as a helper";

/// What the model was told came of its tools, each by its id, in the words of the client.
type Heard = Arc<Mutex<BTreeMap<String, String>>>;

/// A model whose every turn is written down: the tools that it uses, and nothing after the last.
pub(super) struct Model {
    server: StandIn,
    heard: Heard,
}

impl Model {
    pub(super) fn of(turns: Vec<Vec<Value>>) -> Self {
        Self::with_subagent(turns, Vec::new())
    }

    /// The same; the turns of a subagent are others, and it is one whose task has [`SUBAGENT`] in it.
    pub(super) fn with_subagent(turns: Vec<Vec<Value>>, others: Vec<Vec<Value>>) -> Self {
        let heard = Heard::default();
        let own = Arc::clone(&heard);
        let server = StandIn::new(move |body| {
            let Ok(asked) = serde_json::from_slice::<Value>(body) else {
                return Some(answer("404 Not Found", "application/json", "{}"));
            };
            own.lock().unwrap().extend(results(&asked));
            let is_subagent = asked["messages"][0].to_string().contains(SUBAGENT);
            let events = match is_subagent {
                true => turn(&asked, &others, "toolu_sub"),
                false => turn(&asked, &turns, "toolu"),
            };
            Some(answer("200 OK", "text/event-stream", &events))
        });
        Self { server, heard }
    }

    pub(super) fn url(&self) -> &str {
        &self.server.url
    }

    /// The results of all tools so far.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().values().cloned().collect()
    }
}

fn blocks(asked: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let messages = asked["messages"].as_array().into_iter().flatten();
    messages.flat_map(|message| {
        let role = message["role"].as_str().unwrap_or_default();
        let blocks = message["content"].as_array().into_iter().flatten();
        blocks.map(move |block| (role, block))
    })
}

fn results(asked: &Value) -> BTreeMap<String, String> {
    let results = blocks(asked).filter(|(_, block)| block["type"] == "tool_result");
    results
        .map(|(_, block)| {
            (
                block["tool_use_id"].to_string(),
                block["content"].to_string(),
            )
        })
        .collect()
}

/// The next turn of the script, in the events of a stream. Which one it is, the tools say that
/// were used already.
fn turn(asked: &Value, turns: &[Vec<Value>], name: &str) -> String {
    let used = blocks(asked)
        .filter(|(role, block)| *role == "assistant" && block["type"] == "tool_use")
        .count();
    let mut before = 0;
    let next = turns.iter().find(|turn| {
        let is_next = before == used;
        before += turn.len();
        is_next
    });
    let mut events = vec![json!({"type": "message_start", "message": {
        "id": format!("msg_{used}"), "type": "message", "role": "assistant", "content": [],
        "model": asked["model"], "stop_reason": null, "stop_sequence": null,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }})];
    let mut block = |at: usize, start: Value, delta: Value| {
        events.push(json!({"type": "content_block_start", "index": at, "content_block": start}));
        events.push(json!({"type": "content_block_delta", "index": at, "delta": delta}));
        events.push(json!({"type": "content_block_stop", "index": at}));
    };
    for (at, tool) in next.into_iter().flatten().enumerate() {
        let id = format!("{name}_{}", used + at);
        let start = json!({"type": "tool_use", "id": id, "name": tool["name"], "input": {}});
        let input = tool["input"].to_string();
        block(
            at,
            start,
            json!({"type": "input_json_delta", "partial_json": input}),
        );
    }
    if next.is_none() {
        let start = json!({"type": "text", "text": ""});
        block(0, start, json!({"type": "text_delta", "text": "done"}));
    }
    let why = if next.is_some() {
        "tool_use"
    } else {
        "end_turn"
    };
    events.push(json!({
        "type": "message_delta", "delta": {"stop_reason": why, "stop_sequence": null},
        "usage": {"output_tokens": 1},
    }));
    events.push(json!({"type": "message_stop"}));
    let lines = events.iter().map(|event| {
        let name = event["type"].as_str().unwrap();
        format!("event: {name}\ndata: {event}\n\n")
    });
    lines.collect()
}
