//! Clients that listen to what changes.

use super::{
    asides::events,
    entrance::{in_session, shake},
    stage::{Stage, contained, post},
};
use axum::body::{Body, HttpBody};
use portcullis_policy::tenant;
use serde_json::{Value, json};
use std::{future::poll_fn, pin::Pin};
use tower::ServiceExt;

/// A stream that stays open.
struct Open(Body);

impl Open {
    async fn next(&mut self) -> Value {
        loop {
            let frame = poll_fn(|context| Pin::new(&mut self.0).poll_frame(context)).await;
            let data = frame.unwrap().unwrap().into_data().unwrap();
            let found = events(std::str::from_utf8(&data).unwrap());
            if let Some(event) = found.into_iter().next() {
                return event;
            }
        }
    }
}

/// Has the server say something before its next answer, and gives it cause to answer.
async fn says(stage: &Stage, method: &str, params: Value) {
    let said = json!({"jsonrpc": "2.0", "method": method, "params": params});
    stage.script.unasked.lock().unwrap().push(said.to_string());
    stage.call("files__read", json!({"path": "/a"})).await;
}

#[tokio::test(start_paused = true)]
async fn a_listener_hears_of_what_it_asked_for() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    let wanted = json!({"notifications": {
        "promptsListChanged": true, "resourceSubscriptions": ["files+file:///a"], "other": true,
    }});
    let (request, body) = contained(&token, &json!({}), "subscriptions/listen", wanted);
    let request = request.body(Body::from(body.to_string())).unwrap();
    let response = stage.doors.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = Open(response.into_body());
    let granted = stream.next().await;
    assert_eq!(
        granted["method"],
        "notifications/subscriptions/acknowledged"
    );
    assert_eq!(
        granted["params"]["notifications"],
        json!({"promptsListChanged": true})
    );
    says(&stage, "notifications/tools/list_changed", json!({})).await;
    says(
        &stage,
        "notifications/resources/updated",
        json!({"uri": "file:///a"}),
    )
    .await;
    says(&stage, "notifications/prompts/list_changed", json!({})).await;
    let news = stream.next().await;
    assert_eq!(news["method"], "notifications/prompts/list_changed");
    assert_eq!(
        news["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
        "1"
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_hears_of_the_resources_that_it_watches() {
    let stage = Stage::new().await;
    let policy = "
version: 1
actions:
  - action: mcp.files.resources/subscribe
  - action: mcp.files.read
catalogue:
  - { action: mcp.files.resources/subscribe, tier: 0 }
  - { action: mcp.files.read, tier: 0 }
";
    let policy = tenant::read::parse(policy).unwrap();
    let architect = &stage.house.acme.architect;
    let applied = stage.house.firewall.apply_tenant_policy(architect, policy);
    applied.await.unwrap();
    stage
        .script
        .behaves(|script, asked| match asked["method"].as_str() {
            Some("resources/subscribe") => Some(json!({"result": {}})),
            _ => super::stage::obliging(script, asked),
        });
    let token = stage.house.acme.agent_token.clone();
    let (session, welcome) = shake(&stage, &token, "2025-11-25", json!({})).await;
    assert_eq!(
        welcome["result"]["capabilities"]["resources"]["subscribe"],
        true
    );
    let watched = json!({"uri": "files+file:///a"});
    let reply = in_session(
        &stage,
        &token,
        &session,
        "resources/subscribe",
        watched.clone(),
    )
    .await;
    assert!(reply.text.contains("\"result\":{}"), "{}", reply.text);
    let listening = post(&token)
        .method("GET")
        .header("mcp-session-id", &session)
        .body(Body::empty())
        .unwrap();
    let response = stage.doors.clone().oneshot(listening).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut stream = Open(response.into_body());
    // It is listened for the first time when somebody reads.
    let listen = stream.next();
    let say = async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        says(
            &stage,
            "notifications/resources/updated",
            json!({"uri": "file:///b"}),
        )
        .await;
        says(
            &stage,
            "notifications/resources/updated",
            json!({"uri": "file:///a"}),
        )
        .await;
    };
    let (news, ()) = tokio::join!(listen, say);
    assert_eq!(news["method"], "notifications/resources/updated");
    assert_eq!(news["params"], watched);
    let reply = in_session(&stage, &token, &session, "resources/unsubscribe", watched).await;
    assert!(reply.text.contains("\"result\":{}"), "{}", reply.text);
}

#[tokio::test]
async fn only_a_session_has_a_stream() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    for (session, status) in [(None, 405), (Some("0"), 404)] {
        let mut request = post(&token).method("GET");
        if let Some(session) = session {
            request = request.header("mcp-session-id", session);
        }
        let reply = stage.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status.as_u16(), status);
    }
}
