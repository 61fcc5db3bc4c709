//! What is one tenant's is nobody else's: not in lists, not by id, not in the words of an error.

use crate::house::House;
use axum::body::Body;
use serde_json::json;

#[tokio::test]
async fn no_list_shows_another_tenants_things() {
    let house = House::new().await;
    house.held().await;
    house.blocked().await;
    house
        .act(
            "POST",
            "/v1/policies",
            json!({
                "type": "action_type_block", "name": "acme-secret-policy",
                "config": {"action_types": ["x"], "tier": "C"},
            }),
        )
        .await
        .must(201);
    let foreign = &house.globex.architect;
    for path in [
        "/v1/agents",
        "/v1/keys",
        "/v1/policies",
        "/v1/policies/conflicts",
        "/v1/packs",
        "/v1/tenant-policy",
        "/v1/tenant-policy/versions",
        "/v1/holds",
        "/v1/holds/stats",
        "/v1/audit",
        "/v1/audit/verify",
        "/v1/audit/export?format=jsonl",
        "/v1/audit/export?format=csv",
        "/v1/violations",
        "/v1/budgets",
        "/v1/settings",
        "/v1/tenant",
        "/api/agents",
        "/api/escrow",
        "/agents",
        "/escrow",
        "/audit",
        "/violations",
        "/policies",
        "/tenant",
        "/settings",
    ] {
        let reply = house.call(("GET", path), foreign, Body::empty()).await;
        assert_eq!(reply.status.as_u16(), 200, "{path}: {}", reply.text);
        assert!(
            !reply.text.contains("acme"),
            "{path} shows another tenant: {}",
            reply.text
        );
        assert!(!reply.text.contains(house.acme.agent.as_str()), "{path}");
    }
}

#[tokio::test]
async fn anothers_id_answers_as_one_that_never_was() {
    let house = House::new().await;
    let hold = house.held().await;
    let violation = {
        house.blocked().await;
        let list = house.get("/v1/violations").await.ok();
        list["violations"][0]["id"].as_str().unwrap().to_owned()
    };
    let policy = house.act("POST", "/v1/policies", json!({
        "type": "action_type_block", "name": "p", "config": {"action_types": ["x"], "tier": "C"},
    })).await.must(201)["id"].as_str().unwrap().to_owned();
    let agent = house.acme.agent.to_string();
    let foreign = &house.globex.architect;
    let rows = [
        ("GET", format!("/v1/agents/{agent}"), agent.clone()),
        ("PATCH", format!("/v1/agents/{agent}"), agent.clone()),
        ("POST", format!("/v1/agents/{agent}/resume"), agent.clone()),
        ("POST", format!("/v1/agents/{agent}/block"), agent.clone()),
        ("DELETE", format!("/api/agents/{agent}"), agent.clone()),
        ("GET", format!("/v1/policies/{policy}"), policy.clone()),
        ("PUT", format!("/v1/policies/{policy}"), policy.clone()),
        ("DELETE", format!("/v1/policies/{policy}"), policy.clone()),
        (
            "PATCH",
            format!("/v1/policies/{policy}/toggle"),
            policy.clone(),
        ),
        ("GET", format!("/v1/policies/{policy}/versions"), policy),
        ("GET", format!("/v1/holds/{hold}/review"), hold.clone()),
        ("POST", format!("/v1/holds/{hold}/release"), hold.clone()),
        ("POST", format!("/v1/holds/{hold}/kill"), hold.clone()),
        ("POST", format!("/api/escrow/{hold}/release"), hold),
        (
            "GET",
            format!("/v1/violations/{violation}"),
            violation.clone(),
        ),
        (
            "PATCH",
            format!("/v1/violations/{violation}/resolve"),
            violation,
        ),
    ];
    for (method, path, id) in rows {
        let theirs = house.call((method, &path), foreign, "{}").await;
        assert_eq!(theirs.refused(404), "not_found", "{method} {path}");
        let nobodys = path.replace(&id, "none_at_all");
        let never = house.call((method, &nobodys), foreign, "{}").await;
        never.refused(404);
        assert_eq!(
            theirs.json()["detail"]
                .as_str()
                .unwrap()
                .replace(&id, "none_at_all"),
            never.json()["detail"].as_str().unwrap(),
            "{method} {path}"
        );
    }
}
