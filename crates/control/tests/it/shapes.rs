//! The shapes of replies: which members, of which types. Values are left aside.

use crate::house::House;
use serde_json::{Value, json};

/// A value with its scalars replaced by what they are, and lists by their first entry.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("boolean"),
        Value::Number(number) if number.is_f64() => json!("number"),
        Value::Number(_) => json!("integer"),
        Value::String(_) => json!("string"),
        Value::Array(items) => items
            .first()
            .map_or_else(|| json!([]), |first| json!([shape(first)])),
        Value::Object(map) => map
            .iter()
            .map(|(name, one)| (name.clone(), shape(one)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

async fn busy() -> House {
    let house = House::new().await;
    for (name, fix) in [("floors", 0.85), ("stricter floors", 0.9)] {
        house.act("POST", "/v1/policies", json!({
            "type": "confidence_floor", "name": name,
            "config": {"environment": "production", "floors": {"fix": fix}, "escalation": "tier_up"},
        })).await.must(201);
    }
    let held = house
        .govern(json!({"action_type": "data_read", "parameters": {"rows": 1}}))
        .await;
    assert_eq!(held.verdict.as_str(), "HELD");
    house.blocked().await;
    let lab = json!({"id": "lab"});
    house.act("POST", "/v1/workspaces", lab).await.must(201);
    let entry = json!({"workspace": "lab", "effect": "DENY", "agents": ["a"], "scopes": ["b"]});
    let set = json!({"name": "s", "entries": [entry]});
    let set = house
        .act("POST", "/v1/permission-sets", set)
        .await
        .must(201);
    let group = house
        .act("POST", "/v1/groups", json!({"name": "leads"}))
        .await;
    let group = format!("/v1/groups/{}", group.must(201)["id"].as_str().unwrap());
    let sets = json!({"permission_sets": [set["id"]]});
    house.act("PATCH", &group, sets).await.ok();
    let members = format!("{group}/members");
    for (token, status) in [(&house.acme.viewer, 200), (&house.acme.architect, 202)] {
        let who = json!({"person_id": house.me(token).await["person"]["id"]});
        house.act("POST", &members, who).await.must(status);
    }
    house
}

#[tokio::test]
async fn the_management_api_keeps_its_shapes() {
    let house = busy().await;
    for path in [
        "/v1/agents",
        "/v1/keys",
        "/v1/me",
        "/v1/people",
        "/v1/groups",
        "/v1/elevations",
        "/v1/permission-sets",
        "/v1/workspaces",
        "/v1/policies",
        "/v1/policies/conflicts",
        "/v1/packs",
        "/v1/packs/hipaa",
        "/v1/tenant-policy",
        "/v1/tenant-policy/versions",
        "/v1/holds",
        "/v1/holds/stats",
        "/v1/audit/verify",
        "/v1/audit/1/proof",
        "/v1/audit/consistency?from=2",
        "/v1/violations",
        "/v1/budgets",
        "/v1/settings",
        "/v1/tenant",
        "/v1/principles",
        "/v1/catalogue",
    ] {
        let reply = house.get(path).await.ok();
        let name = format!(
            "v1 {}",
            path.trim_start_matches("/v1/")
                .replace(['/', '?', '='], " ")
        );
        insta::assert_json_snapshot!(name, shape(&reply));
    }
}

#[tokio::test]
async fn the_clients_dialect_keeps_its_shapes() {
    let house = busy().await;
    let hold = house.get("/api/escrow").await.ok()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for (name, path) in [
        ("client agents", "/api/agents".to_owned()),
        ("client agent", format!("/api/agents/{}", house.acme.agent)),
        ("client escrow", "/api/escrow".to_owned()),
        ("client escrow stats", "/api/escrow/stats".to_owned()),
        ("client escrow item", format!("/api/escrow/{hold}")),
    ] {
        insta::assert_json_snapshot!(name, shape(&house.get(&path).await.ok()));
    }
}

#[tokio::test]
async fn the_documented_dialect_keeps_its_shapes() {
    let house = busy().await;
    for path in [
        "/agents",
        "/policies",
        "/escrow",
        "/escrow/stats",
        "/violations",
        "/compliance/packs",
        "/compliance/packs/soc2",
        "/settings",
        "/tenant",
        "/audit?record_type=decision",
    ] {
        let name = format!(
            "documented {}",
            path.trim_start_matches('/').replace(['/', '?', '='], " ")
        );
        insta::assert_json_snapshot!(name, shape(&house.get(path).await.ok()));
    }
}

#[tokio::test]
async fn refusals_keep_their_words() {
    let house = House::new().await;
    let id = house.held().await;
    let release = format!("/v1/holds/{id}/release");
    house
        .call(("POST", &release), &house.acme.operator, "")
        .await
        .ok();
    let mut replies = Vec::new();
    for (method, path, token, body) in [
        ("GET", "/v1/agents", "nobody", ""),
        ("POST", "/v1/agents", house.acme.viewer.as_str(), "{}"),
        (
            "GET",
            "/v1/agents/agt_none",
            house.acme.architect.as_str(),
            "",
        ),
        ("POST", "/v1/agents", house.acme.architect.as_str(), "{"),
        (
            "POST",
            "/v1/agents",
            house.acme.architect.as_str(),
            r#"{"nam":1}"#,
        ),
        (
            "GET",
            "/v1/audit?verdict=MAYBE&limit=0",
            house.acme.architect.as_str(),
            "",
        ),
        ("POST", release.as_str(), house.acme.operator.as_str(), ""),
        ("PATCH", "/v1/agents", house.acme.architect.as_str(), "{}"),
        ("GET", "/v1/nothing", house.acme.architect.as_str(), ""),
    ] {
        let mut reply = house.call((method, path), token, body).await.json();
        reply.as_object_mut().unwrap().remove("request_id");
        replies.push(
            json!({"request": format!("{method} {path}").replace(&id, "esc_1"), "reply": reply}),
        );
    }
    let text = serde_json::to_string_pretty(&replies)
        .unwrap()
        .replace(&id, "esc_1");
    insta::assert_snapshot!("refusals", text);
}
