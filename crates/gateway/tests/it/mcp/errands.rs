//! Tasks that servers make of calls.

use super::stage::{Script, Stage, obliging};
use portcullis_gateway::mcp::Ask;
use serde_json::{Value, json};

/// Speaks in self-contained requests, makes a task of every call, and wants an answer in it.
fn long_winded(script: &Script, asked: &Value) -> Option<Value> {
    let id = "task of the server";
    let is_mine = || asked["params"]["taskId"] == id;
    let result = match asked["method"].as_str()? {
        "initialize" => return Some(json!({"error": {"code": -32601, "message": "too old"}})),
        "server/discover" => {
            json!({"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}})
        }
        "tools/call" => {
            script.calls.lock().unwrap().push(asked["params"].clone());
            json!({"resultType": "task", "taskId": id, "status": "working"})
        }
        "tasks/get" if is_mine() => json!({
            "taskId": id, "status": "input_required", "requestState": "none",
            "inputRequests": {"folders": {"method": "roots/list"}},
        }),
        "tasks/update" | "tasks/cancel" if is_mine() => {
            script.calls.lock().unwrap().push(asked["params"].clone());
            json!({})
        }
        _ => return obliging(script, asked),
    };
    Some(json!({"result": result}))
}

fn abilities() -> Value {
    json!({"roots": {}, "extensions": {"io.modelcontextprotocol/tasks": {}}})
}

async fn ask(stage: &Stage, token: &str, method: &str, params: Value) -> Value {
    stage.ask_as(token, abilities(), method, params).await
}

async fn begun(stage: &Stage, tool: &str) -> Value {
    let token = stage.house.acme.agent_token.clone();
    let call = json!({"name": tool, "arguments": {"path": "/a"}});
    ask(stage, &token, "tools/call", call).await
}

#[tokio::test]
async fn a_task_has_a_name_of_the_gates_and_serves_who_called() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    stage.script.behaves(long_winded);
    let token = stage.house.acme.agent_token.clone();
    let task = begun(&stage, "files__read").await;
    assert_eq!(task["result"]["resultType"], "task");
    let id = task["result"]["taskId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("tsk_"), "{id}");
    let named = json!({"taskId": id});
    let shown = ask(&stage, &token, "tasks/get", named.clone()).await;
    assert_eq!(shown["result"]["taskId"], id.as_str());
    assert_eq!(shown["result"]["status"], "input_required");
    assert_eq!(
        ask(&stage, &token, "tasks/cancel", named.clone()).await["result"]["resultType"],
        "complete"
    );
    assert_eq!(
        stage.outcomes().await,
        ["succeeded: tools/call files/read: it has made a task of it"]
    );
    for (token, id) in [
        (&token, "task of the server"),
        (&stage.house.globex.agent_token, id.as_str()),
    ] {
        let answer = ask(&stage, token, "tasks/get", json!({"taskId": id})).await;
        assert_eq!(answer["error"]["code"], -32602, "{id}: {answer}");
    }
    let without = stage.ask("tasks/get", named).await;
    assert_eq!(without["error"]["code"], -32021, "it looks after no tasks");
}

#[tokio::test]
async fn what_a_client_answers_in_a_task_is_judged() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    stage.script.behaves(long_winded);
    let token = stage.house.acme.agent_token.clone();
    let task = begun(&stage, "files__read").await;
    let id = task["result"]["taskId"].as_str().unwrap();
    let answers = json!({"taskId": id, "inputResponses": {"folders": {"roots": []}}});
    let refused = ask(&stage, &token, "tasks/update", answers).await;
    assert_eq!(refused["error"]["code"], -32010, "{refused}");
    assert_eq!(stage.script.count(), 1, "only the call arrived");
}

#[tokio::test]
async fn a_task_wants_no_more_than_its_server_may() {
    let stage = Stage::new().await;
    stage.script.behaves(long_winded);
    let token = stage.house.acme.agent_token.clone();
    let task = begun(&stage, "files__read").await;
    let id = task["result"]["taskId"].as_str().unwrap();
    let shown = ask(&stage, &token, "tasks/get", json!({"taskId": id})).await;
    assert_eq!(shown["error"]["code"], -32603, "{shown}");
}

#[tokio::test]
async fn a_call_that_people_released_goes_on_as_its_servers_task() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    stage.script.behaves(long_winded);
    let token = stage.house.acme.agent_token.clone();
    let held = begun(&stage, "files__write").await;
    let id = held["result"]["taskId"].as_str().unwrap();
    assert_eq!(stage.script.count(), 0);
    stage.release(id).await;
    let shown = ask(&stage, &token, "tasks/get", json!({"taskId": id})).await;
    assert_eq!(shown["result"]["taskId"], id, "{shown}");
    assert_eq!(shown["result"]["status"], "input_required");
    assert_eq!(stage.script.count(), 1);
}
