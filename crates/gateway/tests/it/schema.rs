//! The description of the API, and that answers fit it.

use crate::house::House;
use portcullis_gateway::http::openapi;
use serde_json::{Value, json};

/// Checks that a reply has every required property of a described shape and no unknown one.
pub(crate) fn assert_fits(name: &str, reply: &Value) {
    let description = serde_json::to_value(openapi()).unwrap();
    let shape = &description["components"]["schemas"][name];
    let properties = shape["properties"]
        .as_object()
        .expect("a shape with properties");
    let reply = reply.as_object().unwrap();
    for key in reply.keys() {
        assert!(
            properties.contains_key(key),
            "{name} does not describe `{key}`"
        );
    }
    for required in shape["required"].as_array().into_iter().flatten() {
        assert!(
            reply.contains_key(required.as_str().unwrap()),
            "{name} misses {required}"
        );
    }
}

#[tokio::test]
async fn answers_fit_their_description() {
    let house = House::new().await;
    let agent = house.acme.agent_token.as_str();
    let read = json!({"action_type": "data_read", "target_service": "x", "permit": true});
    let answer = house.ask("/v1/govern", &read).await.ok();
    assert_fits("GovernReply", &answer);
    let permit = json!({"permit": answer["permit"]});
    assert_fits(
        "VerifyReply",
        &house.ask("/v1/permits/verify", &permit).await.ok(),
    );
    assert_fits(
        "RedeemReply",
        &house.ask("/v1/permits/redeem", &permit).await.ok(),
    );
    let batch = house
        .ask("/v1/govern/batch", &json!({"actions": [read]}))
        .await
        .ok();
    assert_fits("BatchReply", &batch);
    assert_fits("GovernReply", &batch["results"][0]);
    let outcome = format!("/v1/actions/{}/outcome", answer["seq"]);
    assert_fits(
        "SealedReply",
        &house
            .ask(&outcome, &json!({"result": "unknown"}))
            .await
            .ok(),
    );
    assert_fits("EnvelopeShape", &house.get("/v1/rules", agent).await.ok());
    let hold = house.released().await;
    assert_fits(
        "HoldReply",
        &house.get(&format!("/v1/holds/{hold}"), agent).await.ok(),
    );
    let claim = house
        .post(&format!("/v1/holds/{hold}/claim"), agent, "")
        .await;
    assert_fits("ClaimReply", &claim.ok());
    assert_fits("KeyReply", &house.get("/v1/permits/key", agent).await.ok());
    assert_fits(
        "ErrorReply",
        &house.get("/v1/holds/esc_none", agent).await.json(),
    );
}

#[test]
fn every_route_is_described() {
    let description = serde_json::to_value(openapi()).unwrap();
    let paths: Vec<&str> = description["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        paths,
        [
            "/v1/act",
            "/v1/actions/{seq}/act",
            "/v1/actions/{seq}/dry-run",
            "/v1/actions/{seq}/outcome",
            "/v1/dry-runs",
            "/v1/govern",
            "/v1/govern/batch",
            "/v1/holds/{id}",
            "/v1/holds/{id}/act",
            "/v1/holds/{id}/claim",
            "/v1/permits/key",
            "/v1/permits/redeem",
            "/v1/permits/verify",
            "/v1/rules",
        ]
    );
}
