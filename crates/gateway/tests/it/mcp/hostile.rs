//! A server that is broken, or wants harm.

use super::stage::{Script, Stage, obliging};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// Answers everything but calls, and those with this.
fn to_calls(script: &Script, asked: &Value, answer: Option<Value>) -> Option<Value> {
    if asked["method"] == "tools/call" {
        script.calls.lock().unwrap().push(asked["params"].clone());
        answer
    } else {
        obliging(script, asked)
    }
}

async fn call(stage: &Stage) -> Value {
    stage.call("files__read", json!({"path": "/a"})).await
}

#[tokio::test(start_paused = true)]
async fn one_that_never_answers_leaves_an_unknown_outcome() {
    let stage = Stage::new().await;
    stage
        .script
        .behaves(|script, asked| to_calls(script, asked, None));
    let answer = call(&stage).await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    assert_eq!(
        stage.outcomes().await,
        ["unknown: tools/call files/read: asked, without an answer, no answer in time"]
    );
    let heard = stage.script.heard.lock().unwrap().clone();
    assert!(
        heard
            .iter()
            .any(|said| said["method"] == "notifications/cancelled"),
        "{heard:?}"
    );
    stage.script.behaves(obliging);
    assert_eq!(
        call(&stage).await["result"]["content"][0]["text"],
        "done",
        "others are served"
    );
}

#[tokio::test(start_paused = true)]
async fn one_that_says_no_message_is_ended_and_started_anew() {
    let stage = Stage::new().await;
    call(&stage).await;
    for raw in ["{\"jsonrpc\":", "[]", "null", "(ends)"] {
        stage.script.behaves(match raw {
            "[]" => |script, asked| to_calls(script, asked, Some(json!("[]"))),
            "null" => |script, asked| to_calls(script, asked, Some(json!("null"))),
            "(ends)" => |script, asked| to_calls(script, asked, Some(json!("(ends)"))),
            _ => |script, asked| to_calls(script, asked, Some(json!("{\"jsonrpc\":"))),
        });
        let starts = stage.script.starts.load(Ordering::Relaxed);
        let answer = call(&stage).await;
        assert_eq!(answer["error"]["code"], -32603, "{answer}");
        stage.script.behaves(obliging);
        assert_eq!(
            call(&stage).await["result"]["content"][0]["text"],
            "done",
            "{raw}"
        );
        assert_eq!(stage.script.starts.load(Ordering::Relaxed), starts + 1);
    }
    let outcomes = stage.outcomes().await;
    assert_eq!(
        outcomes
            .iter()
            .filter(|line| line.starts_with("unknown"))
            .count(),
        4,
        "{outcomes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_another_request_is_no_answer() {
    let stage = Stage::new().await;
    stage.script.behaves(|script, asked| {
        let answer =
            json!({"id": 999_999, "result": {"content": [{"type": "text", "text": "forged"}]}});
        to_calls(script, asked, Some(answer))
    });
    let answer = call(&stage).await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    assert!(!answer.to_string().contains("forged"));
}

#[tokio::test]
async fn what_it_asks_of_the_client_is_refused_by_the_gate() {
    let stage = Stage::new().await;
    stage.script.unasked.lock().unwrap().extend([
        json!({"jsonrpc": "2.0", "id": "s", "method": "sampling/createMessage", "params": {}})
            .to_string(),
        json!({"jsonrpc": "2.0", "id": "r", "method": "roots/list"}).to_string(),
        json!({"jsonrpc": "2.0", "id": "e", "method": "elicitation/create", "params": {}})
            .to_string(),
    ]);
    assert_eq!(call(&stage).await["result"]["content"][0]["text"], "done");
    let heard = stage.script.heard.lock().unwrap().clone();
    for id in ["s", "r", "e"] {
        let answer = heard.iter().find(|said| said["id"] == id).unwrap();
        assert_eq!(answer["error"]["code"], -32601);
    }
}

#[tokio::test]
async fn one_that_wants_input_gets_none() {
    let stage = Stage::new().await;
    stage.script.behaves(|script, asked| {
        let result = json!({"resultType": "input_required", "inputRequests": {"a": {"method": "roots/list"}}});
        to_calls(script, asked, Some(json!({"result": result})))
    });
    let answer = call(&stage).await;
    assert_eq!(answer["error"]["code"], -32603);
    assert!(!answer.to_string().contains("roots"), "{answer}");
}

#[tokio::test]
async fn its_refusals_are_passed_on_and_are_failures() {
    let stage = Stage::new().await;
    stage.script.behaves(|script, asked| {
        let error = json!({"code": -32000, "message": "no\u{1b}[2J", "data": {"a": 1}});
        to_calls(script, asked, Some(json!({"error": error})))
    });
    let answer = call(&stage).await;
    assert_eq!(
        answer["error"],
        json!({"code": -32000, "message": "no\\u{1B}[2J", "data": {"a": 1}})
    );
    stage.script.behaves(|script, asked| {
        let result = json!({"isError": true, "content": [{"type": "text", "text": "disk full"}]});
        to_calls(script, asked, Some(json!({"result": result})))
    });
    assert_eq!(
        call(&stage).await["result"]["content"][0]["text"],
        "disk full"
    );
    let outcomes = stage.outcomes().await;
    assert!(
        outcomes.iter().all(|line| line.starts_with("failed")),
        "{outcomes:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_without_end_has_no_tools() {
    let stage = Stage::new().await;
    stage.script.behaves(|script, asked| {
        if asked["method"] == "tools/list" {
            let tools = script.tools.lock().unwrap().clone();
            return Some(json!({"result": {"tools": tools, "nextCursor": "more"}}));
        }
        obliging(script, asked)
    });
    let listed = stage.ask("tools/list", json!({})).await;
    assert_eq!(listed["result"]["tools"], json!([]));
    assert!(call(&stage).await["error"].is_object());
    assert_eq!(stage.script.count(), 0);
}
