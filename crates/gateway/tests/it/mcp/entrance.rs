//! Getting in: credentials, origins, versions, headers and sessions.

use super::stage::{Stage, contained, post};
use crate::house::Reply;
use axum::body::Body;
use serde_json::{Value, json};

pub(super) async fn shake(
    stage: &Stage,
    token: &str,
    version: &str,
    abilities: Value,
) -> (String, Value) {
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": abilities,
        "clientInfo": {"name": "test", "version": "1"}}});
    let reply = stage
        .send(post(token).body(Body::from(hello.to_string())).unwrap())
        .await;
    let session = reply
        .headers
        .get("mcp-session-id")
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    (session, serde_json::from_str(&reply.text).unwrap())
}

pub(super) async fn in_session(
    stage: &Stage,
    token: &str,
    session: &str,
    method: &str,
    params: Value,
) -> Reply {
    let ask = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
    let request = post(token).header("mcp-session-id", session);
    stage
        .send(request.body(Body::from(ask.to_string())).unwrap())
        .await
}

#[tokio::test]
async fn nobody_unknown_comes_in_and_is_told_where_to_ask() {
    let stage = Stage::new().await;
    for token in ["", "nonsense"] {
        let (request, body) = contained(token, &json!({}), "tools/list", json!({}));
        let reply = stage
            .send(request.body(Body::from(body.to_string())).unwrap())
            .await;
        assert_eq!(reply.error(), (401, "auth.unauthenticated".to_owned()));
        assert_eq!(
            reply.headers["www-authenticate"],
            "Bearer resource_metadata=\"https://gate.test/.well-known/oauth-protected-resource/mcp\""
        );
    }
    let request = axum::http::Request::get("/.well-known/oauth-protected-resource/mcp");
    let metadata = stage.send(request.body(Body::empty()).unwrap()).await.ok();
    assert_eq!(metadata["resource"], "https://gate.test/mcp");
    let person = stage.house.acme.architect_token.clone();
    let (request, body) = contained(&person, &json!({}), "tools/list", json!({}));
    let reply = stage
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await;
    assert_eq!(reply.error().0, 403);
    // A token in the address is no credential.
    let (request, body) = contained("", &json!({}), "tools/list", json!({}));
    let request = request.uri(format!(
        "/mcp?access_token={}",
        stage.house.acme.agent_token
    ));
    let reply = stage
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn pages_of_other_sites_and_other_names_are_refused() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    for (header, value, status) in [
        ("origin", "https://evil.test", 403),
        ("origin", "null", 403),
        ("origin", "https://gate.test", 200),
        ("host", "evil.test", 403),
    ] {
        let (request, body) = contained(&token, &json!({}), "tools/list", json!({}));
        let mut request = request.body(Body::from(body.to_string())).unwrap();
        request.headers_mut().insert(header, value.parse().unwrap());
        let reply = stage.send(request).await;
        assert_eq!(reply.status, status, "{header}: {value}");
    }
}

#[tokio::test]
async fn headers_say_what_the_body_says() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    let call = json!({"name": "files__read", "arguments": {"path": "/a"}});
    for (header, value) in [
        ("mcp-method", Some("tools/list")),
        ("mcp-method", None),
        ("mcp-name", Some("files__write")),
        ("mcp-name", None),
        ("mcp-name", Some("=?base64?ZmlsZXNfX3dyaXRl?=")),
        ("mcp-protocol-version", Some("2025-11-25")),
        ("mcp-protocol-version", None),
        ("mcp-param-path", Some("/a")),
    ] {
        let (request, body) = contained(&token, &json!({}), "tools/call", call.clone());
        let mut request = request.body(Body::from(body.to_string())).unwrap();
        match value {
            Some(value) => drop(request.headers_mut().insert(header, value.parse().unwrap())),
            None => drop(request.headers_mut().remove(header)),
        }
        let reply = stage.send(request).await;
        let fault: Value = serde_json::from_str(&reply.text).unwrap();
        assert_eq!(
            (reply.status.as_u16(), &fault["error"]["code"]),
            (400, &json!(-32020)),
            "{header}: {value:?}"
        );
    }
    let (request, body) = contained(&token, &json!({}), "tools/call", call.clone());
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    request
        .headers_mut()
        .append("mcp-name", "files__read".parse().unwrap());
    assert_eq!(stage.send(request).await.status, 400, "a header twice");
    let (request, body) = contained(&token, &json!({}), "tools/call", call);
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    request
        .headers_mut()
        .insert("mcp-name", "=?base64?ZmlsZXNfX3JlYWQ=?=".parse().unwrap());
    assert_eq!(stage.send(request).await.status, 200);
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test]
async fn versions_and_methods_that_are_not_spoken_are_refused() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    let (request, mut body) = contained(&token, &json!({}), "tools/list", json!({}));
    body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2031-01-01".into();
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    let version = "2031-01-01".parse().unwrap();
    request
        .headers_mut()
        .insert("mcp-protocol-version", version);
    let reply = stage.send(request).await;
    let fault: Value = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(fault["error"]["code"], -32022);
    assert_eq!(fault["error"]["data"]["supported"][0], "2026-07-28");
    for method in [
        "resources/subscribe",
        "resources/unsubscribe",
        "sampling/createMessage",
        "ping",
        "tasks/list",
        "logging/setLevel",
    ] {
        let (request, body) = contained(&token, &json!({}), method, json!({}));
        let mut request = request.body(Body::from(body.to_string())).unwrap();
        request.headers_mut().remove("mcp-name");
        let reply = stage.send(request).await;
        let fault: Value = serde_json::from_str(&reply.text).unwrap();
        assert_eq!(
            (reply.status.as_u16(), &fault["error"]["code"]),
            (404, &json!(-32601)),
            "{method}"
        );
    }
    for method in ["GET", "PUT"] {
        let request = post(&token).method(method).body(Body::empty()).unwrap();
        assert_eq!(stage.send(request).await.status, 405);
    }
}

#[tokio::test]
async fn a_session_begins_with_a_handshake_and_serves_its_credential() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    let (session, welcome) = shake(&stage, &token, "2025-06-18", json!({})).await;
    assert_eq!(session.len(), 32);
    assert_eq!(welcome["result"]["protocolVersion"], "2025-06-18");
    let listed = in_session(&stage, &token, &session, "tools/list", json!({}))
        .await
        .ok();
    assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 2);
    assert!(listed["result"].get("resultType").is_none());
    let stranger = stage.house.acme.other_agent_token.clone();
    for (token, session) in [(&stranger, session.as_str()), (&token, "0")] {
        let reply = in_session(&stage, token, session, "tools/list", json!({})).await;
        assert_eq!(reply.error(), (404, "session.not_found".to_owned()));
    }
    let ask = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list"});
    let without = stage
        .send(post(&token).body(Body::from(ask.to_string())).unwrap())
        .await;
    assert_eq!(without.status, 400);
    let other = post(&token)
        .header("mcp-session-id", &session)
        .header("mcp-protocol-version", "2025-11-25");
    assert_eq!(
        stage
            .send(other.body(Body::from(ask.to_string())).unwrap())
            .await
            .status,
        400
    );
    let told = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let told = post(&token)
        .header("mcp-session-id", &session)
        .body(Body::from(told.to_string()))
        .unwrap();
    assert_eq!(stage.send(told).await.status, 202);
    let end = post(&token)
        .method("DELETE")
        .header("mcp-session-id", &session)
        .body(Body::empty())
        .unwrap();
    assert_eq!(stage.send(end).await.status, 204);
    let reply = in_session(&stage, &token, &session, "tools/list", json!({})).await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn the_newest_handshake_is_offered_to_who_wishes_for_an_unknown_one() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    let (_, welcome) = shake(&stage, &token, "2030-01-01", json!({})).await;
    assert_eq!(welcome["result"]["protocolVersion"], "2025-11-25");
}

#[tokio::test]
async fn an_older_client_with_a_browser_is_sent_to_the_approval() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    let (session, _) = shake(
        &stage,
        &token,
        "2025-11-25",
        json!({"elicitation": {"url": {}}}),
    )
    .await;
    let call = json!({"name": "files__write", "arguments": {"path": "/a"}});
    let held = in_session(&stage, &token, &session, "tools/call", call.clone())
        .await
        .ok();
    assert_eq!(held["error"]["code"], -32042, "{held}");
    let elicitation = &held["error"]["data"]["elicitations"][0];
    assert_eq!(elicitation["mode"], "url");
    stage
        .release(elicitation["elicitationId"].as_str().unwrap())
        .await;
    let done = in_session(&stage, &token, &session, "tools/call", call)
        .await
        .ok();
    assert_eq!(done["result"]["content"][0]["text"], "done", "{done}");
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let stage = Stage::new().await;
    let token = stage.house.acme.agent_token.clone();
    let (_, body) = contained(
        &token,
        &json!({}),
        "tools/call",
        json!({"name": "files__read", "arguments": {"path": "/a"}}),
    );
    let twice = body
        .to_string()
        .replacen("\"path\":\"/a\"", "\"path\":\"/a\",\"path\":\"/b\"", 1);
    let (request, _) = contained(
        &token,
        &json!({}),
        "tools/call",
        json!({"name": "files__read"}),
    );
    let reply = stage.send(request.body(Body::from(twice)).unwrap()).await;
    let fault: Value = serde_json::from_str(&reply.text).unwrap();
    assert_eq!(
        (reply.status.as_u16(), &fault["error"]["code"]),
        (400, &json!(-32700))
    );
    let (request, _) = contained(&token, &json!({}), "tools/list", json!({}));
    let large = request.body(Body::from(vec![b' '; (1 << 20) + 1])).unwrap();
    assert_eq!(stage.send(large).await.status, 413);
    let (request, body) = contained(&token, &json!({}), "tools/list", json!({}));
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    request
        .headers_mut()
        .insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(stage.send(request).await.status, 415);
    assert_eq!(stage.script.count(), 0);
}
