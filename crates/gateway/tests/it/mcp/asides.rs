//! What a server says and asks while one of its calls is being answered.

use super::{
    entrance::{in_session, shake},
    stage::{Script, Stage, TOKEN, contained, obliging, post},
};
use axum::body::Body;
use portcullis_gateway::mcp::Ask;
use serde_json::{Value, json};

/// The messages of a stream of events.
pub(super) fn events(text: &str) -> Vec<Value> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

/// Tells a lot, about its own call and about others.
fn talkative(script: &Script, asked: &Value) -> Option<Value> {
    if asked["method"] == "tools/call" {
        let token = &asked["params"]["_meta"]["progressToken"];
        let say = |method: &str, params: Value| {
            let said = json!({"jsonrpc": "2.0", "method": method, "params": params});
            script.unasked.lock().unwrap().push(said.to_string());
        };
        let progress = "notifications/progress";
        say(
            progress,
            json!({"progressToken": token, "progress": 1, "more": "x", "message": "a\u{202e}b"}),
        );
        say(progress, json!({"progressToken": 999_999, "progress": 2}));
        say(progress, json!({"progressToken": "mine", "progress": 3}));
        let message = "notifications/message";
        say(message, json!({"level": "debug", "data": "too much"}));
        say(message, json!({"level": "LOUD", "data": "no level"}));
        say(message, json!({"level": "error", "data": TOKEN}));
        say("notifications/other", json!({"data": "unknown"}));
    }
    obliging(script, asked)
}

async fn told(stage: &Stage, meta: Value) -> Vec<Value> {
    let token = stage.house.acme.agent_token.clone();
    let params = json!({"name": "files__read", "arguments": {"path": "/a"}, "_meta": meta});
    let (request, body) = contained(&token, &json!({}), "tools/call", params);
    let request = request.body(Body::from(body.to_string())).unwrap();
    let reply = stage.send(request).await;
    if reply.headers["content-type"] == "text/event-stream" {
        events(&reply.text)
    } else {
        vec![serde_json::from_str(&reply.text).unwrap()]
    }
}

#[tokio::test]
async fn a_client_hears_what_it_wants_of_its_own_call_and_no_secrets() {
    let stage = Stage::new().await;
    stage.script.behaves(talkative);
    let meta = json!({"progressToken": "mine", "io.modelcontextprotocol/logLevel": "warning"});
    let told_all = told(&stage, meta).await;
    let [progress, message, answer] = told_all.as_slice() else {
        panic!("{told_all:?}");
    };
    let expected = json!({"progressToken": "mine", "progress": 1, "message": "a\\u{202E}b"});
    assert_eq!(progress["params"], expected);
    assert_eq!(message["params"]["level"], "error");
    assert!(!message.to_string().contains(TOKEN), "{message}");
    assert_eq!(answer["result"]["content"][0]["text"], "done");
    let calls = stage.script.calls.lock().unwrap().clone();
    assert_ne!(
        calls[0]["_meta"]["progressToken"], "mine",
        "tokens are the gate's"
    );
}

#[tokio::test]
async fn a_client_that_wants_nothing_hears_nothing() {
    let stage = Stage::new().await;
    stage.script.behaves(talkative);
    let told_all = told(&stage, json!({})).await;
    assert_eq!(told_all.len(), 1, "{told_all:?}");
}

/// Asks its client for a name, and answers when it has it.
fn curious(script: &Script, asked: &Value) -> Option<Value> {
    if asked["method"] != "tools/call" {
        return obliging(script, asked);
    }
    let question = json!({
        "jsonrpc": "2.0", "id": "q", "method": "elicitation/create",
        "params": {"message": "Who\u{200b}?", "requestedSchema": {"type": "object"}},
    });
    script.unasked.lock().unwrap().push(question.to_string());
    let mut answer = obliging(script, asked).unwrap();
    answer["jsonrpc"] = "2.0".into();
    answer["id"] = asked["id"].clone();
    script.then.lock().unwrap().push(answer);
    None
}

/// Calls a tool in a session, and answers what is asked until the server has heard it.
async fn answered(stage: &Stage, abilities: Value, answer: Value) -> (Vec<Value>, Vec<Value>) {
    let token = stage.house.acme.agent_token.clone();
    let (session, _) = shake(stage, &token, "2025-11-25", abilities).await;
    let call = json!({"name": "files__read", "arguments": {"path": "/a"}});
    let calling = in_session(stage, &token, &session, "tools/call", call);
    let replies = async || {
        let heard = || stage.script.heard.lock().unwrap().clone();
        let is_reply = |said: &Value| said.get("method").is_none();
        while !heard().iter().any(is_reply) {
            let said = post(&token)
                .header("mcp-session-id", &session)
                .body(Body::from(answer.to_string()))
                .unwrap();
            assert_eq!(stage.send(said).await.status, 202);
            tokio::task::yield_now().await;
        }
        heard().into_iter().filter(is_reply).collect::<Vec<_>>()
    };
    let (reply, heard) = tokio::join!(calling, replies());
    let told = if reply.text.starts_with("event:") {
        events(&reply.text)
    } else {
        vec![serde_json::from_str(&reply.text).unwrap()]
    };
    (told, heard)
}

#[tokio::test]
async fn a_question_reaches_the_client_and_its_answer_the_server() {
    let stage = Stage::that_lends(&[Ask::Elicitation]).await;
    stage.script.behaves(curious);
    let said = json!({"action": "accept", "content": {"name": TOKEN}});
    let answer = json!({"jsonrpc": "2.0", "id": "gate-1", "result": said});
    let (told, heard) = answered(&stage, json!({"elicitation": {}}), answer).await;
    assert_eq!(told[0]["method"], "elicitation/create");
    assert_eq!(told[0]["params"]["message"], "Who\\u{200B}?");
    assert_eq!(told[1]["result"]["content"][0]["text"], "done");
    assert_eq!(heard[0]["id"], "q");
    assert_eq!(heard[0]["result"]["action"], "accept");
    assert!(!heard[0].to_string().contains(TOKEN), "{heard:?}");
}

#[tokio::test]
async fn a_client_that_refuses_is_heard_as_well() {
    let stage = Stage::that_lends(&[Ask::Elicitation]).await;
    stage.script.behaves(curious);
    let error = json!({"code": -1, "message": "no"});
    let answer = json!({"jsonrpc": "2.0", "id": "gate-1", "error": error});
    let (_, heard) = answered(&stage, json!({"elicitation": {}}), answer).await;
    assert_eq!(heard[0]["error"], json!({"code": -1, "message": "no"}));
}

#[tokio::test]
async fn nobody_is_asked_who_cannot_answer() {
    let stage = Stage::that_lends(&[Ask::Elicitation]).await;
    stage.script.behaves(curious);
    let nothing = json!({"jsonrpc": "2.0", "method": "notifications/nothing"});
    let (told, heard) = answered(&stage, json!({"sampling": {}}), nothing).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(heard[0]["error"]["code"], -32601);
}

#[tokio::test]
async fn a_flood_is_bounded_and_its_answer_arrives() {
    let stage = Stage::new().await;
    stage.script.behaves(|script, asked| {
        if asked["method"] == "tools/call" {
            let data = "x".repeat(300_000);
            let params = json!({"level": "error", "data": data});
            let large =
                json!({"jsonrpc": "2.0", "method": "notifications/message", "params": params});
            let params = json!({"level": "error", "data": "again"});
            let small =
                json!({"jsonrpc": "2.0", "method": "notifications/message", "params": params});
            let mut unasked = script.unasked.lock().unwrap();
            unasked.push(large.to_string());
            unasked.extend(std::iter::repeat_n(small.to_string(), 5_000));
        }
        obliging(script, asked)
    });
    let told_all = told(&stage, json!({"io.modelcontextprotocol/logLevel": "error"})).await;
    assert!(told_all.len() <= 1_001, "{}", told_all.len());
    assert!(told_all.iter().all(|said| said.to_string().len() < 1_000));
    assert_eq!(
        told_all.last().unwrap()["result"]["content"][0]["text"],
        "done"
    );
}
