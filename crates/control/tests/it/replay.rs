//! Recorded decisions judged again.

use crate::house::House;
use serde_json::json;

#[tokio::test]
async fn by_the_rules_of_their_time_decisions_come_out_the_same() {
    let house = House::new().await;
    house.govern(json!({"action_type": "data_read"})).await;
    house.held().await;
    let last = house.blocked().await.seq;
    let report = house
        .act("POST", "/v1/replay", json!({"from": 1, "to": last}))
        .await
        .ok();
    assert_eq!(report["replayed"], 3);
    assert_eq!(
        (&report["changed"], &report["differing_bytes"]),
        (&json!(0), &json!(0))
    );
}

#[tokio::test]
async fn with_one_policy_more_the_difference_shows_and_nothing_else_changes() {
    let house = House::new().await;
    let seq = house.govern(json!({"action_type": "data_read"})).await.seq;
    let before = house.get("/v1/tenant").await.ok();
    let block = json!({
        "type": "action_type_block", "name": "no reading",
        "config": {"action_types": ["data_read"], "tier": "C"},
    });
    let request = json!({"from": seq, "to": seq, "policies": [block]});
    let report = house.act("POST", "/v1/replay", request).await.ok();
    assert_eq!(
        (&report["replayed"], &report["changed"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["summary"], json!({"CLEARED to BLOCKED": 1}));
    let record = &report["records"][0];
    assert_eq!(
        record["original"],
        json!({"verdict": "CLEARED", "tier": "A"})
    );
    assert_eq!(
        record["replayed"],
        json!({"verdict": "BLOCKED", "tier": "C"})
    );
    assert_eq!(house.get("/v1/tenant").await.ok(), before);
}

#[tokio::test]
async fn a_span_that_makes_no_sense_is_refused() {
    let house = House::new().await;
    for (body, path) in [
        (json!({"from": 0, "to": 1}), "to"),
        (json!({"from": 2, "to": 1}), "to"),
        (json!({"from": 1, "to": 100_001}), "to"),
        (json!({"from": 1}), "to"),
        (json!({"from": 1, "to": 1, "policies": []}), "policies"),
    ] {
        assert_eq!(
            house.act("POST", "/v1/replay", body.clone()).await.faults(),
            [path],
            "{body}"
        );
    }
}
