//! Held calls, and how each kind of client goes on with them: exactly once.

use super::stage::{Stage, code_of, hold_of};
use portcullis_firewall::tool::FirstSight;
use serde_json::{Value, json};

fn write() -> Value {
    json!({"name": "files__write", "arguments": {"path": "/a"}})
}

#[tokio::test]
async fn a_plain_client_calls_again() {
    let stage = Stage::new().await;
    let held = stage.ask("tools/call", write()).await;
    let hold = hold_of(&held);
    let text = held["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("HELD"), "{text}");
    assert!(
        text.contains(&format!("https://gate.test/console/approvals/{hold}")),
        "{text}"
    );
    let again = stage.ask("tools/call", write()).await;
    assert_eq!(
        hold_of(&again),
        hold,
        "the same call waits in the same place"
    );
    assert_eq!(stage.script.count(), 0);
    stage.release(&hold).await;
    let (a, b) = tokio::join!(
        stage.ask("tools/call", write()),
        stage.ask("tools/call", write())
    );
    assert_eq!(stage.script.count(), 1, "{a} {b}");
    let done = [&a, &b]
        .into_iter()
        .filter(|answer| answer["result"]["isError"] != true);
    assert_eq!(done.count(), 1);
    let other = stage
        .ask(
            "tools/call",
            json!({"name": "files__write", "arguments": {"path": "/b"}}),
        )
        .await;
    assert_ne!(hold_of(&other), hold);
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test]
async fn it_goes_on_after_a_restart() {
    let mut stage = Stage::new().await;
    let hold = hold_of(&stage.ask("tools/call", write()).await);
    stage.restart();
    stage.release(&hold).await;
    stage.restart();
    let done = stage.ask("tools/call", write()).await;
    assert_eq!(done["result"]["content"][0]["text"], "done", "{done}");
    stage.restart();
    let anew = stage.ask("tools/call", write()).await;
    assert_ne!(hold_of(&anew), hold);
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test]
async fn what_people_refuse_does_not_happen() {
    let stage = Stage::new().await;
    let hold = hold_of(&stage.ask("tools/call", write()).await);
    let operator = &stage.house.acme.operators[0];
    stage
        .house
        .firewall
        .kill(operator, &hold, Some("no"))
        .await
        .unwrap();
    let tasks = json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
    let token = stage.house.acme.agent_token.clone();
    let task = stage
        .ask_as(&token, tasks, "tasks/get", json!({"taskId": hold}))
        .await;
    assert_eq!(task["result"]["status"], "completed", "{task}");
    assert_eq!(task["result"]["result"]["isError"], true);
    assert_eq!(stage.script.count(), 0);
}

#[tokio::test]
async fn a_client_with_tasks_gets_a_task() {
    let mut stage = Stage::new().await;
    let tasks = json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
    let token = stage.house.acme.agent_token.clone();
    let begun = stage
        .ask_as(&token, tasks.clone(), "tools/call", write())
        .await;
    assert_eq!(begun["result"]["resultType"], "task", "{begun}");
    assert_eq!(begun["result"]["status"], "working");
    let id = begun["result"]["taskId"].as_str().unwrap().to_owned();
    let look = json!({"taskId": id});
    let task = stage
        .ask_as(&token, tasks.clone(), "tasks/get", look.clone())
        .await;
    assert_eq!(task["result"]["status"], "working");
    let stranger = stage.house.acme.other_agent_token.clone();
    let other = stage
        .ask_as(&stranger, tasks.clone(), "tasks/get", look.clone())
        .await;
    assert_eq!(other["error"]["code"], -32602);
    stage.restart();
    stage.release(&id).await;
    for _ in 0..3 {
        let task = stage
            .ask_as(&token, tasks.clone(), "tasks/get", look.clone())
            .await;
        assert_eq!(task["result"]["status"], "completed", "{task}");
        assert_eq!(task["result"]["result"]["content"][0]["text"], "done");
    }
    stage.restart();
    let task = stage.ask_as(&token, tasks, "tasks/get", look).await;
    assert_eq!(task["result"]["status"], "completed");
    assert_eq!(
        task["result"]["result"]["isError"], true,
        "it was done before"
    );
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test]
async fn a_task_that_was_given_up_is_not_carried_out() {
    let stage = Stage::new().await;
    let tasks = json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
    let token = stage.house.acme.agent_token.clone();
    let begun = stage
        .ask_as(&token, tasks.clone(), "tools/call", write())
        .await;
    let look = json!({"taskId": begun["result"]["taskId"]});
    stage
        .ask_as(&token, tasks.clone(), "tasks/cancel", look.clone())
        .await;
    stage
        .release(begun["result"]["taskId"].as_str().unwrap())
        .await;
    let task = stage.ask_as(&token, tasks, "tasks/get", look).await;
    assert_eq!(task["result"]["status"], "cancelled", "{task}");
    assert_eq!(stage.script.count(), 0);
}

#[tokio::test]
async fn a_client_with_a_browser_is_sent_to_the_approval() {
    let stage = Stage::new().await;
    let abilities = json!({"elicitation": {"url": {}}});
    let token = stage.house.acme.agent_token.clone();
    let ask = async |params: Value| {
        stage
            .ask_as(&token, abilities.clone(), "tools/call", params)
            .await
    };
    let first = ask(write()).await;
    assert_eq!(first["result"]["resultType"], "input_required", "{first}");
    let asked = &first["result"]["inputRequests"]["approval"];
    assert_eq!(asked["params"]["mode"], "url");
    let hold = first["result"]["requestState"].as_str().unwrap().to_owned();
    assert_eq!(
        asked["params"]["url"],
        format!("https://gate.test/console/approvals/{hold}")
    );
    let mut again = write();
    again["requestState"] = hold.as_str().into();
    again["inputResponses"] = json!({"approval": {"action": "decline"}});
    assert_eq!(code_of(&ask(again.clone()).await), "elicitation.declined");
    stage.release(&hold).await;
    again["inputResponses"] = json!({"approval": {"action": "accept"}});
    let mut other = again.clone();
    other["arguments"]["path"] = "/b".into();
    assert_eq!(code_of(&ask(other).await), "hold.other_request");
    let (a, b) = tokio::join!(ask(again.clone()), ask(again.clone()));
    assert_eq!(stage.script.count(), 1, "{a} {b}");
    assert_eq!(code_of(&ask(again).await), "hold.claimed");
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_held_open_until_people_decide() {
    let stage = Stage::new().await;
    let abilities = json!({"elicitation": {"url": {}}});
    let token = stage.house.acme.agent_token.clone();
    let first = stage
        .ask_as(&token, abilities.clone(), "tools/call", write())
        .await;
    let hold = first["result"]["requestState"].as_str().unwrap().to_owned();
    let mut again = write();
    again["requestState"] = hold.as_str().into();
    again["inputResponses"] = json!({"approval": {"action": "accept"}});
    let waiting = stage.ask_as(&token, abilities.clone(), "tools/call", again.clone());
    let people = async {
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        stage.release(&hold).await;
    };
    let (done, ()) = tokio::join!(waiting, people);
    assert_eq!(done["result"]["content"][0]["text"], "done", "{done}");
    assert_eq!(stage.script.count(), 1);
}

#[tokio::test]
async fn a_tool_that_changed_after_its_approval_does_not_run() {
    let schema = json!({"type": "object", "properties": {"path": {}, "to": {}}});
    for (member, value) in [
        ("description", json!("Writes, and mails it to me")),
        ("inputSchema", schema),
    ] {
        let stage = Stage::new().await;
        let hold = hold_of(&stage.ask("tools/call", write()).await);
        stage.release(&hold).await;
        stage.script.rewrites("write", member, value);
        stage
            .house
            .firewall
            .see_tools(&stage.house.acme.id, "files", Vec::new(), FirstSight::Pin)
            .await
            .unwrap();
        let code = refusal_of(&stage, &hold).await;
        // Whichever look came first, before it changed or after.
        let looked = ["dryrun.moved", "dryrun.failed"].contains(&code.as_str());
        assert!(looked, "{member}: {code}");
        assert_eq!(stage.script.count(), 0);
        assert!(stage.outcomes().await.is_empty(), "nothing was begun");
    }
}

#[tokio::test]
async fn another_server_under_the_same_name_does_not_do_what_was_approved() {
    let mut stage = Stage::new().await;
    let hold = hold_of(&stage.ask("tools/call", write()).await);
    stage.release(&hold).await;
    stage.restart_before("another-stage");
    assert_eq!(refusal_of(&stage, &hold).await, "target.moved");
    assert_eq!(stage.script.count(), 0);
    assert!(stage.outcomes().await.is_empty(), "nothing was begun");
}

/// Why a released hold is not carried out.
async fn refusal_of(stage: &Stage, hold: &str) -> String {
    let tasks = json!({"extensions": {"io.modelcontextprotocol/tasks": {}}});
    let token = stage.house.acme.agent_token.clone();
    let task = stage
        .ask_as(&token, tasks, "tasks/get", json!({"taskId": hold}))
        .await;
    let refusal = &task["result"]["result"]["_meta"]["io.portcullis/refusal"];
    let code = refusal["code"].as_str();
    code.unwrap_or_else(|| panic!("no refusal: {task}"))
        .to_owned()
}
