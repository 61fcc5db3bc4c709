//! What is refused before it is judged is on record, with why, whatever the agent is told.

use super::stage::{Stage, TOKEN, contained};
use axum::body::Body;
use portcullis_firewall::{batch::RecordKind, ports::Ledger, query::RecordQuery, tool::FirstSight};
use serde_json::{Value, json};

async fn attempts(stage: &Stage) -> Vec<Value> {
    let query = RecordQuery {
        kind: Some(RecordKind::AttemptRefused),
        limit: 1_000,
        ..RecordQuery::default()
    };
    let ledger = &stage.house.ledger;
    let records = ledger.records(&stage.house.acme.id, query).await.unwrap();
    let read = |payload: &[u8]| serde_json::from_slice(payload).unwrap();
    records.iter().map(|record| read(&record.payload)).collect()
}

/// The newest record of an attempt, which must be one more than before.
async fn one_more(stage: &Stage, before: usize, asked: &str) -> Value {
    let mut attempts = attempts(stage).await;
    assert_eq!(attempts.len(), before + 1, "{asked}");
    attempts.sort_by_key(|attempt| attempt["seq"].as_u64());
    attempts.pop().unwrap()
}

/// What is asked, and what the record has: the code, the server, and the name.
fn cases() -> Vec<((&'static str, Value), &'static str)> {
    let call = |name: &str, arguments: Value| {
        ("tools/call", json!({"name": name, "arguments": arguments}))
    };
    let complete = json!({"ref": {"type": "ref/prompt", "name": "x__y"}});
    vec![
        (
            call("files__nothing", json!({"path": "/a"})),
            "tool.unknown files nothing",
        ),
        (call("files__READ", json!({})), "tool.unknown files READ"),
        (
            call("other__read", json!({})),
            "server.unknown  other__read",
        ),
        (
            call("read\u{202e}", json!({})),
            "server.unknown  read\\u{202E}",
        ),
        (
            call("files__read", json!({"path": 3})),
            "arguments.invalid files read",
        ),
        (call("files__read", json!([])), "request.invalid files read"),
        (("tools/call", json!({"name": 3})), "headers.mismatch  "),
        (
            ("resources/read", json!({"uri": "other+a://b"})),
            "server.unknown  other+a://b",
        ),
        (
            ("prompts/get", json!({"name": "other__p"})),
            "server.unknown  other__p",
        ),
        (("completion/complete", complete), "server.unknown  x__y"),
        (
            ("sampling/createMessage", json!({"name": "x"})),
            "method.unknown  x",
        ),
    ]
}

#[tokio::test]
async fn every_refusal_before_judging_is_on_record() {
    let stage = Stage::new().await;
    stage.call("files__read", json!({"path": "/a"})).await;
    for (at, ((method, params), expected)) in cases().into_iter().enumerate() {
        let answer = stage.ask(method, params.clone()).await;
        let is_refused = answer.get("error").is_some() || answer["result"]["isError"] == true;
        assert!(is_refused, "{answer}");
        let record = one_more(&stage, at, method).await;
        let text = |key: &str| record[key].as_str().unwrap();
        let said = ["code", "target_service", "name"].map(text).join(" ");
        assert_eq!(said, expected, "{record}");
        assert_eq!(record["method"], method);
        assert_eq!(record["agent_id"], stage.house.acme.agent.as_str());
        assert_eq!(record["way"], "mcp");
        assert!(record["parameters"].get("_meta").is_none(), "{record}");
    }
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test]
async fn the_record_says_what_agents_are_not_told() {
    let stage = Stage::with(FirstSight::Quarantine).await;
    let answer = stage.call("files__read", json!({"path": TOKEN})).await;
    assert_eq!(answer["error"]["message"], "there is no such tool");
    let record = one_more(&stage, 0, "a new tool").await;
    assert_eq!(record["code"], "tool.not_accepted");
    assert!(!record.to_string().contains(TOKEN), "{record}");
    assert_eq!(record["hidden_parts"], 1);

    let stage = Stage::new().await;
    stage.call("files__read", json!({"path": "/a"})).await;
    stage.script.rewrites("read", "description", json!("other"));
    let said = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
    stage.script.unasked.lock().unwrap().push(said.to_string());
    stage.call("files__read", json!({"path": "/a"})).await;
    stage.ask("tools/list", json!({})).await;
    let answer = stage.call("files__read", json!({"path": "/a"})).await;
    assert_eq!(answer["error"]["message"], "there is no such tool");
    let found = attempts(&stage).await;
    assert_eq!(found.last().unwrap()["code"], "tool.changed", "{found:?}");
}

#[tokio::test]
async fn headers_that_say_something_else_are_on_record() {
    let stage = Stage::new().await;
    let token = &stage.house.acme.agent_token;
    let params = json!({"name": "files__read", "arguments": {"path": "/a"}});
    let (builder, mut body) = contained(token, &json!({}), "tools/call", params);
    body["params"]["name"] = "files__write".into();
    let request = builder.body(Body::from(body.to_string())).unwrap();
    let reply = stage.send(request).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
    let record = one_more(&stage, 0, "a mismatch").await;
    assert_eq!(record["code"], "headers.mismatch");
    assert_eq!(record["name"], "write");
    assert_eq!(stage.script.count(), 0);
}

#[tokio::test]
async fn what_is_judged_has_the_record_of_its_verdict_alone() {
    let stage = Stage::new().await;
    for tool in [
        "files__read",
        "files__write",
        "files__drop",
        "files__unlisted",
    ] {
        stage.call(tool, json!({"path": "/a"})).await;
    }
    // Lists, and talk about the connection, act on nothing.
    for method in ["tools/list", "resources/list", "server/discover"] {
        stage.ask(method, json!({})).await;
    }
    assert_eq!(attempts(&stage).await, Vec::<Value>::new());
}
