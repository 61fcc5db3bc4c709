//! Permits: checked at will, spent once.

use crate::house::{House, Reply, masked};
use serde_json::{Value, json};
use std::time::Duration;

async fn permit(house: &House) -> (String, String) {
    let body = json!({"action_type": "data_read", "target_service": "reports", "permit": true});
    let answer = house.ask("/v1/govern", &body).await.ok();
    let text = |key: &str| answer[key].as_str().unwrap().to_owned();
    (text("permit"), text("action_digest"))
}

async fn redeem(house: &House, token: &str, body: &Value) -> Reply {
    house
        .post("/v1/permits/redeem", token, body.to_string())
        .await
}

#[tokio::test]
async fn a_permit_is_spent_once() {
    let house = House::new().await;
    let (permit, digest) = permit(&house).await;
    let body = json!({"permit": permit, "action_digest": digest});
    let spent = redeem(&house, &house.acme.agent_token, &body).await.ok();
    assert_eq!(spent["execute"], true);
    insta::assert_json_snapshot!(masked(spent));
    let again = redeem(&house, &house.acme.agent_token, &body).await;
    assert_eq!(again.error(), (409, "permit.spent".to_owned()));
}

#[tokio::test]
async fn a_permit_serves_nobody_else_and_nothing_else() {
    let house = House::new().await;
    let (permit, _) = permit(&house).await;
    let body = json!({"permit": permit});
    for token in [
        &house.acme.other_agent_token,
        &house.globex.agent_token,
        &house.acme.architect_token,
    ] {
        let reply = redeem(&house, token, &body).await;
        assert_eq!(reply.error(), (403, "auth.forbidden".to_owned()));
    }
    let other = json!({"permit": permit, "action_digest": "0".repeat(64)});
    let reply = redeem(&house, &house.acme.agent_token, &other).await;
    assert_eq!(reply.error(), (409, "permit.other_action".to_owned()));
    redeem(&house, &house.acme.agent_token, &body).await.ok();
}

#[tokio::test]
async fn a_permit_that_is_changed_or_late_is_not_believed() {
    let house = House::new().await;
    let (permit, _) = permit(&house).await;
    let mut bent = permit.clone();
    bent.push('A');
    for token in ["", "x", bent.as_str()] {
        let reply = redeem(&house, &house.acme.agent_token, &json!({"permit": token})).await;
        assert_eq!(
            reply.error(),
            (403, "auth.forbidden".to_owned()),
            "`{token}`"
        );
    }
    house.clock.advance(Duration::from_secs(301));
    let reply = redeem(&house, &house.acme.agent_token, &json!({"permit": permit})).await;
    assert_eq!(reply.error(), (403, "auth.forbidden".to_owned()));
}

#[tokio::test]
async fn checking_a_permit_spends_nothing() {
    let house = House::new().await;
    let (permit, digest) = permit(&house).await;
    let before = house.head().await;
    let check = async |token: &str, body: Value| {
        house
            .post("/v1/permits/verify", token, body.to_string())
            .await
            .ok()
    };
    let good = check(&house.acme.agent_token, json!({"permit": permit})).await;
    assert_eq!(
        (&good["valid"], &good["action_digest"]),
        (&true.into(), &digest.as_str().into())
    );
    for (token, body) in [
        (&house.acme.agent_token, json!({"permit": "nonsense"})),
        (&house.globex.agent_token, json!({"permit": permit})),
        (
            &house.acme.agent_token,
            json!({"permit": permit, "action_digest": "0".repeat(64)}),
        ),
    ] {
        let bad = check(token, body).await;
        assert_eq!(bad["valid"], false);
        assert!(
            bad["reason"].is_string() && bad.get("action_digest").is_none(),
            "{bad}"
        );
    }
    assert_eq!(house.head().await, before);
}

#[tokio::test]
async fn the_key_of_permits_is_public() {
    let house = House::new().await;
    let request = axum::http::Request::get("/v1/permits/key");
    let reply = house
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await
        .ok();
    assert_eq!(reply["algorithm"], "Ed25519");
    assert_eq!(reply["public_key"], house.firewall.permit_key().to_string());
}
