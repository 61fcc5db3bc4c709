//! The gate acts for agents, and looks first.

use crate::{house::House, schema::assert_fits};
use portcullis_testkit::{FakeHands, hands::LEAKED};
use serde_json::{Value, json};
use std::sync::{Arc, atomic::Ordering};

const RULES: &str = "
version: 1
actions:
  - action: data_read
  - action: workloads.submit
  - action: allocations.release
";

async fn house() -> (House, Arc<FakeHands>) {
    let house = House::new().await;
    let policy = portcullis_policy::tenant::read::parse(RULES).unwrap();
    let acme = &house.acme.architect;
    house
        .firewall
        .apply_tenant_policy(acme, policy)
        .await
        .unwrap();
    let hands = FakeHands::of(&house.firewall);
    (house, hands)
}

fn action(kind: &str, target: &str) -> Value {
    json!({ "action_type": kind, "target_service": target, "parameters": { "requested_gpus": 2 } })
}

fn read(target: &str) -> Value {
    action("data_read", target)
}

fn submit(target: &str) -> Value {
    action("workloads.submit", target)
}

#[tokio::test]
async fn a_cleared_action_is_done_and_what_came_back_is_screened() {
    let (house, hands) = house().await;
    let reply = house.ask("/v1/act", &read("reports")).await;
    assert!(!reply.text.contains(LEAKED), "{}", reply.text);
    let reply = reply.ok();
    assert_fits("ActReply", &reply);
    assert_fits("GovernReply", &reply["decision"]);
    assert_fits("Execution", &reply["execution"]);
    assert_eq!(reply["execution"]["ended"], "done");
    assert_eq!(reply["execution"]["seq"], reply["decision"]["seq"]);
    assert_eq!(reply["execution"]["outcome_seq"], house.head().await.seq);
    assert!(reply["decision"].get("permit").is_none(), "none is kept");
    assert_eq!(hands.orders().len(), 1);
}

#[tokio::test]
async fn a_refused_action_is_not_done() {
    let (house, hands) = house().await;
    let reply = house
        .ask("/v1/act", &action("data_export", "reports"))
        .await
        .ok();
    assert_eq!(reply["decision"]["verdict"], "BLOCKED");
    assert_eq!(reply["execution"], Value::Null);
    let reply = house
        .ask("/v1/dry-runs", &action("data_export", "x"))
        .await
        .ok();
    assert_eq!(
        (&reply["dry_run"], &reply.get("permit")),
        (&Value::Null, &None)
    );
    assert_eq!((hands.orders().len(), hands.looks().len()), (0, 0));
}

#[tokio::test]
async fn what_nobody_here_does_is_left_to_the_agent() {
    let (house, hands) = house().await;
    let reply = house.ask("/v1/act", &read("elsewhere")).await;
    assert_eq!(reply.error(), (409, "target.none".to_owned()));
    assert!(hands.orders().is_empty());
}

#[tokio::test]
async fn a_failure_and_an_unknown_end_say_so() {
    let (house, hands) = house().await;
    for (target, ended) in [
        ("fails", "failed"),
        ("is-silent", "unknown"),
        ("panics", "unknown"),
    ] {
        let reply = house.ask("/v1/act", &read(target)).await.ok();
        assert_eq!(reply["execution"]["ended"], ended, "{target}");
        let seq = &reply["execution"]["seq"];
        let again = house
            .ask(&format!("/v1/actions/{seq}/act"), &json!({}))
            .await;
        assert_eq!(again.error().0, 404, "{target}: it is not tried again");
    }
    assert_eq!(hands.orders().len(), 3);
}

#[tokio::test]
async fn a_hold_is_done_once_after_people_released_it() {
    let (house, hands) = house().await;
    let held = house
        .ask("/v1/act", &action("allocations.release", "a-1"))
        .await
        .ok();
    assert_eq!(held["execution"], Value::Null);
    let hold = held["decision"]["hold_id"].as_str().unwrap().to_owned();
    let path = format!("/v1/holds/{hold}/act");
    let early = house.ask(&path, &json!({})).await;
    assert_eq!(early.error(), (409, "hold.not_released".to_owned()));
    for person in &house.acme.operators {
        house.firewall.release(person, &hold, None).await.unwrap();
    }
    let other = house.post(&path, &house.acme.other_agent_token, "").await;
    assert_eq!(other.error(), (404, "not_found".to_owned()));
    let done = house.ask(&path, &json!({})).await.ok();
    assert_fits("ActReply", &done);
    assert_eq!(done["execution"]["ended"], "done");
    let again = house.ask(&path, &json!({})).await;
    assert_eq!(again.error(), (409, "hold.claimed".to_owned()));
    assert_eq!(hands.orders().len(), 1);
}

#[tokio::test]
async fn a_dry_run_shows_what_would_happen_and_brings_the_permit() {
    let (house, hands) = house().await;
    hands.rows.store(3, Ordering::SeqCst);
    let reply = house.ask("/v1/dry-runs", &submit("pool")).await;
    assert!(!reply.text.contains(LEAKED), "{}", reply.text);
    let reply = reply.ok();
    assert_fits("DryRunReply", &reply);
    assert_fits("DryRun", &reply["dry_run"]);
    assert_fits("Check", &reply["dry_run"]["checks"][0]);
    assert_eq!(
        (&reply["dry_run"]["passed"], &reply["dry_run"]["rows"]),
        (&json!(true), &json!(3))
    );
    let permit = json!({ "permit": reply["permit"] });
    assert_eq!(
        house.ask("/v1/permits/redeem", &permit).await.ok()["execute"],
        true
    );
    assert!(hands.orders().is_empty());
}

#[tokio::test]
async fn a_dry_run_does_not_match_another_action() {
    let (house, hands) = house().await;
    let run = house.ask("/v1/dry-runs", &submit("pool")).await.ok();
    let named = |mut action: Value| {
        action["dry_run_id"] = run["dry_run"]["dry_run_id"].clone();
        action
    };
    let mut changed = submit("pool");
    changed["parameters"]["requested_gpus"] = json!(3);
    let reply = house.ask("/v1/act", &named(changed)).await;
    assert_eq!(reply.error(), (409, "dryrun.mismatch".to_owned()));
    assert!(hands.orders().is_empty());
    let reply = house.ask("/v1/act", &named(submit("pool"))).await.ok();
    assert_eq!(reply["execution"]["seq"], run["decision"]["seq"]);
    let reply = house.ask("/v1/act", &named(submit("pool"))).await;
    assert_eq!(reply.error(), (409, "dryrun.missing".to_owned()));
    let reply = house.ask("/v1/act", &json!({ "dry_run_id": 7 })).await;
    assert_eq!(reply.error().0, 422);
}

#[tokio::test]
async fn what_has_moved_since_its_dry_run_is_not_done() {
    let (house, hands) = house().await;
    let run = house.ask("/v1/dry-runs", &submit("pool")).await.ok();
    let seq = run["decision"]["seq"].clone();
    hands.rows.store(9, Ordering::SeqCst);
    let reply = house
        .ask(&format!("/v1/actions/{seq}/act"), &json!({}))
        .await;
    assert_eq!(reply.error(), (409, "dryrun.moved".to_owned()));
    let again = house
        .ask(&format!("/v1/actions/{seq}/dry-run"), &json!({}))
        .await
        .ok();
    assert_eq!(again["dry_run"]["rows"], 9);
    let reply = house
        .ask(&format!("/v1/actions/{seq}/act"), &json!({}))
        .await
        .ok();
    assert_eq!(reply["execution"]["ended"], "done");
    let none = house.ask("/v1/dry-runs", &read("reports")).await;
    assert_eq!(none.error(), (409, "dryrun.none".to_owned()));
}
