//! The life of an agent.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn an_agent_is_registered_shown_changed_and_listed() {
    let house = House::new().await;
    let made = house
        .act(
            "POST",
            "/v1/agents",
            json!({"name": "db-bot", "who_i_am": "I tend databases"}),
        )
        .await
        .must(201);
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("agt_"));
    assert_eq!(made["agent_id"], made["id"]);
    assert_eq!(made["status"], "active");
    assert_eq!(made["agent_type"], "general");

    let path = format!("/v1/agents/{id}");
    let change =
        json!({"who_i_am": "I tend caches", "tier_override": "B", "confidence_floor": 0.5});
    let changed = house.act("PATCH", &path, change).await.ok();
    assert_eq!(changed["who_i_am_version"], 2);
    assert_eq!(changed["tier_override"], "B");
    let loosened = house
        .act("PATCH", &path, json!({"tier_override": null}))
        .await
        .ok();
    assert_eq!(loosened["tier_override"], json!(null));
    assert_eq!(loosened["confidence_floor"], 0.5, "what is not sent stays");
    assert_eq!(house.get(&path).await.ok(), loosened);

    let list = house.get("/v1/agents").await.ok();
    assert_eq!(list["total"], 2);
    let first = house.get("/v1/agents?limit=1").await.ok();
    assert_eq!(
        (
            first["agents"].as_array().unwrap().len(),
            &first["has_more"]
        ),
        (1, &json!(true))
    );
    let second = house.get("/v1/agents?limit=1&page=2").await.ok();
    assert_eq!(second["has_more"], false);
    assert_ne!(first["agents"], second["agents"]);
}

#[tokio::test]
async fn an_agent_goes_its_way_step_by_step() {
    let house = House::new().await;
    let at = |step: &str| format!("/v1/agents/{}/{step}", house.acme.agent);
    let steps = [
        ("pause", 200, "paused"),
        ("unblock", 409, "paused"),
        ("resume", 200, "active"),
        ("resume", 409, "active"),
        ("block", 200, "blocked"),
        ("resume", 409, "blocked"),
        ("pause", 409, "blocked"),
        ("unblock", 200, "active"),
        ("deregister", 200, "deregistered"),
        ("unblock", 409, "deregistered"),
        ("reregister", 200, "active"),
        ("revoke-identity", 200, "identity_revoked"),
        ("reregister", 409, "identity_revoked"),
        ("resume", 409, "identity_revoked"),
    ];
    for (step, status, then) in steps {
        let reply = house
            .act("POST", &at(step), json!({"reason": "a drill"}))
            .await;
        assert_eq!(reply.status.as_u16(), status, "{step}: {}", reply.text);
        let agent = house
            .get(&format!("/v1/agents/{}", house.acme.agent))
            .await
            .ok();
        assert_eq!(agent["status"], then, "after {step}");
    }
}

#[tokio::test]
async fn a_step_needs_no_body() {
    let house = House::new().await;
    let path = format!("/v1/agents/{}/pause", house.acme.agent);
    let reply = house
        .call(("POST", &path), &house.acme.architect, "")
        .await
        .ok();
    assert_eq!(
        (&reply["status"], &reply["status_reason"]),
        (&json!("paused"), &json!(null))
    );
}

#[tokio::test]
async fn the_counts_of_an_agent_follow_its_actions() {
    let house = House::new().await;
    house.govern(json!({"action_type": "data_read"})).await;
    house.held().await;
    house.blocked().await;
    let agent = house
        .get(&format!("/v1/agents/{}", house.acme.agent))
        .await
        .ok();
    let counts = [
        "total_governed",
        "total_cleared",
        "total_held",
        "total_blocked",
    ];
    assert_eq!(
        counts.map(|name| agent[name].as_u64().unwrap()),
        [3, 1, 1, 1]
    );
    assert_eq!(agent["last_seen"], "2026-04-10T14:32:01.000Z");
}

#[tokio::test]
async fn agents_are_listed_by_status() {
    let house = House::new().await;
    let path = format!("/v1/agents/{}/block", house.acme.agent);
    house.act("POST", &path, json!({})).await.ok();
    assert_eq!(house.get("/v1/agents?status=active").await.ok()["total"], 0);
    assert_eq!(
        house.get("/v1/agents?status=blocked").await.ok()["total"],
        1
    );
}

#[tokio::test]
async fn an_agent_may_look_at_itself_and_at_nobody_else() {
    let house = House::new().await;
    let other = house
        .act("POST", "/v1/agents", json!({"name": "other"}))
        .await
        .must(201);
    let own = format!("/v1/agents/{}", house.acme.agent);
    let others = format!("/v1/agents/{}", other["id"].as_str().unwrap());
    house
        .call(("GET", &own), &house.acme.agent_token, "")
        .await
        .ok();
    let refused = house
        .call(("GET", &others), &house.acme.agent_token, "")
        .await;
    assert_eq!(refused.refused(403), "auth.forbidden");
}
