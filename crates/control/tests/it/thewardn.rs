//! The dialect of TheWARDN: what its published client does, step by step, and what its
//! documentation describes.

use crate::house::{House, Reply};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};

/// Sends as the client does: its headers on every request, the key in all of them.
async fn client(house: &House, (method, path): (&str, &str), body: Option<Value>) -> Reply {
    let token = &house.acme.architect;
    let builder = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("x-wardn-key", token)
        .header("x-api-key", token)
        .header("authorization", format!("Bearer {token}"));
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    house.send(builder.body(body).unwrap()).await
}

#[tokio::test]
async fn the_client_registers_reads_changes_and_deletes_an_agent() {
    let house = House::new().await;
    let new = json!({"name": "sdk-bot", "agent_type": "general"});
    let made = client(&house, ("POST", "/api/agents/connect"), Some(new))
        .await
        .must(201);
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/agents/{id}");
    let shown = client(&house, ("GET", &path), None).await.ok();
    for key in [
        "id",
        "name",
        "agent_type",
        "status",
        "who_i_am",
        "who_i_am_version",
        "total_governed",
        "total_cleared",
        "total_held",
        "total_blocked",
        "last_seen",
        "created_at",
    ] {
        assert!(shown.get(key).is_some(), "{key}");
    }
    let list = client(&house, ("GET", "/api/agents"), None).await.ok();
    assert!(
        list.as_array()
            .unwrap()
            .iter()
            .any(|agent| agent["id"] == id),
        "a bare list"
    );
    let change = json!({"who_i_am": "the second"});
    let changed = client(&house, ("PUT", &path), Some(change)).await.ok();
    assert!(changed["status"].is_string() && changed["message"].is_string());
    let taken = client(&house, ("PUT", &path), Some(json!({"id": "agt_mine"}))).await;
    assert_eq!(taken.faults(), ["id"], "an id never changes");
    let deleted = client(&house, ("DELETE", &path), None).await.ok();
    assert!(deleted["status"].is_string() && deleted["message"].is_string());
    assert_eq!(
        client(&house, ("GET", &path), None).await.ok()["status"],
        "deregistered"
    );
}

#[tokio::test]
async fn the_client_sees_holds_and_decides_with_an_empty_body() {
    let house = House::new().await;
    let id = house.held().await;
    let stats = client(&house, ("GET", "/api/escrow/stats"), None)
        .await
        .ok();
    assert_eq!(stats["queue_depth"], 1);
    let list = client(&house, ("GET", "/api/escrow"), None).await.ok();
    let item = &list.as_array().unwrap()[0];
    assert_eq!(item["id"], id);
    for key in [
        "agent_id",
        "action_type",
        "target_service",
        "timeout_seconds",
        "confidence",
    ] {
        assert!(!item[key].is_null(), "{key}");
    }
    assert!(
        item["policies_fired"]
            .as_array()
            .unwrap()
            .iter()
            .all(Value::is_string)
    );
    assert_eq!(item["execute"], false);
    let path = format!("/api/escrow/{id}");
    let released = client(&house, ("POST", &format!("{path}/release")), None)
        .await
        .ok();
    assert_eq!(
        (&released["status"], &released["execute"]),
        (&json!("RELEASED"), &json!(true))
    );
    assert_eq!(
        client(&house, ("GET", "/api/escrow"), None).await.ok(),
        json!([]),
        "HELD alone"
    );
    assert_eq!(
        client(&house, ("GET", &path), None).await.ok()["decision"],
        "release"
    );
    client(&house, ("POST", &format!("{path}/kill")), None)
        .await
        .refused(409);
}

#[tokio::test]
async fn an_agent_polls_its_own_hold_and_no_others() {
    let house = House::new().await;
    let id = house.held().await;
    let path = format!("/api/escrow/{id}");
    let own = house
        .call(("GET", &path), &house.acme.agent_token, "")
        .await
        .ok();
    assert_eq!(own["status"], "HELD");
    house
        .call(("GET", &path), &house.globex.agent_token, "")
        .await
        .refused(404);
}

#[tokio::test]
async fn a_clients_key_reads_and_decides_nothing() {
    let house = House::new().await;
    let id = house.held().await;
    let key = &house.acme.client;
    house.call(("GET", "/api/escrow"), key, "").await.ok();
    let release = format!("/api/escrow/{id}/release");
    assert_eq!(
        house.call(("POST", &release), key, "").await.refused(403),
        "auth.forbidden"
    );
}

#[tokio::test]
async fn the_documented_escrow_nests_its_action_and_its_countdown() {
    let house = House::new().await;
    let id = house.held().await;
    let list = house.get("/escrow?status=HELD&page=1&limit=50").await.ok();
    let item = &list["escrow_items"][0];
    assert_eq!(item["id"], id);
    assert_eq!(item["action"]["type"], "reservations.create");
    assert_eq!(item["action"]["target"], "cluster-1");
    assert_eq!(item["confidence"], 0.7, "the least of the three");
    assert_eq!(item["countdown"]["started_at"], "2026-04-10T14:32:01.000Z");
    let kill = house
        .act(
            "POST",
            &format!("/escrow/{id}/kill"),
            json!({"notes": "no"}),
        )
        .await
        .ok();
    assert_eq!(kill["status"], "KILLED");
}

#[tokio::test]
async fn the_documented_policies_are_those_of_seed_001() {
    let house = House::new().await;
    let policy = json!({
        "policy_type": "action_type_block", "name": "No drops",
        "config": {"blocked_actions": ["database_drop"], "tier": "C"},
    });
    let made = house.act("POST", "/policies", policy).await.must(201);
    let list = house
        .get("/policies?active=true&policy_type=action_type_block&page=1&limit=50")
        .await
        .ok();
    assert_eq!(list["policies"][0]["id"], made["id"]);
    assert_eq!(list["policies"][0]["fired_count"], 0);
    let scoped = json!({
        "type": "rate_limit", "name": "burst",
        "config": {"windows": [{"period": "1m", "max": 9}], "on_exceed": "hold"},
    });
    let path = format!("/agents/{}/policies", house.acme.agent);
    let scoped = house.act("POST", &path, scoped).await.must(201);
    assert_eq!(scoped["policies"][0]["agent_id"], house.acme.agent.as_str());
    let foreign = json!({"type": "rate_limit", "name": "x", "agent_id": "agt_other", "config": {}});
    assert!(
        house
            .act("POST", &path, foreign)
            .await
            .faults()
            .contains(&"policies[0].agent_id".to_owned())
    );
}

#[tokio::test]
async fn the_documented_settings_change_the_mode_and_release_nothing_by_themselves() {
    let house = House::new().await;
    let change = json!({"governance": {
        "mode": "AUDIT_ONLY", "expires_at": "2026-04-10T15:00:00Z", "auto_release_escrow_minutes": 5,
    }});
    let settings = house.act("PUT", "/settings", change).await.ok();
    assert_eq!(settings["governance"]["mode"], "AUDIT_ONLY");
    assert_eq!(
        settings["governance"]["auto_release_escrow_minutes"],
        json!(null)
    );
    assert_eq!(settings["warnings"].as_array().unwrap().len(), 1);
    let back = house
        .act("PUT", "/governance/mode", json!({"mode": "ENFORCED"}))
        .await
        .ok();
    assert_eq!(back["governance"]["governance_mode"], "ENFORCED");
    assert_eq!(
        house.get("/tenant").await.ok()["governance_mode"],
        "ENFORCED"
    );
}

#[tokio::test]
async fn the_documented_audit_shows_one_number_for_confidence() {
    let house = House::new().await;
    let seq = house.govern(json!({"action_type": "data_read"})).await.seq;
    let record = house.get(&format!("/audit/{seq}")).await.ok();
    assert_eq!(record["confidence"], 0.7);
    assert_eq!(record["confidence_scores"]["incident"], 0.9);
    assert_eq!(
        (&record["target"], &record["chain_position"]),
        (&json!("cluster-1"), &json!(seq))
    );
    let list = house.get("/audit?verdict=ALLOW").await.ok();
    assert_eq!(list["records"][0], record);
    assert_eq!(house.get("/audit/verify").await.ok()["valid"], true);
    house.get("/audit/export?format=csv").await;
}
