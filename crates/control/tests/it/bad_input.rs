//! Bad input: every row is refused, in JSON, with the paths of its faults.

use crate::house::House;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

/// Method, path, body, status and, for a 422, the paths of the faults.
const BODIES: &[(&str, &str, &str, u16, &[&str])] = &[
    ("POST", "/v1/agents", "", 400, &[]),
    ("POST", "/v1/agents", "{", 400, &[]),
    ("POST", "/v1/agents", "name: x", 400, &[]),
    ("POST", "/v1/agents", "[]", 422, &[""]),
    ("POST", "/v1/agents", "null", 422, &[""]),
    ("POST", "/v1/agents", "{}", 422, &["name"]),
    ("POST", "/v1/agents", r#"{"name":1}"#, 422, &["name"]),
    ("POST", "/v1/agents", r#"{"name":""}"#, 422, &["name"]),
    (
        "POST",
        "/v1/agents",
        r#"{"name":"a","id":"agt_1"}"#,
        422,
        &["id"],
    ),
    (
        "POST",
        "/v1/agents",
        r#"{"nam":"a","typ":1}"#,
        422,
        &["name", "nam", "typ"],
    ),
    ("POST", "/v1/settings", "{}", 405, &[]),
    (
        "PATCH",
        "/v1/settings",
        r#"{"permit_seconds":-1,"retry_seconds":1.5}"#,
        422,
        &["permit_seconds", "retry_seconds"],
    ),
    (
        "PATCH",
        "/v1/settings",
        r#"{"mode_expires_at":"soon"}"#,
        422,
        &["mode_expires_at"],
    ),
    ("POST", "/v1/people", "{}", 422, &["name"]),
    (
        "POST",
        "/v1/people",
        r#"{"name":"a","roles":[{"role":"king"},{"workspace":"w w"}]}"#,
        422,
        &["roles[0].role", "roles[1].role", "roles[1].workspace"],
    ),
    (
        "POST",
        "/v1/people",
        r#"{"name":"a","roles":[{"role":"viewer","workspace":"none"}]}"#,
        422,
        &["roles[0].workspace"],
    ),
    (
        "POST",
        "/v1/people",
        r#"{"name":"a","email":"x"}"#,
        422,
        &["email"],
    ),
    (
        "POST",
        "/v1/people",
        r#"{"name":"a\u202e"}"#,
        422,
        &["name"],
    ),
    (
        "POST",
        "/v1/people",
        r#"{"name":"a","password":"x","id":"per_1"}"#,
        422,
        &["password", "id"],
    ),
    ("POST", "/v1/groups", r#"{"name":" "}"#, 422, &["name"]),
    ("POST", "/v1/groups/none/members", "{}", 422, &["person_id"]),
    (
        "POST",
        "/v1/permission-sets",
        r#"{"name":"s","entries":[{"workspace":"w","effect":"MAYBE","agents":[],"scopes":[1]}]}"#,
        422,
        &["entries[0].effect", "entries[0].scopes[0]"],
    ),
    (
        "POST",
        "/v1/permission-sets",
        r#"{"name":"s","entries":[{"workspace":"w","effect":"DENY","agents":["a","regex:("],"scopes":["*",""]}]}"#,
        422,
        &[
            "entries[0].agents[1]",
            "entries[0].scopes[0]",
            "entries[0].scopes[1]",
        ],
    ),
    (
        "POST",
        "/v1/permission-sets",
        r#"{"name":"s","entries":[{"workspace":"w","effect":"DENY","agents":["no id"],"scopes":[]}]}"#,
        422,
        &["entries[0].agents[0]"],
    ),
    (
        "POST",
        "/v1/permission-sets",
        r#"{"name":"s","entries":[{"workspace":"none","effect":"DENY","agents":[],"scopes":[]}]}"#,
        422,
        &["entries[0].workspace"],
    ),
    (
        "POST",
        "/v1/access/explain",
        r#"{"verb":"LOOK","agent_id":""}"#,
        422,
        &["person_id", "verb", "agent_id"],
    ),
    ("POST", "/v1/workspaces", r#"{"id":"Upper"}"#, 422, &["id"]),
    (
        "POST",
        "/v1/workspaces",
        r#"{"id":"w","short_name":"much too long"}"#,
        422,
        &["short_name"],
    ),
    ("POST", "/v1/sign-in", "{", 400, &[]),
    (
        "POST",
        "/v1/sign-in",
        r#"{"password":1,"pass":"x"}"#,
        422,
        &["name", "password", "pass"],
    ),
    (
        "POST",
        "/v1/sign-in",
        r#"{"name":"ann","password":"x"}"#,
        422,
        &["tenant"],
    ),
    (
        "POST",
        "/v1/invitations/accept",
        r#"{"code":null}"#,
        422,
        &["code", "password"],
    ),
    (
        "PATCH",
        "/v1/settings",
        r#"{"step_up":"sometimes"}"#,
        422,
        &["step_up"],
    ),
    ("POST", "/v1/policies", "{}", 422, &["name", "type"]),
    (
        "POST",
        "/v1/policies",
        r#"{"policies":[]}"#,
        422,
        &["policies"],
    ),
    (
        "POST",
        "/v1/policies",
        r#"{"policies":{}, "x":1}"#,
        422,
        &["x", "policies"],
    ),
    ("POST", "/v1/policies/test", "{}", 422, &["policy"]),
    (
        "POST",
        "/v1/packs/soc2/apply",
        r#"{"override_existing":"yes"}"#,
        422,
        &["override_existing"],
    ),
    (
        "POST",
        "/v1/chain/acknowledge",
        r#"{"reason":null}"#,
        422,
        &["reason"],
    ),
    (
        "POST",
        "/v1/replay",
        r#"{"from":"1","to":2}"#,
        422,
        &["from"],
    ),
    (
        "PUT",
        "/governance/mode",
        r#"{"mode":"DISABLED"}"#,
        422,
        &["mode"],
    ),
    (
        "PUT",
        "/settings",
        r#"{"notifications":{}}"#,
        422,
        &["notifications"],
    ),
    (
        "PUT",
        "/settings",
        r#"{"governance":{"mode":"DISABLED","x":1}}"#,
        422,
        &["governance.mode", "governance.x"],
    ),
];

/// A path with its query, and the names of the faults.
const QUERIES: &[(&str, &[&str])] = &[
    ("/v1/agents?limit=0", &["limit"]),
    ("/v1/agents?limit=201", &["limit"]),
    ("/v1/agents?limit=-1", &["limit"]),
    ("/v1/agents?limit=1&limit=2", &["limit"]),
    ("/v1/agents?page=0", &["page"]),
    ("/v1/agents?page=2&offset=3", &["page"]),
    ("/v1/agents?status=sleeping&color=red", &["status", "color"]),
    ("/v1/holds?status=PENDING", &["status"]),
    (
        "/v1/holds?start_date=yesterday&end_date=2026-13-01",
        &["start_date", "end_date"],
    ),
    (
        "/v1/audit?verdict=MAYBE&tier=D&record_type=gossip",
        &["verdict", "tier", "record_type"],
    ),
    ("/v1/audit?agent=", &["agent"]),
    ("/v1/audit/verify?from=0", &["from"]),
    ("/v1/audit/verify?from=3&to=2", &["to"]),
    ("/v1/violations?severity=BAD&type=X", &["severity", "type"]),
    ("/v1/policies?active=1", &["active"]),
    ("/v1/people?active=yes&limit=0", &["active", "limit"]),
    ("/v1/holds/none/request", &["choice"]),
    ("/v1/holds/none/request?choice=maybe", &["choice"]),
    ("/v1/keys?limit=99999999999999999999999", &["limit"]),
];

#[tokio::test]
async fn bodies_are_read_strictly() {
    let house = House::new().await;
    for (method, path, body, status, faults) in BODIES {
        let reply = house
            .call((method, path), &house.acme.architect, *body)
            .await;
        reply.refused(*status);
        if *status == 422 {
            let mut found = reply.faults();
            let mut expected: Vec<String> = faults.iter().map(|&fault| fault.to_owned()).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{method} {path} {body}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn json_with_two_meanings_is_refused() {
    let house = House::new().await;
    for body in [
        r#"{"name":"a","name":"b"}"#,
        r#"{"name":"a","n\u0061me":"b"}"#,
        r#"{"name":"\ud800"}"#,
        r#"{"name":"a","x":1e999}"#,
        r#"{"name":"a"} {}"#,
    ] {
        let reply = house
            .call(("POST", "/v1/agents"), &house.acme.architect, body)
            .await;
        assert!(
            [400, 422].contains(&reply.status.as_u16()),
            "{body}: {}",
            reply.text
        );
        assert!(reply.json()["error"]["code"].is_string());
    }
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    let reply = house
        .call(("POST", "/v1/agents"), &house.acme.architect, deep)
        .await;
    assert!([400, 422].contains(&reply.status.as_u16()));
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(2 << 20));
    let reply = house
        .call(("POST", "/v1/agents"), &house.acme.architect, large)
        .await;
    assert_eq!(reply.refused(413), "request.too_large");
}

#[tokio::test]
async fn queries_are_read_strictly() {
    let house = House::new().await;
    for (path, faults) in QUERIES {
        let mut found = house.get(path).await.faults();
        let mut expected: Vec<String> = faults.iter().map(|&fault| fault.to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{path}");
    }
}

#[tokio::test]
async fn a_wish_that_would_not_be_heard_is_refused() {
    let house = House::new().await;
    for (method, path, body) in [
        ("POST", "/v1/packs/hipaa/apply?dry_run=true", ""),
        ("POST", "/v1/agents?validate_only=1", r#"{"name":"a"}"#),
        ("PATCH", "/v1/settings?mode=ENFORCED", "{}"),
        ("PUT", "/v1/tenant-policy?dry_run=1", "version: 1"),
        ("DELETE", "/v1/policies/pol_none", r#"{"hard":true}"#),
        ("PATCH", "/v1/policies/pol_none/toggle", r#"{"on":true}"#),
        ("DELETE", "/v1/keys/key_none", r#"{"reason":"x"}"#),
        ("DELETE", "/api/agents/agt_none", r#"{"hard":true}"#),
        ("GET", "/v1/tenant?at=2020-01-01", ""),
        ("GET", "/v1/holds/stats?agent=agt_1", ""),
        ("GET", "/api/escrow?status=RELEASED", ""),
        ("POST", "/v1/policies/test?activate=true", "{}"),
        ("POST", "/v1/sign-in?tenant=acme", "{}"),
        ("DELETE", "/v1/groups/none", r#"{"hard":true}"#),
        ("GET", "/v1/me?verbose=1", ""),
    ] {
        let reply = house
            .call((method, path), &house.acme.architect, body)
            .await;
        assert_eq!(reply.refused(422), "request.invalid", "{method} {path}");
    }
    assert_eq!(house.get("/v1/policies").await.ok()["total"], 0);
    assert_eq!(house.get("/v1/agents").await.ok()["total"], 1);
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_nothing_redirects() {
    let house = House::new().await;
    for path in [
        "/v1/agents/agt_none",
        "/v1/keys/key_none",
        "/v1/policies/pol_none",
        "/v1/policies/pol_none/versions",
        "/v1/packs/none",
        "/v1/holds/esc_none/review",
        "/v1/violations/vio_none",
        "/v1/people/per_none",
        "/v1/groups/grp_none",
        "/v1/permission-sets/set_none",
        "/v1/workspaces/none",
        "/v1/holds/esc_none/sight",
        "/v1/holds/esc_none/request?choice=approve",
        "/agents/agt_none",
        "/api/agents/agt_none",
        "/api/escrow/esc_none",
        "/escrow/esc_none",
        "/policies/pol_none",
        "/audit/999",
        "/v1/nothing",
        "/v1/agents/",
        "/api/agents/",
        "/",
        "/v1/agents/%2e%2e/keys",
    ] {
        let reply = house.get(path).await;
        assert_eq!(
            reply.status,
            StatusCode::NOT_FOUND,
            "{path}: {}",
            reply.text
        );
        assert!(reply.json()["detail"].is_string(), "{path}");
    }
    let long = format!("/v1/agents/{}", "x".repeat(4_000));
    let reply = house.get(&long).await;
    reply.refused(404);
    assert!(
        reply.text.len() < 4_000,
        "what was sent is not repeated at length"
    );
}

#[tokio::test]
async fn whoever_is_not_known_gets_json_and_nothing_else() {
    let house = House::new().await;
    for path in [
        "/v1/agents",
        "/api/agents",
        "/agents",
        "/v1/audit/export",
        "/v1/principles",
    ] {
        let reply = house
            .call(("GET", path), "pcl_000_000", Body::empty())
            .await;
        assert_eq!(reply.refused(401), "auth.unauthenticated", "{path}");
        let bare = Request::builder().uri(path).body(Body::empty()).unwrap();
        assert_eq!(
            house.send(bare).await.refused(401),
            "auth.unauthenticated",
            "{path}"
        );
    }
}

#[tokio::test]
async fn rights_come_before_the_body() {
    let house = House::new().await;
    for token in [
        &house.acme.viewer,
        &house.acme.client,
        &house.acme.agent_token,
    ] {
        let reply = house.call(("POST", "/v1/agents"), token, "not json").await;
        assert_eq!(reply.refused(403), "auth.forbidden");
    }
}

#[tokio::test]
async fn text_that_looks_like_markup_stays_text() {
    let house = House::new().await;
    let name = "<img src=x onerror=alert(1)>\u{202e}";
    let made = house.act("POST", "/v1/agents", json!({"name": name})).await;
    assert_eq!(made.must(201)["name"], name);
    assert_eq!(made.headers["content-type"], "application/json");
}
