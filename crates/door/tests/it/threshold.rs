//! There is room for so many at once, and no more.

use axum::{Router, body::Body, extract::Request, http::StatusCode, routing::get};
use http_body_util::BodyExt;
use portcullis_door::{request_id::RequestIds, threshold};
use std::sync::Arc;
use tokio::sync::Notify;
use tower::ServiceExt;

fn asks(path: &str) -> Request {
    Request::builder().uri(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn who_comes_when_the_room_is_full_is_told_at_once_and_the_next_one_is_served() {
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (entered, go_on) = (Arc::clone(&entered), Arc::clone(&go_on));
        move || async move {
            entered.notify_one();
            go_on.notified().await;
            "slow"
        }
    };
    let routes = Router::new()
        .route("/slow", get(slow))
        .route("/quick", get(async || "quick"));
    let router = threshold::narrow(routes, RequestIds::new(7), 1);
    let first = tokio::spawn(router.clone().oneshot(asks("/slow")));
    entered.notified().await;
    let refused = router.clone().oneshot(asks("/quick")).await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("x-request-id"));
    let body = refused.into_body().collect().await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["error"]["code"], "gate.busy");
    go_on.notify_one();
    assert_eq!(first.await.unwrap().unwrap().status(), StatusCode::OK);
    let served = router.oneshot(asks("/quick")).await.unwrap();
    assert_eq!(served.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_crowd_at_one_threshold_leaves_the_other_free() {
    let doors = Router::new().route("/quick", get(async || "quick"));
    let health = Router::new().route("/health", get(async || "well"));
    let router = threshold::narrow(doors, RequestIds::new(1), 0).merge(threshold::narrow(
        health,
        RequestIds::new(2),
        1,
    ));
    let of = async |path| router.clone().oneshot(asks(path)).await.unwrap().status();
    assert_eq!(of("/quick").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(of("/health").await, StatusCode::OK);
    let nowhere = router.clone().oneshot(asks("/nowhere")).await.unwrap();
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    assert!(
        nowhere.headers().contains_key("x-request-id"),
        "one of the two answers for it"
    );
}
