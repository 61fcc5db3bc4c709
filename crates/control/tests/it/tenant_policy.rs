//! The tenant policy: checked, compared, replaced, and never half applied.

use crate::house::{House, TENANT_POLICY};
use serde_json::json;

const LOOSER: &str = "
version: 1
timezone: Europe/Berlin
actions:
  - action: data_read
  - action: log_rotate
  - action: reservations.create
  - action: workloads.cancel
  - action: workloads.submit
budgets:
  daily_usd: 50
  monthly_usd: 1000
";

#[tokio::test]
async fn a_tenant_policy_is_replaced_as_yaml_or_json() {
    let house = House::new().await;
    let first = house.get("/v1/tenant-policy").await.ok();
    assert_eq!(first["version"], 1);
    let architect = &house.acme.architect;
    let second = house
        .call(("PUT", "/v1/tenant-policy"), architect, LOOSER)
        .await
        .ok();
    assert_eq!(
        (&second["version"], &second["loosens"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(second["policy"]["budgets"]["daily_usd"], 50.0);

    let json = first["policy"].to_string();
    let third = house
        .call(("PUT", "/v1/tenant-policy"), architect, json)
        .await
        .ok();
    assert_eq!(third["version"], 3);
    assert_eq!(third["policy"], first["policy"]);

    let versions = house.get("/v1/tenant-policy/versions").await.ok();
    let versions = versions["versions"].as_array().unwrap();
    assert_eq!(
        versions
            .iter()
            .map(|v| v["version"].as_u64().unwrap())
            .collect::<Vec<_>>(),
        [3, 2, 1]
    );
    assert!(versions[0]["since_seq"].as_u64() > versions[1]["since_seq"].as_u64());
}

#[tokio::test]
async fn a_new_tenant_policy_acts_on_the_next_action() {
    let house = House::new().await;
    let submit = json!({
        "action_type": "workloads.submit",
        "parameters": {"gpus": 1, "hours": 1, "cost_usd": 1},
    });
    assert_eq!(
        house.govern(submit.clone()).await.verdict.as_str(),
        "BLOCKED"
    );
    house
        .call(("PUT", "/v1/tenant-policy"), &house.acme.architect, LOOSER)
        .await
        .ok();
    assert_ne!(
        house.govern(submit).await.rule_violated.as_deref(),
        Some("policy.not_allowed")
    );
}

#[tokio::test]
async fn a_comparison_marks_what_loosens() {
    let house = House::new().await;
    let viewer = &house.acme.viewer;
    let report = house
        .call(("POST", "/v1/tenant-policy/diff"), viewer, LOOSER)
        .await
        .ok();
    let changes: Vec<(&str, bool)> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (
                change["path"].as_str().unwrap(),
                change["loosens"].as_bool().unwrap(),
            )
        })
        .collect();
    assert!(
        changes.contains(&("budgets.daily_usd", false)),
        "{changes:?}"
    );
    assert!(
        changes
            .iter()
            .any(|(path, loosens)| path.contains("workloads.submit") && *loosens)
    );
    let same = house
        .call(("POST", "/v1/tenant-policy/diff"), viewer, TENANT_POLICY)
        .await
        .ok();
    assert_eq!(
        (&same["changes"], &same["loosens"]),
        (&json!([]), &json!(false))
    );
    assert_eq!(
        house.get("/v1/tenant-policy").await.ok()["version"],
        1,
        "nothing is applied"
    );
}

#[tokio::test]
async fn checking_says_everything_that_is_wrong() {
    let house = House::new().await;
    let viewer = &house.acme.viewer;
    let bad =
        "version: 2\nactions:\n  - action: data_read\n    surprise: 1\nbudgets:\n  daily_usd: -1\n";
    let path = ("POST", "/v1/tenant-policy/validate");
    let report = house.call(path, viewer, bad).await.ok();
    assert_eq!(report["valid"], false);
    let paths: Vec<&str> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["path"].as_str().unwrap())
        .collect();
    for expected in ["version", "actions[0].surprise", "budgets.daily_usd"] {
        assert!(paths.contains(&expected), "{expected}: {paths:?}");
    }
    let report = house.call(path, viewer, TENANT_POLICY).await.ok();
    assert_eq!(report["valid"], true);
    assert_eq!(
        (&report["summary"]["allowed"], &report["summary"]["budgets"]),
        (&json!(4), &json!(true))
    );
    let foreign = format!("tenant: globex\n{TENANT_POLICY}");
    assert_eq!(house.call(path, viewer, foreign).await.ok()["valid"], false);
}

#[tokio::test]
async fn a_faulty_tenant_policy_leaves_the_one_in_force() {
    let house = House::new().await;
    let put = ("PUT", "/v1/tenant-policy");
    let architect = &house.acme.architect;
    for bad in [
        "version: 1\nactions: 3\n",
        "tenant: globex\nversion: 1\n",
        "{\"version\":1,\"version\":1}",
    ] {
        assert_eq!(
            house.call(put, architect, bad).await.refused(422),
            "request.invalid"
        );
    }
    assert_eq!(
        house.call(put, architect, " ").await.refused(400),
        "request.malformed"
    );
    let not_utf8: Vec<u8> = vec![0xff, 0xfe];
    house.call(put, architect, not_utf8).await.refused(400);
    assert_eq!(house.get("/v1/tenant-policy").await.ok()["version"], 1);
}
