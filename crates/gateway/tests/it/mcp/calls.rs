//! Calls: what is cleared happens once and is on record, what is not does not happen.

use super::stage::{Stage, TOKEN, code_of};
use serde_json::json;

#[tokio::test]
async fn a_cleared_call_happens_and_is_on_record() {
    let stage = Stage::new().await;
    let answer = stage
        .call("files__read", json!({"path": "/a", "size": 3}))
        .await;
    assert_eq!(answer["result"]["content"][0]["text"], "done");
    assert_eq!(
        answer["result"]["kept"]["unknown"], true,
        "what is not understood is kept"
    );
    assert_eq!(answer["result"]["resultType"], "complete");
    let asked = stage.script.calls.lock().unwrap().clone();
    assert_eq!(
        asked,
        [json!({"name": "read", "arguments": {"path": "/a", "size": 3}})]
    );
    assert_eq!(
        stage.outcomes().await,
        ["succeeded: tools/call files/read: done"]
    );
}

#[tokio::test]
async fn a_secret_in_a_result_does_not_reach_the_agent() {
    let stage = Stage::new().await;
    let answer = stage.call("files__read", json!({"path": "/token"})).await;
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("[REDACTED]"), "{text}");
    assert!(!answer.to_string().contains(TOKEN), "{answer}");
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_refused_before_they_are_judged() {
    let stage = Stage::new().await;
    stage.call("files__read", json!({"path": "/a"})).await;
    let before = stage.house.head().await.seq;
    for bad in [
        json!({}),
        json!({"path": 3}),
        json!({"path": "/a", "size": 0}),
        json!({"path": "/a", "size": "1"}),
        json!({"path": "/a", "pаth": "a look-alike"}),
    ] {
        let answer = stage.call("files__read", bad.clone()).await;
        assert_eq!(code_of(&answer), "arguments.invalid", "{bad}");
        assert_eq!(answer["result"]["isError"], true);
    }
    assert_eq!(stage.script.count(), 1);
    let refused = stage.house.head().await.seq - before;
    assert_eq!(refused, 5, "each is on record, and nothing was judged");
}

#[tokio::test]
async fn what_may_never_happen_does_not() {
    let stage = Stage::new().await;
    for (tool, code) in [
        ("files__drop", "tier.prohibited"),
        ("files__unlisted", "policy.not_allowed"),
    ] {
        let answer = stage.call(tool, json!({"path": "/a"})).await;
        assert_eq!(code_of(&answer), code, "{answer}");
    }
    let unknown = stage.call("files__nothing", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32602);
    let elsewhere = stage.call("other__read", json!({})).await;
    assert_eq!(elsewhere["error"]["code"], -32602);
    assert_eq!(stage.script.count(), 0);
}

#[tokio::test]
async fn a_call_that_names_itself_happens_once() {
    let stage = Stage::new().await;
    let call = json!({
        "name": "files__read",
        "arguments": {"path": "/a"},
        "_meta": {"io.portcullis/idempotency_key": "k1"},
    });
    let (first, second) = tokio::join!(
        stage.ask("tools/call", call.clone()),
        stage.ask("tools/call", call.clone())
    );
    let third = stage.ask("tools/call", call).await;
    assert_eq!(stage.script.count(), 1);
    let done = [&first, &second, &third];
    let done = done
        .iter()
        .filter(|answer| answer["result"]["isError"] != true);
    assert_eq!(done.count(), 1);
    assert_eq!(code_of(&third), "permit.spent");
}

#[tokio::test]
async fn resources_pass_the_same_gate() {
    let stage = Stage::new().await;
    let read = stage
        .ask("resources/read", json!({"uri": "files+file:///a"}))
        .await;
    assert_eq!(read["result"]["contents"][0]["text"], "inside");
    assert_eq!(
        stage.outcomes().await,
        ["succeeded: resources/read files/: done"]
    );
    let other = stage
        .ask("prompts/get", json!({"name": "files__greet"}))
        .await;
    assert_eq!(other["error"]["code"], -32010);
    assert_eq!(other["error"]["data"]["code"], "policy.not_allowed");
    let complete = json!({"ref": {"type": "ref/prompt", "name": "files__greet"}, "argument": {"name": "a", "value": ""}});
    let other = stage.ask("completion/complete", complete).await;
    assert_eq!(other["error"]["data"]["code"], "policy.not_allowed");
}

#[tokio::test]
async fn a_client_of_the_tenant_says_for_whom_it_speaks() {
    let stage = Stage::new().await;
    let client = stage.house.acme.client_token.clone();
    let mut call = json!({"name": "files__read", "arguments": {"path": "/a"}});
    let nobody = stage
        .ask_as(&client, json!({}), "tools/call", call.clone())
        .await;
    assert_eq!(nobody["error"]["code"], -32602, "{nobody}");
    call["_meta"] = json!({"io.portcullis/agent_id": stage.house.acme.agent.as_str()});
    let done = stage.ask_as(&client, json!({}), "tools/call", call).await;
    assert_eq!(done["result"]["content"][0]["text"], "done", "{done}");
    assert_eq!(stage.script.count(), 1);
}
