//! Lists: what an agent may never do is not there.

use super::stage::Stage;
use serde_json::json;

#[tokio::test]
async fn only_what_this_agent_may_ever_do_is_listed() {
    let stage = Stage::new().await;
    let listed = stage.ask("tools/list", json!({})).await;
    let tools = listed["result"]["tools"].as_array().unwrap();
    let names: Vec<_> = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["files__read", "files__write"],
        "prohibited and unlisted are absent"
    );
    assert_eq!(listed["result"]["cacheScope"], "private");
    assert_eq!(listed["result"]["ttlMs"], 0);
    let none = stage.ask("tools/list", json!({"cursor": "2"})).await;
    assert_eq!(none["error"]["code"], -32602);
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    let stage = Stage::new().await;
    let token = stage.house.globex.agent_token.clone();
    let listed = stage
        .ask_as(&token, json!({}), "tools/list", json!({}))
        .await;
    assert_eq!(listed["result"]["tools"], json!([]));
    let call = json!({"name": "files__read", "arguments": {"path": "/a"}});
    let call = stage.ask_as(&token, json!({}), "tools/call", call).await;
    assert_eq!(call["error"]["code"], -32602);
}

#[tokio::test]
async fn resources_are_listed_under_their_servers_name() {
    let stage = Stage::new().await;
    let listed = stage.ask("resources/list", json!({})).await;
    assert_eq!(
        listed["result"]["resources"],
        json!([{"uri": "files+file:///a", "name": "a"}])
    );
    let prompts = stage.ask("prompts/list", json!({})).await;
    assert_eq!(prompts["result"]["prompts"], json!([]));
}

#[tokio::test]
async fn discovery_says_what_there_is() {
    let stage = Stage::new().await;
    let found = stage.ask("server/discover", json!({})).await;
    insta::assert_json_snapshot!(found["result"]);
}
