//! Calls that go on in rounds, because their server wants to know something first.

use super::stage::{Script, Stage, hold_of, obliging};
use portcullis_gateway::mcp::Ask;
use serde_json::{Value, json};

/// Wants to know the folders of its client before it does anything.
fn wary(script: &Script, asked: &Value) -> Option<Value> {
    if asked["method"] == "tools/call" && asked["params"].get("inputResponses").is_none() {
        script.calls.lock().unwrap().push(asked["params"].clone());
        return Some(json!({"result": {
            "resultType": "input_required",
            "inputRequests": {"folders": {"method": "roots/list"}},
            "requestState": "esc_00000000000000000000000000000000",
        }}));
    }
    obliging(script, asked)
}

async fn call(stage: &Stage, tool: &str, abilities: Value, more: Value) -> Value {
    let mut params = json!({"name": tool, "arguments": {"path": "/a"}});
    for (key, value) in more.as_object().unwrap() {
        params[key] = value.clone();
    }
    let token = stage.house.acme.agent_token.clone();
    stage.ask_as(&token, abilities, "tools/call", params).await
}

#[tokio::test]
async fn a_server_gets_what_it_wants_in_another_action() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    stage.script.behaves(wary);
    let abilities = json!({"roots": {}, "sampling": {}});
    let first = call(&stage, "files__read", abilities.clone(), json!({})).await;
    assert_eq!(first["result"]["resultType"], "input_required");
    let state = first["result"]["requestState"].as_str().unwrap();
    assert!(
        state.starts_with("server:"),
        "no state of a server names a hold: {state}"
    );
    let answers = json!({"folders": {"roots": []}});
    let more = json!({"inputResponses": answers, "requestState": state});
    let done = call(&stage, "files__read", abilities, more).await;
    assert_eq!(done["result"]["content"][0]["text"], "done");
    let calls = stage.script.calls.lock().unwrap().clone();
    assert_eq!(calls[1]["inputResponses"], answers);
    assert_eq!(
        calls[1]["requestState"],
        "esc_00000000000000000000000000000000"
    );
    assert_eq!(
        stage.outcomes().await,
        [
            "succeeded: tools/call files/read: it wants input first",
            "succeeded: tools/call files/read: done"
        ]
    );
}

#[tokio::test]
async fn a_server_gets_nothing_that_it_may_not_ask_for() {
    let of_sampling = Stage::that_lends(&[Ask::Sampling]).await;
    of_sampling.script.behaves(wary);
    let can_all = json!({"roots": {}, "sampling": {}});
    let answer = call(&of_sampling, "files__read", can_all, json!({})).await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    let of_roots = Stage::that_lends(&[Ask::Roots]).await;
    of_roots.script.behaves(wary);
    let answer = call(&of_roots, "files__read", json!({"sampling": {}}), json!({})).await;
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
}

#[tokio::test]
async fn what_is_brought_must_be_somebodys() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    for more in [
        json!({"requestState": 7}),
        json!({"inputResponses": [1]}),
        json!({"inputResponses": "x"}),
    ] {
        let answer = call(&stage, "files__read", json!({"roots": {}}), more.clone()).await;
        assert_eq!(answer["error"]["code"], -32602, "{more}: {answer}");
    }
    assert_eq!(stage.script.count(), 0);
}

#[tokio::test]
async fn people_decide_about_what_the_client_answered_as_well() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    stage.script.behaves(wary);
    let abilities = json!({"roots": {}, "elicitation": {"url": {}}});
    let ask = async |more: Value| call(&stage, "files__write", abilities.clone(), more).await;
    let approved = json!({"approval": {"action": "accept"}});
    let hold = async |answer: &Value| {
        let state = answer["result"]["requestState"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(state.starts_with("esc_"), "{answer}");
        stage.release(&state).await;
        json!({"inputResponses": approved, "requestState": state})
    };
    let wanted = ask(hold(&ask(json!({})).await).await).await;
    let state = wanted["result"]["requestState"].as_str().unwrap();
    assert!(state.starts_with("server:"), "{wanted}");
    let answers = json!({"folders": {"roots": []}});
    let second = ask(json!({"inputResponses": answers, "requestState": state})).await;
    assert_eq!(stage.script.count(), 1, "the answers wait for people");
    let done = ask(hold(&second).await).await;
    assert_eq!(done["result"]["content"][0]["text"], "done", "{done}");
    let calls = stage.script.calls.lock().unwrap().clone();
    assert_eq!(calls[1]["inputResponses"], answers, "what people released");
}

#[tokio::test]
async fn a_task_is_not_asked_for_input() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    stage.script.behaves(wary);
    let tasks = json!({"roots": {}, "extensions": {"io.modelcontextprotocol/tasks": {}}});
    let begun = call(&stage, "files__write", tasks.clone(), json!({})).await;
    let id = begun["result"]["taskId"].as_str().unwrap().to_owned();
    stage.release(&id).await;
    let token = stage.house.acme.agent_token.clone();
    let params = json!({"taskId": id});
    let task = stage.ask_as(&token, tasks, "tasks/get", params).await;
    assert_eq!(task["result"]["status"], "failed", "{task}");
}

#[tokio::test]
async fn a_client_that_only_waits_calls_again_with_the_same_answers() {
    let stage = Stage::that_lends(&[Ask::Roots]).await;
    let abilities = json!({"roots": {}});
    let answers = json!({"inputResponses": {"folders": {"roots": []}}});
    let held = call(&stage, "files__write", abilities.clone(), answers.clone()).await;
    stage.release(&hold_of(&held)).await;
    let other = json!({"inputResponses": {"folders": {"roots": [1]}}});
    let other = call(&stage, "files__write", abilities.clone(), other).await;
    assert_ne!(
        hold_of(&other),
        hold_of(&held),
        "other answers are another action"
    );
    let done = call(&stage, "files__write", abilities, answers).await;
    assert_eq!(done["result"]["content"][0]["text"], "done", "{done}");
}
