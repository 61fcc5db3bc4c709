//! Every way in by which something behind the gate can be touched, and that each is judged.

use super::{
    entrance::{in_session, shake},
    stage::{Stage, hold_of},
};
use portcullis_gateway::{hook, http, mcp::METHODS, rpc};
use serde_json::{Value, json};
use std::fmt::Write;

const PAGE: &str = include_str!("../../../../../docs/ways-in.md");

/// What comes before the tables.
const HEAD: &str = "# Every way in

What an agent can send, made from the code: `cargo test -p portcullis-gateway` compares this page with it, and shows the page
as it must be. A way that touches something behind the gate has a test that asks for what the rules do not allow, and counts
what arrives behind.
";

/// What is asked for by each method that touches something, where nothing is allowed.
fn forbidden(method: &str) -> Value {
    match method {
        "tools/call" => json!({"name": "files__unlisted", "arguments": {"path": "/a"}}),
        "resources/read" | "resources/subscribe" => json!({"uri": "files+file:///a"}),
        "prompts/get" => json!({"name": "files__greet"}),
        "completion/complete" => json!({
            "ref": {"type": "ref/prompt", "name": "files__greet"},
            "argument": {"name": "a", "value": ""},
        }),
        "tasks/get" | "tasks/update" => json!({"taskId": "esc_00000000000000000000000000000000"}),
        other => panic!("`{other}` touches something: say here how it is asked for in vain"),
    }
}

/// What a client says that looks after tasks.
fn tasks() -> Value {
    json!({"extensions": {"io.modelcontextprotocol/tasks": {}}})
}

#[tokio::test]
async fn every_method_that_touches_something_is_judged() {
    for (method, _) in METHODS.iter().filter(|(_, touches)| *touches) {
        let stage = Stage::new().await;
        stage.allow_nothing().await;
        let text = if *method == "resources/subscribe" {
            let token = stage.house.acme.agent_token.clone();
            let (session, _) = shake(&stage, &token, "2025-11-25", json!({})).await;
            let reply = in_session(&stage, &token, &session, method, forbidden(method));
            reply.await.text
        } else {
            let token = stage.house.acme.agent_token.clone();
            let asked = stage.ask_as(&token, tasks(), method, forbidden(method));
            asked.await.to_string()
        };
        let refused = text.contains("policy.not_allowed") || text.contains("no such task");
        assert!(refused, "{method}: {text}");
        let asked = stage.script.asked.lock().unwrap().clone();
        let harmless = ["initialize", "tools/list"];
        assert!(
            asked.iter().all(|what| harmless.contains(&what.as_str())),
            "{method}: {asked:?}"
        );
    }
}

#[tokio::test]
async fn a_task_that_nobody_released_is_not_carried_out() {
    let stage = Stage::new().await;
    let held = stage.call("files__write", json!({"path": "/a"})).await;
    let token = stage.house.acme.agent_token.clone();
    let task = json!({"taskId": hold_of(&held)});
    stage.ask_as(&token, tasks(), "tasks/get", task).await;
    assert_eq!(stage.script.count(), 0);
}

#[tokio::test]
async fn no_other_method_reaches_a_server() {
    for (method, _) in METHODS.iter().filter(|(_, touches)| !*touches) {
        let stage = Stage::new().await;
        let token = stage.house.acme.agent_token.clone();
        stage
            .ask_as(
                &token,
                tasks(),
                method,
                json!({"taskId": "esc_0", "name": "files__read", "uri": "files+file:///a"}),
            )
            .await;
        let asked = stage.script.asked.lock().unwrap().clone();
        let harmless = |what: &String| what == "initialize" || what.ends_with("/list");
        assert!(asked.iter().all(harmless), "{method}: {asked:?}");
    }
}

#[test]
fn the_page_lists_every_way() {
    let mut page = HEAD.to_owned();
    page.push_str("\n## MCP: `POST /mcp`, and `portcullis mcp wrap` on standard input\n\n| Method | Touches something behind the gate |\n|---|---|\n");
    for (method, touches) in METHODS {
        let touches = if *touches {
            "yes: judged, and only with a permit"
        } else {
            "no"
        };
        writeln!(page, "| `{method}` | {touches} |").unwrap();
    }
    page.push_str("\n## HTTP\n\n| Route | Does |\n|---|---|\n");
    let api = serde_json::to_value(http::openapi()).unwrap();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let summary = operation["summary"].as_str().unwrap_or_default();
            writeln!(page, "| `{} {path}` | {summary} |", method.to_uppercase()).unwrap();
        }
    }
    writeln!(
        page,
        "| `POST {}` | Judges one tool use of a coding agent. |",
        hook::PATH
    )
    .unwrap();
    page.push_str(
        "| `POST /api/govern`, `POST /govern` | Judges one action, in TheWARDN's dialect. |\n",
    );
    writeln!(
        page,
        "\n## Ethereum's JSON-RPC: `POST {}`\n\n| Method | What becomes of it |\n|---|---|",
        rpc::PATH
    )
    .unwrap();
    for (method, kind) in rpc::METHODS {
        let becomes = match kind {
            rpc::Kind::Own => "the gate answers it",
            rpc::Kind::Read => "passed on to the node, its answer screened",
            rpc::Kind::Judged => "read, simulated and judged, and only with a permit",
        };
        writeln!(page, "| `{method}` | {becomes} |").unwrap();
    }
    assert_eq!(page, PAGE, "\n{page}");
}
