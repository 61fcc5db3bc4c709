//! Every answer is JSON with a request id, whatever was knocked at.

use crate::house::House;
use axum::{
    Router,
    body::Body,
    http::{Method, Request},
    routing::get,
};
use portcullis_door::{
    request_id::RequestIds,
    threshold::{narrow, threshold},
};
use portcullis_gateway::http;
use tokio::task::{JoinSet, yield_now};
use tower::ServiceExt;

#[tokio::test]
async fn unknown_paths_and_methods_are_json() {
    let house = House::new().await;
    for (method, path, status, code) in [
        (Method::GET, "/", 404, "route.not_found"),
        (Method::POST, "/v1/govern/", 404, "route.not_found"),
        (Method::POST, "//v1/govern", 404, "route.not_found"),
        (Method::POST, "/V1/GOVERN", 404, "route.not_found"),
        (Method::POST, "/api/govern/", 404, "route.not_found"),
        (Method::GET, "/v1/govern", 405, "route.method_not_allowed"),
        (
            Method::DELETE,
            "/v1/holds/esc_1",
            405,
            "route.method_not_allowed",
        ),
        (Method::PUT, "/api/govern", 405, "route.method_not_allowed"),
    ] {
        let request = Request::builder()
            .method(method.clone())
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let reply = house.send(request).await;
        assert_eq!(reply.error(), (status, code.to_owned()), "{method} {path}");
        assert_eq!(
            reply.headers.contains_key("allow"),
            status == 405,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_harmless_request_id_is_repeated_and_any_other_replaced() {
    let house = House::new().await;
    let long = "a".repeat(129);
    for (brought, kept) in [
        ("trace-7", true),
        ("a/b+c=d:e@f.g_h", true),
        (&long[..128], true),
        (long.as_str(), false),
        ("", false),
        ("two words", false),
        ("<script>", false),
        ("quote\"", false),
    ] {
        let request = Request::get("/nowhere").header("x-request-id", brought);
        let reply = house.send(request.body(Body::empty()).unwrap()).await;
        let told = reply.headers.get("x-request-id").unwrap().to_str().unwrap();
        assert_eq!(told == brought, kept, "`{brought}`");
        assert_eq!(reply.json()["request_id"], told);
    }
}

#[tokio::test]
async fn two_requests_without_an_id_get_two() {
    let house = House::new().await;
    let id = async || house.get("/nowhere", "x").await.json()["request_id"].clone();
    assert_ne!(id().await, id().await);
}

#[tokio::test]
async fn any_content_type_is_taken_as_json() {
    let house = House::new().await;
    for kind in [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "nonsense",
    ] {
        let request = Request::post("/v1/govern")
            .header("x-api-key", &house.acme.agent_token)
            .header("content-type", kind)
            .body(Body::from(
                r#"{"action_type":"data_read","target_service":"x"}"#,
            ))
            .unwrap();
        assert_eq!(
            house.send(request).await.ok()["verdict"],
            "CLEARED",
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_panic_is_a_500_that_permits_nothing() {
    async fn broken() -> &'static str {
        panic!("a secret detail")
    }
    let router = threshold(
        Router::new().route("/broken", get(broken)),
        RequestIds::new(1),
    );
    let request = Request::get("/broken").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 500);
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    insta::assert_json_snapshot!(json);
}

#[tokio::test]
async fn a_page_for_people_stays_a_page() {
    async fn page() -> (axum::http::StatusCode, axum::response::Html<&'static str>) {
        (
            axum::http::StatusCode::NOT_FOUND,
            axum::response::Html("<h1>Not here</h1>"),
        )
    }
    let router = threshold(Router::new().route("/page", get(page)), RequestIds::new(1));
    let response = router
        .oneshot(Request::get("/page").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert!(response.headers().contains_key("x-request-id"));
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    assert_eq!(&*bytes, b"<h1>Not here</h1>");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    struct Silent;
    impl axum::body::HttpBody for Silent {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }
    let house = House::new().await;
    let reply = house
        .post("/v1/govern", &house.acme.agent_token, Body::new(Silent))
        .await;
    assert_eq!(reply.error(), (408, "request.timeout".to_owned()));
}

/// The status of an answer to a question about a hold.
async fn asked(doors: &Router, path: &str, token: &str) -> u16 {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::empty()).unwrap();
    let response = doors.clone().oneshot(request).await.unwrap();
    response.status().as_u16()
}

#[tokio::test]
async fn a_crowd_of_agents_leaves_room_for_other_tenants_and_for_people() {
    let house = House::new().await;
    let hold = house.held().await;
    let doors = narrow(http::router(house.firewall.clone()), RequestIds::new(1), 8);
    let (quick, slow) = (
        format!("/v1/holds/{hold}"),
        format!("/v1/holds/{hold}?wait=30"),
    );
    let mut crowd = JoinSet::new();
    for _ in 0..8 {
        let (doors, slow) = (doors.clone(), slow.clone());
        let token = house.acme.agent_token.clone();
        crowd.spawn(async move { asked(&doors, &slow, &token).await });
    }
    // Half of the crowd waits for people, and the other half is sent away.
    for _ in 0..4 {
        assert_eq!(crowd.join_next().await.unwrap().unwrap(), 429);
    }
    for own in [&house.acme.agent_token, &house.acme.client_token] {
        assert_eq!(asked(&doors, &quick, own).await, 429);
    }
    // Another tenant's agents and clients, and whoever could stop those here, are served.
    let (agent, client) = (&house.globex.agent_token, &house.globex.client_token);
    for other in [agent, client, &house.acme.architect_token] {
        assert_ne!(asked(&doors, &quick, other).await, 429);
    }
    crowd.shutdown().await;
    yield_now().await;
    assert_eq!(asked(&doors, &quick, &house.acme.agent_token).await, 200);
}
