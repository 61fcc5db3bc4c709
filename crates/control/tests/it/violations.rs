//! The life of a violation.

use crate::house::House;
use serde_json::{Value, json};

#[tokio::test]
async fn a_refused_action_opens_a_violation_that_is_resolved_once() {
    let house = House::new().await;
    let answer = house.blocked().await;
    let list = house.get("/v1/violations?status=OPEN").await.ok();
    let violation = list["violations"][0].clone();
    assert_eq!(violation["seq"], answer.seq);
    assert_eq!(violation["agent_name"], "ops-bot");
    let path = format!("/v1/violations/{}", violation["id"].as_str().unwrap());
    assert_eq!(house.get(&path).await.ok(), violation);

    let resolve = format!("{path}/resolve");
    let notes = json!({"notes": "looked at"}).to_string();
    let done = house
        .call(("PATCH", &resolve), &house.acme.operator, notes)
        .await
        .ok();
    assert_eq!(
        (&done["status"], &done["notes"]),
        (&json!("RESOLVED"), &json!("looked at"))
    );
    let again = house
        .call(("PATCH", &resolve), &house.acme.operator, "")
        .await;
    assert_eq!(again.refused(409), "violation.resolved");
    assert_eq!(
        house.get("/v1/violations?status=open").await.ok()["violations"],
        json!([])
    );
}

#[tokio::test]
async fn violations_are_filtered_and_come_in_pages() {
    let house = House::new().await;
    house
        .act(
            "POST",
            "/v1/policies",
            json!({
                "type": "action_type_block", "name": "no logs", "severity": "LOW",
                "config": {"action_types": ["log_rotate"], "tier": "C"},
            }),
        )
        .await
        .must(201);
    for target in ["a", "b", "c"] {
        house
            .govern(json!({"action_type": "log_rotate", "target_service": target}))
            .await;
    }
    house.blocked().await;
    let count = async |query: &str| -> usize {
        let list: Value = house.get(&format!("/v1/violations?{query}")).await.ok();
        list["violations"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 4);
    assert_eq!(count("severity=low").await, 3);
    assert_eq!(count("type=CHAM_VIOLATION").await, 3);
    assert_eq!(count("type=CHAM_VIOLATION&severity=HIGH").await, 0);
    assert_eq!(count(&format!("agent={}", house.acme.agent)).await, 4);
    assert_eq!(count("agent=agt_other").await, 0);
    assert_eq!(count("severity=low&limit=2").await, 2);
    assert_eq!(count("severity=low&limit=2&offset=2").await, 1);
    let page = house.get("/v1/violations?severity=low&limit=2").await.ok();
    assert_eq!(page["has_more"], true);
}
