//! TheWARDN's dialect, as its client speaks it.

use crate::house::{House, Reply, masked};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};

/// Sends what the client sends: the key in all three headers.
async fn govern(house: &House, path: &str, body: &Value) -> Reply {
    let key = &house.acme.client_token;
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("x-wardn-key", key)
        .header("x-api-key", key)
        .header("authorization", format!("Bearer {key}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    house.send(request).await
}

fn request(house: &House, kind: &str) -> Value {
    json!({
        "agent_id": house.acme.agent.as_str(),
        "action_type": kind,
        "target_service": "billing",
        "environment": "production",
    })
}

#[tokio::test]
async fn the_three_verdicts_are_200s_in_the_clients_shape() {
    let house = House::new().await;
    for (kind, name) in [
        ("data_read", "cleared"),
        ("allocations.release", "held"),
        ("data_shred", "blocked"),
    ] {
        let answer = govern(&house, "/api/govern", &request(&house, kind))
            .await
            .ok();
        assert_eq!(answer["execute"], name == "cleared");
        insta::assert_json_snapshot!(name, masked(answer));
    }
}

#[tokio::test]
async fn sending_again_makes_no_second_hold() {
    let house = House::new().await;
    let body = request(&house, "allocations.release");
    let first = govern(&house, "/api/govern", &body).await.ok();
    for _ in 0..3 {
        let again = govern(&house, "/api/govern", &body).await.ok();
        assert_eq!(again["escrow_id"], first["escrow_id"]);
        assert_eq!(again["seq"], first["seq"]);
    }
}

#[tokio::test]
async fn an_unknown_agent_is_a_404_and_a_failed_seal_a_503_both_with_a_detail() {
    let house = House::new().await;
    let mut body = request(&house, "data_read");
    body["agent_id"] = "agt_nobody".into();
    let reply = govern(&house, "/api/govern", &body).await;
    assert_eq!(reply.error().0, 404);
    house.ledger.fail_next(1);
    let reply = govern(&house, "/api/govern", &request(&house, "data_read")).await;
    assert_eq!(reply.error().0, 503);
}

#[tokio::test]
async fn fields_of_the_dialect_on_top_are_metadata() {
    let house = House::new().await;
    let mut body = request(&house, "allocations.release");
    body["metadata"] = json!({"ticket": 7});
    body["grant_id"] = "g-1".into();
    body["confidence"] = json!({"incident": 0.9, "overall": 0.7});
    let answer = govern(&house, "/govern", &body).await.ok();
    let id = answer["escrow_id"].as_str().unwrap();
    let hold = house
        .firewall
        .hold(&house.acme.architect, id)
        .await
        .unwrap();
    assert_eq!(hold.parameters, json!({"grant_id": "g-1", "ticket": 7}));
    assert_eq!(hold.confidence.incident, Some(0.9));
    body["metadata"]["grant_id"] = "g-2".into();
    let reply = govern(&house, "/govern", &body).await;
    assert_eq!(reply.error(), (422, "request.invalid".to_owned()));
}

#[tokio::test]
async fn fired_policies_are_ids_for_the_client_and_objects_in_the_documents() {
    let house = House::new().await;
    let policy = json!({
        "name": "No reports", "type": "action_type_block",
        "config": {"action_types": ["data_read"], "reason": "closed for the audit"},
    });
    let drafts = vec![portcullis_policy::cham::read::draft(&policy).unwrap()];
    house
        .firewall
        .create_policies(&house.acme.architect, drafts)
        .await
        .unwrap();
    let body = request(&house, "data_read");
    let client = govern(&house, "/api/govern", &body).await.ok();
    assert!(client["policies_fired"][0].is_string(), "{client}");
    let documents = govern(&house, "/govern", &body).await.ok();
    let fired = &documents["policies_fired"][0];
    assert_eq!(fired["policy_name"], "No reports");
    assert_eq!(fired["policy_type"], "action_type_block");
    assert_eq!(fired["policy_id"], client["policies_fired"][0]);
    assert!(
        client["reasoning"]
            .as_str()
            .unwrap()
            .contains("closed for the audit"),
        "{client}"
    );
}
