//! Settings and the tenant at a glance.

use crate::house::House;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn audit_only_mode_has_an_end_and_is_on_record() {
    let house = House::new().await;
    let endless = house
        .act("PATCH", "/v1/settings", json!({"mode": "AUDIT_ONLY"}))
        .await;
    assert_eq!(endless.refused(422), "request.invalid");
    let change = json!({"mode": "AUDIT_ONLY", "mode_expires_at": "2026-04-10T15:00:00Z"});
    let settings = house.act("PATCH", "/v1/settings", change).await.ok();
    assert_eq!(settings["mode"], "AUDIT_ONLY");
    assert!(
        settings["mode_set_by"]
            .as_str()
            .unwrap()
            .starts_with("person:per_")
    );
    assert_eq!(settings["mode_set_at"], "2026-04-10T14:32:01.000Z");

    let ended = house
        .act("PATCH", "/v1/settings", json!({"mode": "ENFORCED"}))
        .await
        .ok();
    assert_eq!(
        (&ended["mode"], &ended["mode_expires_at"]),
        (&json!("ENFORCED"), &json!(null))
    );
    let records = house
        .get("/v1/audit?record_type=settings_change")
        .await
        .ok();
    assert_eq!(records["records"].as_array().unwrap().len(), 2);
    assert_eq!(records["records"][1]["after"]["mode"], "AUDIT_ONLY");
}

#[tokio::test]
async fn an_audit_only_mode_that_is_over_binds_again() {
    let house = House::new().await;
    house
        .act(
            "POST",
            "/v1/policies",
            json!({
                "type": "action_type_block", "name": "no reading",
                "config": {"action_types": ["data_read"], "tier": "C"},
            }),
        )
        .await
        .must(201);
    let change = json!({"mode": "AUDIT_ONLY", "mode_expires_at": "2026-04-10T15:00:00Z"});
    house.act("PATCH", "/v1/settings", change).await.ok();
    let watched = house.govern(json!({"action_type": "data_read"})).await;
    assert_eq!(
        (watched.verdict.as_str(), watched.would.0.as_str()),
        ("CLEARED", "BLOCKED")
    );
    house.clock.advance(Duration::from_secs(3_600));
    let bound = house.govern(json!({"action_type": "data_read"})).await;
    assert_eq!(bound.verdict.as_str(), "BLOCKED");
}

#[tokio::test]
async fn there_is_no_way_to_switch_judging_off() {
    let house = House::new().await;
    for body in [
        json!({"mode": "DISABLED"}),
        json!({"mode": "off"}),
        json!({"enabled": false}),
    ] {
        assert_eq!(
            house.act("PATCH", "/v1/settings", body).await.refused(422),
            "request.invalid"
        );
    }
    for bounds in [json!({"permit_seconds": 0}), json!({"rules_seconds": 9})] {
        let reply = house.act("PATCH", "/v1/settings", bounds).await;
        reply.refused(422);
    }
}

#[tokio::test]
async fn the_tenant_shows_its_verdicts_its_chain_and_its_queue() {
    let house = House::new().await;
    house.govern(json!({"action_type": "data_read"})).await;
    house.held().await;
    let last = house.blocked().await;
    let tenant = house.get("/v1/tenant").await.ok();
    assert_eq!(tenant["id"], "acme");
    assert_eq!(
        tenant["verdicts"],
        json!({"CLEARED": 1, "HELD": 1, "BLOCKED": 1})
    );
    assert_eq!(tenant["chain"]["seq"], last.seq);
    assert_eq!(tenant["chain"]["hash"], last.hash.to_string());
    assert_eq!(tenant["holds"]["queue_depth"], 1);
    assert_eq!(tenant["tenant_policy_version"], 1);
}

#[tokio::test]
async fn whose_passkey_is_asked_for_is_a_setting() {
    let house = House::new().await;
    let settings = house.get("/v1/settings").await.ok();
    assert_eq!(settings["step_up"], "when_registered");
    for word in ["never", "always"] {
        let change = json!({"step_up": word});
        let changed = house.act("PATCH", "/v1/settings", change).await.ok();
        assert_eq!(changed["step_up"], word);
    }
}
