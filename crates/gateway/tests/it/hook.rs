//! A coding agent's hook: one word about every tool use, whatever happens.

use crate::house::{House, Reply};
use axum::{body::Body, http::Request};
use portcullis_firewall::{batch::RecordKind, ports::Ledger, query::RecordQuery};
use portcullis_policy::tenant;
use serde_json::{Value, json};
use std::time::Duration;

const PATH: &str = "/v1/hooks/claude-code";

const POLICY: &str = "
version: 1
actions:
  - action: shell.run
  - action: file_read
  - action: file_write
  - action: http.get
  - action: mcp.files.read
  - action: claude_code.todo_write
catalogue:
  - { action: shell.run, tier: 4 }
  - { action: file_write, tier: 3 }
  - { action: http.get, tier: 2 }
  - { action: mcp.files.read, tier: 0 }
  - { action: claude_code.todo_write, tier: 0 }
";

async fn house() -> House {
    let house = House::new().await;
    let policy = tenant::read::parse(POLICY).unwrap();
    let applied = house
        .firewall
        .apply_tenant_policy(&house.acme.architect, policy);
    applied.await.unwrap();
    house
}

/// What the client sends, of version 2.1.
fn event(tool: &str, id: &str, input: &Value) -> Value {
    json!({
        "session_id": "5f0c9f7e-2f0b-4d8c-9a54-0c4f4d1f7a10",
        "transcript_path": "/srv/.claude/projects/web/5f0c.jsonl",
        "cwd": "/srv/web", "permission_mode": "default", "effort": {"level": "high"},
        "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input,
        "tool_use_id": id, "prompt_id": "p1",
    })
}

/// The word and the reason; anything else but a 200 with both lets the tool run.
#[track_caller]
fn said(reply: &Reply) -> (String, String) {
    let json = reply.ok();
    let output = &json["hookSpecificOutput"];
    assert_eq!(output["hookEventName"], "PreToolUse", "{json}");
    let text = |name: &str| output[name].as_str().unwrap().to_owned();
    (text("permissionDecision"), text("permissionDecisionReason"))
}

/// Asks as a client that runs without a terminal.
async fn ask(house: &House, event: &Value) -> (String, String) {
    said(&asked(house, PATH, &["sdk-cli"], event).await)
}

/// Asks as a client that says this about how it was started.
async fn asked(house: &House, path: &str, start: &[&str], event: &Value) -> Reply {
    let mut request = Request::post(path)
        .header(
            "authorization",
            format!("Bearer {}", house.acme.agent_token),
        )
        .header("content-type", "application/json");
    for word in start {
        request = request.header("x-claude-code-entrypoint", *word);
    }
    let request = request.body(Body::from(event.to_string())).unwrap();
    house.send(request).await
}

fn write(id: &str) -> Value {
    let input = json!({"file_path": "/srv/web/index.html", "content": "<p>hello</p>"});
    event("Write", id, &input)
}

/// The hold that a reason names.
fn hold_in(reason: &str) -> String {
    let rest = &reason[reason.find("esc_").unwrap()..];
    rest.split(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_tool_becomes_an_action() {
    let house = house().await;
    let uses = [
        (
            "Bash",
            json!({"command": "make test", "description": "Run the tests"}),
        ),
        ("Read", json!({"file_path": "/etc/hosts"})),
        ("Read", json!({"file_path": "src/main.rs"})),
        ("Grep", json!({"pattern": "TODO"})),
        (
            "NotebookEdit",
            json!({"notebook_path": "/srv/a.ipynb", "new_source": "1"}),
        ),
        (
            "WebFetch",
            json!({"url": "https://example.com/", "prompt": "what is it"}),
        ),
        ("TodoWrite", json!({"todos": []})),
        ("mcp__files__read", json!({"path": "/srv"})),
        ("mcp__files__delete", json!({"path": "/srv"})),
        ("BashOutput", json!({"bash_id": "1"})),
        ("Odd\u{202e}Tool", json!({})),
    ];
    let mut told = String::new();
    for (at, (tool, input)) in uses.into_iter().enumerate() {
        let mut event = event(tool, &format!("toolu_{at}"), &input);
        if tool.starts_with("mcp__") {
            event["mcp_server"] = json!({"name": "files", "source": "npx @acme/files"});
        }
        let (word, why) = ask(&house, &event).await;
        // Ids and moments differ from run to run.
        let why = why.split(" hold esc_").next().unwrap();
        let seq = house.head().await.seq;
        let record = house
            .firewall
            .record(&house.acme.architect, seq)
            .await
            .unwrap();
        let record: Value = serde_json::from_slice(&record.payload).unwrap();
        told += &format!(
            "{tool:?}: {} on {}: {word}: {why}\n",
            record["action_type"], record["target_service"]
        );
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn what_people_approve_runs_once() {
    let house = house().await;
    let (word, why) = ask(&house, &write("toolu_1")).await;
    assert_eq!(word, "defer", "{why}");
    let hold = hold_in(&why);
    // The session is resumed too early, and then in time.
    assert_eq!(ask(&house, &write("toolu_1")).await.0, "defer");
    let released = house
        .firewall
        .release(&house.acme.operators[0], &hold, None);
    released.await.unwrap();
    // Another session's agent asks about the same file: its use is another.
    let mut other = write("toolu_1");
    other["session_id"] = "another".into();
    assert_eq!(ask(&house, &other).await.0, "defer");
    // What was approved is not what runs.
    let mut changed = write("toolu_1");
    changed["tool_input"]["content"] = "<script>".into();
    assert_eq!(ask(&house, &changed).await.0, "defer");
    assert_eq!(ask(&house, &write("toolu_1")).await.0, "allow");
    let (word, why) = ask(&house, &write("toolu_1")).await;
    assert_eq!(word, "deny");
    assert!(why.starts_with("hold.claimed"), "{why}");
}

#[tokio::test]
async fn only_a_client_that_stops_is_told_to() {
    let house = house().await;
    // With anybody at a terminal the client passes over `defer`, and runs the tool.
    for start in [
        &["cli"][..],
        &[],
        &[""],
        &["claude-vscode"],
        &["sdk-cli", "cli"],
        &["cli", "sdk-cli"],
        &["sdk-cli", "sdk-cli"],
    ] {
        let (word, why) = said(&asked(&house, PATH, start, &write("toolu_1")).await);
        assert_eq!(word, "deny", "{start:?}");
        assert!(why.contains("ask for the very same again"), "{why}");
    }
    for start in ["sdk-cli", "sdk-py", "sdk-ts"] {
        let word = said(&asked(&house, PATH, &[start], &write("toolu_1")).await).0;
        assert_eq!(word, "defer", "{start}");
    }
    // A session does not stop for its subagents.
    let mut subagents = write("toolu_1");
    subagents["agent_id"] = "aa955ac41e797e496".into();
    assert_eq!(ask(&house, &subagents).await.0, "deny");
    let path = format!("{PATH}?held=deny");
    let word = said(&asked(&house, &path, &["sdk-cli"], &write("toolu_1")).await).0;
    assert_eq!(word, "deny");
}

#[tokio::test]
async fn a_session_that_goes_on_asks_again_for_the_very_same() {
    let house = house().await;
    let again = async |event: &Value| said(&asked(&house, PATH, &["cli"], event).await);
    let hold = hold_in(&again(&write("toolu_1")).await.1);
    // Asked again too early, it is the same hold.
    assert_eq!(hold_in(&again(&write("toolu_2")).await.1), hold);
    let released = house
        .firewall
        .release(&house.acme.operators[0], &hold, None);
    released.await.unwrap();
    let mut changed = write("toolu_3");
    changed["tool_input"]["content"] = "<script>".into();
    assert_eq!(again(&changed).await.0, "deny");
    let mut other = write("toolu_3");
    other["session_id"] = "another".into();
    assert_eq!(again(&other).await.0, "deny");
    assert_eq!(again(&write("toolu_3")).await.0, "allow");
    // Once more is one more action, with an approval of its own.
    let (word, why) = again(&write("toolu_4")).await;
    assert_eq!(word, "deny");
    assert_ne!(hold_in(&why), hold);
}

#[tokio::test]
async fn a_no_reaches_the_model_with_its_reason() {
    let house = house().await;
    let hold = hold_in(&ask(&house, &write("toolu_1")).await.1);
    let killed = house.firewall.kill(
        &house.acme.operators[0],
        &hold,
        Some("not on a Friday\u{1b}[2J"),
    );
    killed.await.unwrap();
    let (word, why) = ask(&house, &write("toolu_1")).await;
    assert_eq!(word, "deny");
    assert!(why.contains("not on a Friday"), "{why}");
    assert!(!why.contains('\u{1b}'), "{why}");
    let late = hold_in(&ask(&house, &write("toolu_2")).await.1);
    house.clock.advance(Duration::from_secs(30 * 60));
    let (word, why) = ask(&house, &write("toolu_2")).await;
    assert_eq!(word, "deny");
    assert!(why.contains(&late) && why.contains("TIMED_OUT"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_hears_of_the_approval() {
    let house = house().await;
    let hold = hold_in(&ask(&house, &write("toolu_1")).await.1);
    let waiting = async {
        let path = format!("{PATH}?wait=300");
        said(&asked(&house, &path, &["sdk-cli"], &write("toolu_1")).await)
    };
    let deciding = async {
        tokio::time::sleep(Duration::from_secs(100)).await;
        let decided = house
            .firewall
            .release(&house.acme.operators[0], &hold, None);
        decided.await.unwrap();
    };
    let ((word, why), ()) = tokio::join!(waiting, deciding);
    assert_eq!(word, "allow", "{why}");
}

#[tokio::test]
async fn the_address_says_how_and_where() {
    let house = house().await;
    let read = event("Read", "toolu_1", &json!({"file_path": "/etc/hosts"}));
    let at = async |query: &str, event: &Value| {
        said(&house.ask(&format!("{PATH}?{query}"), event).await)
    };
    assert_eq!(
        at("cleared=ask&environment=development", &read).await.0,
        "ask"
    );
    assert_eq!(at("held=deny", &write("toolu_2")).await.0, "deny");
    for wrong in [
        "wait=301",
        "wait=-1",
        "cleared=yes",
        "held=allow",
        "environnement=x",
        "environment=%00",
    ] {
        assert_eq!(at(wrong, &read).await.0, "deny", "{wrong}");
    }
}

#[tokio::test]
async fn a_dry_run_that_is_owed_is_no_permission() {
    let house = house().await;
    let fetch = event(
        "WebFetch",
        "toolu_1",
        &json!({"url": "https://example.com/"}),
    );
    let (word, why) = ask(&house, &fetch).await;
    assert_eq!(word, "deny");
    assert!(why.contains("dry run"), "{why}");
}

#[tokio::test]
async fn whatever_goes_wrong_is_a_no_in_words_the_client_reads() {
    let house = house().await;
    let good = write("toolu_1").to_string();
    let nobody = house.post(PATH, "pcl_nobody", good.clone()).await;
    assert_eq!(said(&nobody).0, "deny");
    let viewer = house
        .post(PATH, &house.acme.viewer_token, good.clone())
        .await;
    assert_eq!(said(&viewer).0, "deny");
    let twice = good.replacen("{", "{\"tool_name\":\"Read\",", 1);
    for body in ["", "{", "[]", "{}", "null", &twice, &"[".repeat(100)] {
        assert_eq!(
            said(
                &house
                    .post(PATH, &house.acme.agent_token, body.to_owned())
                    .await
            )
            .0,
            "deny",
            "{body}"
        );
    }
    let mut no_input = write("toolu_1");
    no_input["tool_input"] = json!("rm -rf /");
    assert_eq!(ask(&house, &no_input).await.0, "deny");
    let mut odd_session = write("toolu_1");
    odd_session["session_id"] = "a b\u{7}".into();
    assert_eq!(ask(&house, &odd_session).await.0, "deny");
    house.ledger.fail_next(1);
    let (word, why) = ask(&house, &write("toolu_9")).await;
    assert_eq!(word, "deny");
    assert!(why.contains("cannot judge"), "{why}");
}

#[tokio::test]
async fn other_events_are_blocked_explicitly() {
    let house = house().await;
    let mut other = write("toolu_1");
    other["hook_event_name"] = "PermissionRequest".into();
    let answer = house.ask(PATH, &other).await.ok();
    assert_eq!(answer["decision"], "block");
}

#[tokio::test]
async fn a_tool_use_that_cannot_be_judged_is_on_record() {
    let house = house().await;
    let secret = concat!("ghp", "_16C7e42F292c6912E7710c838347Ae178B4a");
    let event = event(
        "Read",
        "t1",
        &json!({"file_path": format!("/srv/{secret}")}),
    );
    let (word, _) = ask(&house, &event).await;
    assert_eq!(word, "deny");
    let query = RecordQuery {
        kind: Some(RecordKind::AttemptRefused),
        limit: 100,
        ..RecordQuery::default()
    };
    let records = house.ledger.records(&house.acme.id, query).await.unwrap();
    let [record] = records.as_slice() else {
        panic!("{records:?}");
    };
    let record: Value = serde_json::from_slice(&record.payload).unwrap();
    assert_eq!(record["way"], "hook");
    assert_eq!(record["name"], "Read");
    assert!(!record.to_string().contains(secret), "{record}");
}
