//! What is one tenant's is nobody else's: not in lists, not by id, not in the words of an error.

use crate::house::House;
use axum::body::Body;
use portcullis_testkit::FakeIssuer;
use serde_json::json;

/// Everything that lists something.
const LISTS: &[&str] = &[
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
    "/v1/tenant-policy",
    "/v1/tenant-policy/versions",
    "/v1/holds",
    "/v1/holds/stats",
    "/v1/audit",
    "/v1/audit/verify",
    "/v1/audit/export?format=jsonl",
    "/v1/audit/export?format=csv",
    "/v1/violations",
    "/v1/tools",
    "/v1/executions",
    "/v1/mcp/servers",
    "/v1/scopes",
    "/v1/sessions?open=false",
    "/v1/leases?live=false",
    "/v1/own-credentials",
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
];

#[tokio::test]
async fn no_list_shows_another_tenants_things() {
    let house = House::new().await;
    house.held().await;
    house.blocked().await;
    let _issuer = FakeIssuer::of(&house.firewall, &house.acme.agent_principal.tenant);
    for (path, new) in [
        ("/v1/people", json!({"name": "dora of acme"})),
        ("/v1/groups", json!({"name": "acme leads"})),
        ("/v1/workspaces", json!({"id": "acme-lab"})),
        (
            "/v1/permission-sets",
            json!({"name": "acme set", "entries": []}),
        ),
        (
            "/v1/scopes",
            json!({
                "name": "acme-cluster", "provider": "fake", "environment": "staging",
                "workspaces": [{"workspace": "acme-lab"}],
            }),
        ),
        (
            "/v1/sessions",
            json!({
                "agent_id": house.acme.agent, "workspace_id": "acme-lab", "ticket": "acme-1",
                "scopes": [{"scope": "acme-cluster"}],
            }),
        ),
    ] {
        house.act("POST", path, new).await.must(201);
    }
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
    for path in LISTS {
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

#[tokio::test]
async fn anothers_people_and_rights_answer_as_ones_that_never_were() {
    let house = House::new().await;
    let make = async |path: &str, new| {
        let made = house.act("POST", path, new).await.must(201);
        made["id"].as_str().unwrap().to_owned()
    };
    let person = make("/v1/people", json!({"name": "dora"})).await;
    let group = make("/v1/groups", json!({"name": "leads"})).await;
    let workspace = make("/v1/workspaces", json!({"id": "lab"})).await;
    let set = make("/v1/permission-sets", json!({"name": "s", "entries": []})).await;
    let own = house.me(&house.acme.architect).await["person"]["id"].clone();
    let members = format!("/v1/groups/{group}/members");
    let waits = house.act("POST", &members, json!({"person_id": own})).await;
    let elevation = waits.must(202)["id"].as_str().unwrap().to_owned();
    let replaced = r#"{"name":"s","entries":[]}"#;
    let explained = json!({"person_id": person, "verb": "VIEW"}).to_string();
    let member = json!({"person_id": person}).to_string();
    for (method, path, body) in [
        ("GET", format!("/v1/people/{person}"), ""),
        ("PATCH", format!("/v1/people/{person}"), "{}"),
        ("POST", format!("/v1/people/{person}/invitation"), ""),
        ("DELETE", format!("/v1/people/{person}/slack"), ""),
        ("GET", format!("/v1/groups/{group}"), ""),
        ("PATCH", format!("/v1/groups/{group}"), "{}"),
        ("DELETE", format!("/v1/groups/{group}"), ""),
        ("POST", members.clone(), member.as_str()),
        ("DELETE", format!("{members}/{person}"), ""),
        ("POST", format!("/v1/elevations/{elevation}/confirm"), ""),
        ("DELETE", format!("/v1/elevations/{elevation}"), ""),
        ("GET", format!("/v1/permission-sets/{set}"), ""),
        ("PUT", format!("/v1/permission-sets/{set}"), replaced),
        ("DELETE", format!("/v1/permission-sets/{set}"), ""),
        ("GET", format!("/v1/workspaces/{workspace}"), ""),
        ("PATCH", format!("/v1/workspaces/{workspace}"), "{}"),
        ("POST", "/v1/access/explain".to_owned(), explained.as_str()),
    ] {
        let token = &house.globex.architect;
        let reply = house.call((method, &path), token, body.to_owned()).await;
        assert_eq!(reply.refused(404), "not_found", "{method} {path}");
    }
}
