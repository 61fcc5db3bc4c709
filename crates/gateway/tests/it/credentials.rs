//! Who is let in.

use crate::house::House;
use axum::{
    body::Body,
    http::{Request, header::WWW_AUTHENTICATE},
};
use serde_json::json;

const BODY: &str = r#"{"action_type":"data_read","target_service":"reports"}"#;

/// What a govern request with these headers is answered.
async fn knock(house: &House, headers: &[(&str, &str)]) -> crate::house::Reply {
    let mut request = Request::post("/v1/govern");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::from(BODY)).unwrap()).await
}

#[tokio::test]
async fn every_way_to_bring_a_key_is_known() {
    let house = House::new().await;
    let key = house.acme.agent_token.as_str();
    let bearer = format!("Bearer {key}");
    let lower = format!("bearer  {key}");
    for headers in [
        vec![("authorization", bearer.as_str())],
        vec![("authorization", lower.as_str())],
        vec![("x-wardn-key", key)],
        vec![("x-api-key", key)],
        vec![
            ("authorization", bearer.as_str()),
            ("x-wardn-key", key),
            ("x-api-key", key),
        ],
        vec![("x-api-key", key), ("x-organization-id", "acme")],
    ] {
        assert_eq!(
            knock(&house, &headers).await.ok()["verdict"],
            "CLEARED",
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn nobody_unknown_is_let_in() {
    let house = House::new().await;
    let key = house.acme.agent_token.clone();
    let bearer = format!("Bearer {key}");
    let foreign = house.globex.agent_token.as_str();
    let foreign_bearer = format!("Bearer {foreign}");
    let bent = format!("{key}0");
    let shorter = key[..key.len() - 1].to_owned();
    let upper = key.to_uppercase();
    let basic = format!("Basic {key}");
    let head = house.head().await;
    for headers in [
        vec![],
        vec![("authorization", "")],
        vec![("authorization", "Bearer")],
        vec![("authorization", "Bearer ")],
        vec![("authorization", key.as_str())],
        vec![("authorization", basic.as_str())],
        vec![("x-api-key", "")],
        vec![("x-api-key", "pcl__")],
        vec![("x-api-key", bent.as_str())],
        vec![("x-api-key", shorter.as_str())],
        vec![("x-api-key", upper.as_str())],
        vec![
            ("authorization", foreign_bearer.as_str()),
            ("x-api-key", key.as_str()),
        ],
        vec![("x-wardn-key", foreign), ("x-api-key", key.as_str())],
        vec![
            ("authorization", bearer.as_str()),
            ("authorization", bearer.as_str()),
        ],
        vec![("x-api-key", key.as_str()), ("x-api-key", key.as_str())],
        vec![("x-api-key", key.as_str()), ("x-organization-id", "globex")],
    ] {
        let reply = knock(&house, &headers).await;
        assert_eq!(
            reply.error(),
            (401, "auth.unauthenticated".to_owned()),
            "{headers:?}"
        );
        assert_eq!(reply.headers.get(WWW_AUTHENTICATE).unwrap(), "Bearer");
    }
    assert_eq!(house.head().await, head);
    insta::assert_json_snapshot!(knock(&house, &[]).await.json());
}

#[tokio::test]
async fn a_persons_token_goes_before_keys_and_a_wrong_one_falls_back() {
    let house = House::new().await;
    let key = house.acme.agent_token.as_str();
    let viewer = format!("Bearer {}", house.acme.viewer_token);
    let reply = knock(&house, &[("authorization", &viewer), ("x-wardn-key", key)]).await;
    assert_eq!(
        reply.status, 422,
        "the viewer asks, and names no agent: {}",
        reply.text
    );
    let reply = knock(
        &house,
        &[("authorization", "Bearer stale"), ("x-wardn-key", key)],
    )
    .await;
    assert_eq!(reply.ok()["verdict"], "CLEARED");
}

#[tokio::test]
async fn the_wardn_key_goes_before_the_api_key_and_the_bearer_key() {
    let house = House::new().await;
    let (own, other) = (&house.acme.agent_token, &house.acme.other_agent_token);
    let bearer = format!("Bearer {other}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-wardn-key", own),
        ("x-api-key", other),
    ];
    knock(&house, &headers).await.ok();
    let record = house
        .firewall
        .record(&house.acme.architect, house.head().await.seq)
        .await
        .unwrap();
    assert_eq!(record.agent, house.acme.agent.as_str());
}

#[tokio::test]
async fn a_revoked_key_is_nobodys() {
    let house = House::new().await;
    let principal = house
        .firewall
        .authenticate(&house.acme.agent_token)
        .unwrap();
    house
        .firewall
        .revoke_key(&house.acme.architect, &principal.key)
        .await
        .unwrap();
    let reply = knock(&house, &[("x-api-key", &house.acme.agent_token)]).await;
    assert_eq!(reply.error(), (401, "auth.unauthenticated".to_owned()));
}

#[tokio::test]
async fn every_route_but_the_public_key_asks_who_is_there() {
    let house = House::new().await;
    for (method, path) in [
        ("POST", "/v1/govern"),
        ("POST", "/v1/govern/batch"),
        ("POST", "/v1/permits/redeem"),
        ("POST", "/v1/permits/verify"),
        ("GET", "/v1/holds/esc_1"),
        ("POST", "/v1/holds/esc_1/claim"),
        ("POST", "/v1/actions/1/outcome"),
        ("POST", "/v1/actions/1/act"),
        ("POST", "/v1/actions/1/dry-run"),
        ("POST", "/v1/holds/esc_1/act"),
        ("POST", "/v1/act"),
        ("POST", "/v1/dry-runs"),
        ("POST", "/api/govern"),
        ("POST", "/govern"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::from("}{"))
            .unwrap();
        let reply = house.send(request).await;
        assert_eq!(
            reply.error(),
            (401, "auth.unauthenticated".to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_deregistered_agent_is_told_so() {
    let house = House::new().await;
    let status = portcullis_policy::facts::AgentStatus::Deregistered;
    let agent = house.acme.agent.as_str();
    house
        .firewall
        .move_agent(&house.acme.architect, agent, status, Some("gone"))
        .await
        .unwrap();
    let body = json!({"agent_id": agent, "action_type": "data_read", "target_service": "x"});
    let reply = house
        .post("/v1/govern", &house.acme.client_token, body.to_string())
        .await;
    assert_eq!(reply.error(), (403, "agent.rejected".to_owned()));
}
