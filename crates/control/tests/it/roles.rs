//! Who may do what: every route of the description, every role.

use crate::house::House;
use portcullis_control::rest;
use serde_json::Value;
use std::collections::BTreeMap;

/// The least right a route asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Right {
    /// Anybody at all.
    Open,
    /// Anybody known, for what is their own.
    Own,
    /// Clients, and people with a role in the whole tenant.
    Read,
    /// Clients and people, for what they may see.
    Watch,
    /// People with a role in the whole tenant.
    Reside,
    /// People.
    Person,
    /// Operators and architects. Who else tries is refused when it comes to deciding, on record.
    Answer,
    /// People who decide, as far as they reach.
    Choose,
    /// Architects.
    Configure,
}

use Right::{Answer, Choose, Configure, Open, Own, Person, Read, Reside, Watch};

/// Every route under `/v1` with the right it asks for. A route that is not here fails the test.
const TABLE: &[(&str, &str, Right)] = &[
    ("POST", "/v1/access/explain", Reside),
    ("GET", "/v1/agents", Watch),
    ("POST", "/v1/agents", Configure),
    ("GET", "/v1/agents/{id}", Own),
    ("PATCH", "/v1/agents/{id}", Configure),
    ("POST", "/v1/agents/{id}/block", Configure),
    ("POST", "/v1/agents/{id}/deregister", Configure),
    ("POST", "/v1/agents/{id}/pause", Configure),
    ("POST", "/v1/agents/{id}/reregister", Configure),
    ("POST", "/v1/agents/{id}/resume", Configure),
    ("POST", "/v1/agents/{id}/revoke-identity", Configure),
    ("POST", "/v1/agents/{id}/unblock", Configure),
    ("GET", "/v1/audit", Watch),
    ("GET", "/v1/audit/checkpoint", Read),
    ("GET", "/v1/audit/consistency", Read),
    ("GET", "/v1/audit/export", Read),
    ("GET", "/v1/audit/key", Read),
    ("GET", "/v1/audit/verify", Read),
    ("GET", "/v1/audit/{seq}", Watch),
    ("GET", "/v1/audit/{seq}/proof", Read),
    ("GET", "/v1/budgets", Read),
    ("GET", "/v1/catalogue", Read),
    ("POST", "/v1/chain/acknowledge", Configure),
    ("GET", "/v1/elevations", Reside),
    ("DELETE", "/v1/elevations/{id}", Configure),
    ("POST", "/v1/elevations/{id}/confirm", Configure),
    ("GET", "/v1/executions", Reside),
    ("POST", "/v1/executions/{seq}/resolve", Choose),
    ("GET", "/v1/groups", Reside),
    ("POST", "/v1/groups", Configure),
    ("DELETE", "/v1/groups/{id}", Configure),
    ("GET", "/v1/groups/{id}", Reside),
    ("PATCH", "/v1/groups/{id}", Configure),
    ("POST", "/v1/groups/{id}/members", Configure),
    ("DELETE", "/v1/groups/{id}/members/{person}", Configure),
    ("GET", "/v1/holds", Watch),
    ("GET", "/v1/holds/stats", Watch),
    ("GET", "/v1/holds/{id}/evidence", Watch),
    ("POST", "/v1/holds/{id}/kill", Answer),
    ("POST", "/v1/holds/{id}/release", Answer),
    ("GET", "/v1/holds/{id}/request", Choose),
    ("GET", "/v1/holds/{id}/review", Watch),
    ("GET", "/v1/holds/{id}/sight", Watch),
    ("POST", "/v1/invitations/accept", Open),
    ("GET", "/v1/keys", Person),
    ("POST", "/v1/keys", Person),
    ("DELETE", "/v1/keys/{id}", Person),
    ("GET", "/v1/keys/{id}", Person),
    ("GET", "/v1/me", Own),
    ("GET", "/v1/packs", Read),
    ("GET", "/v1/packs/{id}", Read),
    ("POST", "/v1/packs/{id}/apply", Configure),
    ("GET", "/v1/people", Reside),
    ("POST", "/v1/people", Configure),
    ("GET", "/v1/people/{id}", Reside),
    ("PATCH", "/v1/people/{id}", Configure),
    ("POST", "/v1/people/{id}/invitation", Configure),
    ("DELETE", "/v1/people/{id}/slack", Person),
    ("GET", "/v1/permission-sets", Reside),
    ("POST", "/v1/permission-sets", Configure),
    ("DELETE", "/v1/permission-sets/{id}", Configure),
    ("GET", "/v1/permission-sets/{id}", Reside),
    ("PUT", "/v1/permission-sets/{id}", Configure),
    ("GET", "/v1/policies", Read),
    ("POST", "/v1/policies", Configure),
    ("GET", "/v1/policies/conflicts", Read),
    ("POST", "/v1/policies/test", Read),
    ("DELETE", "/v1/policies/{id}", Configure),
    ("GET", "/v1/policies/{id}", Read),
    ("PUT", "/v1/policies/{id}", Configure),
    ("PATCH", "/v1/policies/{id}/toggle", Configure),
    ("GET", "/v1/policies/{id}/versions", Read),
    ("GET", "/v1/principles", Read),
    ("POST", "/v1/replay", Read),
    ("GET", "/v1/leases", Own),
    ("GET", "/v1/own-credentials", Person),
    ("PUT", "/v1/own-credentials/{scope}", Person),
    ("DELETE", "/v1/own-credentials/{scope}", Person),
    ("GET", "/v1/scopes", Watch),
    ("POST", "/v1/scopes", Configure),
    ("GET", "/v1/scopes/{name}", Watch),
    ("PUT", "/v1/scopes/{name}", Configure),
    ("DELETE", "/v1/scopes/{name}", Configure),
    ("GET", "/v1/sessions", Own),
    ("POST", "/v1/sessions", Own),
    ("GET", "/v1/sessions/{id}", Own),
    ("POST", "/v1/sessions/{id}/close", Own),
    ("POST", "/v1/sessions/{id}/renew", Own),
    ("PATCH", "/v1/sessions/{id}/scopes", Own),
    ("GET", "/v1/settings", Read),
    ("PATCH", "/v1/settings", Configure),
    ("POST", "/v1/sign-in", Open),
    ("GET", "/v1/tenant", Watch),
    ("GET", "/v1/tenant-policy", Read),
    ("PUT", "/v1/tenant-policy", Configure),
    ("POST", "/v1/tenant-policy/diff", Read),
    ("POST", "/v1/tenant-policy/validate", Read),
    ("GET", "/v1/tenant-policy/versions", Read),
    ("GET", "/v1/tools", Read),
    ("GET", "/v1/mcp/servers", Read),
    ("POST", "/v1/mcp/servers", Configure),
    ("DELETE", "/v1/mcp/servers/{name}", Configure),
    ("POST", "/v1/tools/{server}/{name}/accept", Configure),
    ("GET", "/v1/violations", Watch),
    ("GET", "/v1/violations/{id}", Watch),
    ("PATCH", "/v1/violations/{id}/resolve", Choose),
    ("GET", "/v1/workspaces", Watch),
    ("POST", "/v1/workspaces", Configure),
    ("GET", "/v1/workspaces/{id}", Watch),
    ("PATCH", "/v1/workspaces/{id}", Configure),
];

/// The routes of TheWARDN's dialect.
const DIALECT: &[(&str, &str, Right)] = &[
    ("GET", "/api/agents", Read),
    ("POST", "/api/agents/connect", Configure),
    ("GET", "/api/agents/{id}", Own),
    ("PUT", "/api/agents/{id}", Configure),
    ("DELETE", "/api/agents/{id}", Configure),
    ("GET", "/api/escrow", Read),
    ("GET", "/api/escrow/stats", Read),
    ("POST", "/api/escrow/{id}/release", Answer),
    ("POST", "/api/escrow/{id}/kill", Answer),
    ("GET", "/agents", Watch),
    ("POST", "/agents", Configure),
    ("GET", "/agents/{id}", Own),
    ("PATCH", "/agents/{id}", Configure),
    ("POST", "/agents/{id}/pause", Configure),
    ("POST", "/agents/{id}/resume", Configure),
    ("POST", "/agents/{id}/block", Configure),
    ("POST", "/agents/{id}/unblock", Configure),
    ("POST", "/agents/{id}/deregister", Configure),
    ("POST", "/agents/{id}/policies", Configure),
    ("GET", "/settings", Read),
    ("PUT", "/settings", Configure),
    ("PUT", "/governance/mode", Configure),
    ("GET", "/tenant", Read),
    ("GET", "/policies", Read),
    ("POST", "/policies", Configure),
    ("POST", "/policies/test", Read),
    ("GET", "/policies/{id}", Read),
    ("PUT", "/policies/{id}", Configure),
    ("DELETE", "/policies/{id}", Configure),
    ("PATCH", "/policies/{id}/toggle", Configure),
    ("GET", "/compliance/packs", Read),
    ("GET", "/compliance/packs/{id}", Read),
    ("POST", "/compliance/packs/{id}/apply", Configure),
    ("GET", "/escrow", Read),
    ("GET", "/escrow/stats", Read),
    ("GET", "/escrow/{id}", Read),
    ("POST", "/escrow/{id}/release", Answer),
    ("POST", "/escrow/{id}/kill", Answer),
    ("GET", "/audit", Read),
    ("GET", "/audit/verify", Read),
    ("GET", "/audit/export", Read),
    ("GET", "/audit/{seq}", Read),
    ("GET", "/violations", Watch),
    ("GET", "/violations/{id}", Watch),
    ("PATCH", "/violations/{id}/resolve", Choose),
];

/// Which roles are let in by a right.
fn may(role: &str, right: Right) -> bool {
    match right {
        Open | Own | Answer => true,
        Read => !["agent", "member"].contains(&role),
        Watch => role != "agent",
        Reside => ["viewer", "operator", "architect"].contains(&role),
        Choose => ["member", "operator", "architect"].contains(&role),
        Person => !["agent", "client"].contains(&role),
        Configure => role == "architect",
    }
}

#[test]
fn the_table_has_every_described_route() {
    let api = serde_json::to_value(rest::openapi()).unwrap();
    let mut described = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.push((method.to_ascii_uppercase(), path.clone()));
        }
    }
    let mut table: Vec<(String, String)> = TABLE
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    described.sort();
    table.sort();
    assert_eq!(described, table);
}

#[test]
fn the_description_names_the_least_role_of_every_route() {
    let api = serde_json::to_value(rest::openapi()).unwrap();
    for (method, path, right) in TABLE {
        let operation = &api["paths"][*path][method.to_ascii_lowercase()];
        let least = match right {
            Open => "",
            Own => "agent",
            Read | Watch => "client",
            Person | Reside => "viewer",
            Choose | Answer => "operator",
            Configure => "architect",
        };
        let named = match right {
            Open => serde_json::json!([{}]),
            _ => serde_json::json!([{"bearer": [least]}]),
        };
        assert_eq!(operation["security"], named, "{method} {path}");
    }
}

#[tokio::test]
async fn each_role_may_exactly_what_the_table_says() {
    let house = House::new().await;
    let roles = BTreeMap::from([
        ("agent", &house.acme.agent_token),
        ("client", &house.acme.client),
        ("viewer", &house.acme.viewer),
        ("member", &house.acme.member),
        ("operator", &house.acme.operator),
        ("architect", &house.acme.architect),
    ]);
    let agent = house.acme.agent.as_str();
    for (method, pattern, right) in TABLE.iter().chain(DIALECT) {
        // Nothing is changed: whoever may is stopped by a body, a query or an id that is no good.
        let path = match right {
            Own => pattern.replace("{id}", agent),
            _ => pattern
                .replace("{id}", "none")
                .replace("{name}", "none")
                .replace("{scope}", "none")
                .replace("{person}", "none")
                .replace("{seq}", "999999"),
        };
        for (role, token) in &roles {
            let body = if *method == "GET" {
                ""
            } else {
                "[\"neither\"]"
            };
            let reply = house.call((method, &path), token, body).await;
            let allowed = reply.status.as_u16() != 403;
            assert_eq!(
                allowed,
                may(role, *right),
                "{role}: {method} {pattern}: {}",
                reply.text
            );
            assert_ne!(
                reply.status.as_u16(),
                404 * u16::from(pattern == &path),
                "{method} {path}"
            );
            if !allowed {
                assert_eq!(reply.refused(403), "auth.forbidden");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_caller_changes_nothing() {
    let house = House::new().await;
    let before = house.get("/v1/tenant").await.ok()["chain"].clone();
    let hold = house.held().await;
    for token in [
        &house.acme.viewer,
        &house.acme.client,
        &house.acme.agent_token,
    ] {
        house
            .call(
                ("POST", "/v1/keys"),
                token,
                r#"{"name":"k","role":"architect"}"#,
            )
            .await
            .refused(403);
        house
            .call(("PATCH", "/v1/settings"), token, r#"{"mode":"ENFORCED"}"#)
            .await
            .refused(403);
    }
    let after = house.get("/v1/tenant").await.ok()["chain"]["seq"]
        .as_u64()
        .unwrap();
    assert_eq!(
        after,
        before["seq"].as_u64().unwrap() + 1,
        "only the hold's record is new"
    );
    let hold: Value = house.get(&format!("/v1/holds/{hold}/review")).await.ok();
    assert_eq!(hold["status"], "HELD");
}

#[tokio::test]
async fn who_may_not_decide_and_tries_is_on_record() {
    let house = House::new().await;
    let hold = house.held().await;
    let mut tried = 0;
    for door in ["/v1/holds", "/api/escrow", "/escrow"] {
        for deed in ["release", "kill"] {
            let path = format!("{door}/{hold}/{deed}");
            for token in [
                &house.acme.viewer,
                &house.acme.client,
                &house.acme.agent_token,
            ] {
                let reply = house.call(("POST", &path), token, "").await;
                assert_eq!(reply.refused(403), "auth.forbidden", "{path}");
                tried += 1;
            }
        }
    }
    let query = "/v1/audit?record_type=decision_refused&limit=100";
    let refused = house.get(query).await.ok();
    assert_eq!(refused["records"].as_array().unwrap().len(), tried);
    let shown = house.get(&format!("/v1/holds/{hold}/review")).await.ok();
    assert_eq!(shown["status"], "HELD");
}
