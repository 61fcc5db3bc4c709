//! The life of a policy (seed 001, "Policy Lifecycle" and "Policy Metrics").

use crate::house::House;
use serde_json::{Value, json};

fn floor(name: &str) -> Value {
    json!({
        "type": "confidence_floor",
        "name": name,
        "config": {"environment": "production", "floors": {"fix": 0.85}, "escalation": "tier_up"},
    })
}

#[tokio::test]
async fn a_policy_is_made_changed_in_place_and_deactivated() {
    let house = House::new().await;
    let made = house
        .act("POST", "/v1/policies", floor("floors"))
        .await
        .must(201);
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("pol_"));
    assert_eq!(
        (&made["type"], &made["policy_type"]),
        (&json!("confidence_floor"), &made["type"])
    );
    assert_eq!(
        (&made["version"], &made["active"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(made["scope"], "tenant");

    let path = format!("/v1/policies/{id}");
    let config = json!({"environment": "staging", "floors": {"fix": 0.5}, "escalation": "block"});
    let changed = house
        .act("PUT", &path, json!({"config": config.clone()}))
        .await
        .ok();
    assert_eq!(
        (&changed["version"], &changed["config"]),
        (&json!(2), &config)
    );
    assert_eq!(changed["name"], "floors");

    let gone = house.act("DELETE", &path, json!({})).await.ok();
    assert_eq!(
        (&gone["active"], &gone["version"]),
        (&json!(false), &json!(3))
    );
    assert_eq!(
        house.get(&path).await.ok()["active"],
        false,
        "nothing deletes a policy"
    );
    let again = house.act("DELETE", &path, json!({})).await.ok();
    assert_eq!(again["version"], 3, "deactivating twice changes nothing");
    let back = house
        .act("PATCH", &format!("{path}/toggle"), json!({}))
        .await
        .ok();
    assert_eq!(
        (&back["active"], &back["version"]),
        (&json!(true), &json!(4))
    );

    let versions = house.get(&format!("{path}/versions")).await.ok();
    let numbers: Vec<u64> = versions["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["version"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
    let first = versions["versions"][3]["config"].clone();
    assert_eq!(
        first["floors"],
        json!({"fix": 0.85}),
        "the first version stays as it was"
    );
}

#[tokio::test]
async fn a_policy_is_switched_as_the_body_says() {
    let house = House::new().await;
    let id = house
        .act("POST", "/v1/policies", floor("f"))
        .await
        .must(201)["id"]
        .clone();
    let path = format!("/v1/policies/{}/toggle", id.as_str().unwrap());
    for (body, active, version) in [
        (json!({"active": true}), true, 1),
        (json!({"active": false}), false, 2),
        (json!({"active": false}), false, 2),
        (json!({}), true, 3),
    ] {
        let policy = house.act("PATCH", &path, body.clone()).await.ok();
        let found = (&policy["active"], &policy["version"]);
        assert_eq!(found, (&json!(active), &json!(version)), "{body}");
    }
}

#[tokio::test]
async fn a_changed_policy_acts_on_the_next_action() {
    let house = House::new().await;
    let before = house.govern(json!({"action_type": "data_read"})).await;
    assert_eq!(before.verdict.as_str(), "CLEARED");
    let id = house
        .act("POST", "/v1/policies", floor("floors"))
        .await
        .must(201)["id"]
        .clone();
    let id = id.as_str().unwrap();
    let with = house
        .govern(json!({"action_type": "data_read", "target_service": "b"}))
        .await;
    assert_eq!(with.verdict.as_str(), "HELD");

    let shown = house.get(&format!("/v1/policies/{id}")).await.ok();
    assert_eq!(shown["evaluation_count"], 1);
    assert_eq!(
        (&shown["fire_count"], &shown["fired_count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(shown["fire_rate"], 1.0);
    assert_eq!(
        shown["verdict_impact"],
        json!({"CLEARED": 0, "HELD": 1, "BLOCKED": 0})
    );
    assert_eq!(shown["last_fired_at"], "2026-04-10T14:32:01.000Z");

    house
        .act("PATCH", &format!("/v1/policies/{id}/toggle"), json!({}))
        .await
        .ok();
    let after = house
        .govern(json!({"action_type": "data_read", "target_service": "c"}))
        .await;
    assert_eq!(after.verdict.as_str(), "CLEARED");
}

#[tokio::test]
async fn a_list_is_made_as_a_whole_or_not_at_all() {
    let house = House::new().await;
    let list = json!({"policies": [floor("a"), floor("b")]});
    let made = house.act("POST", "/v1/policies", list).await.must(201);
    assert_eq!(made["policies"].as_array().unwrap().len(), 2);
    assert_eq!(made["policies"][0]["name"], "a");

    let mut bad = floor("d");
    bad["config"]["floors"]["fix"] = json!(7);
    bad["config"]["surprise"] = json!(1);
    let reply = house
        .act(
            "POST",
            "/v1/policies",
            json!({"policies": [floor("c"), bad]}),
        )
        .await;
    let faults = reply.faults();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults
            .iter()
            .all(|path| path.starts_with("policies[1].config.")),
        "{faults:?}"
    );
    assert_eq!(
        house.get("/v1/policies").await.ok()["total"],
        2,
        "nothing of the bad list is made"
    );
}

#[tokio::test]
async fn policies_are_listed_by_activity_type_and_agent() {
    let house = House::new().await;
    let agent = house.acme.agent.as_str();
    let own = json!({
        "type": "rate_limit", "name": "burst", "scope": "agent", "agent_id": agent,
        "config": {"windows": [{"period": "1m", "max": 9}], "on_exceed": "block"},
    });
    house
        .act("POST", "/v1/policies", floor("floors"))
        .await
        .must(201);
    let own = house.act("POST", "/v1/policies", own).await.must(201);
    house
        .act(
            "DELETE",
            &format!("/v1/policies/{}", own["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
    for (query, total) in [
        ("", 2),
        ("?active=true", 1),
        ("?active=false", 1),
        ("?type=rate_limit", 1),
        ("?policy_type=confidence_floor", 1),
        (&format!("?agent_id={agent}"), 1),
        ("?active=true&type=rate_limit", 0),
    ] {
        assert_eq!(
            house.get(&format!("/v1/policies{query}")).await.ok()["total"],
            total,
            "{query}"
        );
    }
}

#[tokio::test]
async fn disagreements_are_reported_and_not_refused() {
    let house = House::new().await;
    house
        .act("POST", "/v1/policies", floor("floors"))
        .await
        .must(201);
    let mut stricter = floor("stricter");
    stricter["config"]["floors"]["fix"] = json!(0.9);
    let made = house.act("POST", "/v1/policies", stricter).await.must(201);
    let conflict = &made["conflicts"][0];
    assert_eq!(conflict["detector"], "confidence_conflict");
    assert_eq!(conflict["winner_policy_id"], made["id"]);
    assert_eq!(conflict["resolution"], "more_restrictive");
    let all = house.get("/v1/policies/conflicts").await.ok();
    assert_eq!(all["conflicts"], made["conflicts"]);
}

#[tokio::test]
async fn trying_a_policy_out_changes_counts_and_records_nothing() {
    let house = House::new().await;
    let before = house.get("/v1/tenant").await.ok();
    let action = json!({
        "agent_id": house.acme.agent.as_str(), "action_type": "data_read",
        "target_service": "db", "confidence": {"incident": 0.9, "fix": 0.1, "containment": 0.9},
    });
    let trial = json!({"policy": floor("floors"), "action": action});
    let report = house.act("POST", "/v1/policies/test", trial).await.ok();
    assert_eq!(
        (&report["valid"], &report["errors"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(report["simulation"]["verdict"], "HELD");
    assert_eq!(report["simulation"]["baseline"]["verdict"], "CLEARED");
    assert_eq!(
        report["simulation"]["policies_fired"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(house.get("/v1/tenant").await.ok(), before);
    assert_eq!(house.get("/v1/policies").await.ok()["total"], 0);
}

#[tokio::test]
async fn a_policy_with_faults_is_tried_out_in_vain() {
    let house = House::new().await;
    let policy = json!({"type": "rate_limit", "name": "r", "config": {"windows": []}});
    let report = house
        .act("POST", "/v1/policies/test", json!({"policy": policy}))
        .await
        .ok();
    assert_eq!(report["valid"], false);
    assert!(!report["errors"].as_array().unwrap().is_empty());
    assert_eq!(report.get("simulation"), None);
    let bad = json!({"policy": floor("f"), "action": {"agent_id": "agt_1", "extra": 1}});
    let faults = house.act("POST", "/v1/policies/test", bad).await.faults();
    assert_eq!(
        faults,
        [
            "action.action_type",
            "action.target_service",
            "action.extra"
        ]
    );
    let absent = json!({"policy": floor("f"), "replace_policy_id": "pol_none"});
    house
        .act("POST", "/v1/policies/test", absent)
        .await
        .refused(404);
}

#[tokio::test]
async fn a_type_stays_and_every_fault_has_its_path() {
    let house = House::new().await;
    let id = house
        .act("POST", "/v1/policies", floor("f"))
        .await
        .must(201)["id"]
        .clone();
    let path = format!("/v1/policies/{}", id.as_str().unwrap());
    let cases = [
        (json!({"config": {"floors": {"fix": 2, "luck": 1}}}), 2),
        (json!({"type": "rate_limit"}), 1),
        (json!({"name": ""}), 1),
        (json!({"active": "yes", "log_only": 1}), 2),
        (json!([]), 1),
    ];
    for (body, count) in cases {
        let faults = house.act("PUT", &path, body.clone()).await.faults();
        assert_eq!(faults.len(), count, "{body}: {faults:?}");
    }
    assert_eq!(house.get(&path).await.ok()["version"], 1);
}
