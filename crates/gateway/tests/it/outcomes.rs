//! Reporting what became of an action.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn an_outcome_is_sealed() {
    let house = House::new().await;
    let read = json!({"action_type": "data_read", "target_service": "reports"});
    let seq = house.ask("/v1/govern", &read).await.ok()["seq"]
        .as_u64()
        .unwrap();
    let outcome = json!({"result": "succeeded", "effect": "read 7 rows", "cost_usd": 0.5});
    let sealed = house
        .ask(&format!("/v1/actions/{seq}/outcome"), &outcome)
        .await
        .ok();
    let head = house.head().await;
    assert_eq!(sealed["seq"], head.seq);
    assert_eq!(sealed["hash"], head.hash.unwrap().to_string());
}

#[tokio::test]
async fn only_the_agent_itself_or_its_tenant_reports() {
    let house = House::new().await;
    let read = json!({"action_type": "data_read", "target_service": "reports"});
    let seq = house.ask("/v1/govern", &read).await.ok()["seq"]
        .as_u64()
        .unwrap();
    let path = format!("/v1/actions/{seq}/outcome");
    let body = json!({"result": "failed"}).to_string();
    let other = house
        .post(&path, &house.acme.other_agent_token, body.clone())
        .await;
    assert_eq!(other.error(), (404, "not_found".to_owned()));
    let client = house.post(&path, &house.acme.client_token, body).await;
    assert!(client.ok()["seq"].is_u64());
}

#[tokio::test]
async fn an_outcome_of_nothing_is_not_found() {
    let house = House::new().await;
    for seq in [
        "999999",
        "0",
        "-1",
        "abc",
        "1",
        "18446744073709551616",
        "1.0",
        "%31%00",
    ] {
        let path = format!("/v1/actions/{seq}/outcome");
        let reply = house.ask(&path, &json!({"result": "unknown"})).await;
        assert_eq!(reply.error(), (404, "not_found".to_owned()), "{seq}");
    }
}
