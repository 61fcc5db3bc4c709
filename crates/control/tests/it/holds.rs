//! The life of a hold.

use crate::house::House;
use serde_json::json;
use std::{
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

fn at(hold: &str, what: &str) -> String {
    format!("/v1/holds/{hold}/{what}")
}

#[tokio::test]
async fn a_hold_waits_is_counted_and_is_released_once() {
    let house = House::new().await;
    let id = house.held().await;
    let stats = house.get("/v1/holds/stats").await.ok();
    assert_eq!(
        (&stats["queue_depth"], &stats["oldest"]),
        (&json!(1), &json!("2026-04-10T14:32:01.000Z"))
    );
    let hold = house.get(&at(&id, "review")).await.ok();
    assert_eq!(
        (&hold["status"], &hold["execute"]),
        (&json!("HELD"), &json!(false))
    );
    assert_eq!(hold["parameters"], json!({"cost_usd": 1}));
    assert_eq!(hold["reasoning"], "The team was promised these nodes");

    let why = json!({"reason": "promised"}).to_string();
    let path = at(&id, "release");
    let released = house
        .call(("POST", &path), &house.acme.operator, why)
        .await
        .ok();
    assert_eq!(
        (&released["status"], &released["execute"]),
        (&json!("RELEASED"), &json!(true))
    );
    assert!(
        released["decided_by"]
            .as_str()
            .unwrap()
            .starts_with("person:per_")
    );
    let again = house.call(("POST", &path), &house.acme.operator, "").await;
    assert_eq!(again.refused(409), "hold.already_decided");
    let kill = house
        .call(("POST", &at(&id, "kill")), &house.acme.operator, "")
        .await;
    assert_eq!(kill.refused(409), "hold.already_decided");
    assert_eq!(house.get("/v1/holds/stats").await.ok()["queue_depth"], 0);
}

#[tokio::test]
async fn an_empty_body_decides_as_well() {
    let house = House::new().await;
    let id = house.held().await;
    let killed = house
        .call(("POST", &at(&id, "kill")), &house.acme.operator, "")
        .await
        .ok();
    assert_eq!(
        (&killed["status"], &killed["decision"]),
        (&json!("KILLED"), &json!("kill"))
    );
    assert_eq!(killed["execute"], false);
}

#[tokio::test]
async fn what_destroys_needs_two_people() {
    let house = House::new().await;
    let answer = house
        .govern(json!({
            "action_type": "workloads.cancel",
            "parameters": {"status": "running", "cost_usd": 0},
        }))
        .await;
    let id = answer.hold.expect("held").id;
    let path = at(&id, "release");
    let first = house
        .call(("POST", &path), &house.acme.operator, "")
        .await
        .ok();
    assert_eq!(
        (&first["status"], &first["approvals_required"]),
        (&json!("HELD"), &json!(2))
    );
    assert_eq!(first["approvals"].as_array().unwrap().len(), 1);
    let same = house.call(("POST", &path), &house.acme.operator, "").await;
    assert_eq!(same.refused(409), "approval.same_person");
    let second = house
        .call(("POST", &path), &house.acme.second_operator, "")
        .await
        .ok();
    assert_eq!(second["status"], "RELEASED");
}

#[tokio::test]
async fn a_late_decision_is_none() {
    let house = House::new().await;
    let id = house.held().await;
    house.clock.advance(Duration::from_secs(3_600));
    let hold = house.get(&at(&id, "review")).await.ok();
    assert_eq!(hold["status"], "TIMED_OUT", "whether or not it was swept");
    let late = house
        .call(("POST", &at(&id, "release")), &house.acme.operator, "")
        .await;
    assert_eq!(late.refused(409), "hold.expired");
    assert_eq!(
        house.get("/v1/holds?status=HELD").await.ok()["holds"],
        json!([])
    );
    house.firewall.sweep().await.unwrap();
    let over = house.get("/v1/holds?status=timed_out").await.ok();
    assert_eq!(over["holds"][0]["id"], id);
    let later = house
        .call(("POST", &at(&id, "release")), &house.acme.operator, "")
        .await;
    assert_eq!(later.refused(409), "hold.already_decided");
}

#[tokio::test]
async fn holds_come_in_pages_newest_first() {
    let house = House::new().await;
    let mut made = Vec::new();
    for target in ["a", "b", "c"] {
        let action = json!({
            "action_type": "reservations.create", "target_service": target,
            "parameters": {"cost_usd": 1},
        });
        made.push(house.govern(action).await.hold.unwrap().id);
        house.clock.advance(Duration::from_secs(1));
    }
    let first = house.get("/v1/holds?limit=2").await.ok();
    let second = house.get("/v1/holds?limit=2&page=2").await.ok();
    assert_eq!(
        (&first["has_more"], &second["has_more"]),
        (&json!(true), &json!(false))
    );
    let ids: Vec<&str> = [&first, &second]
        .iter()
        .flat_map(|page| page["holds"].as_array().unwrap())
        .map(|hold| hold["id"].as_str().unwrap())
        .collect();
    made.reverse();
    assert_eq!(ids, made);
    let day = house
        .get("/v1/holds?start_date=2026-04-10&end_date=2026-04-10")
        .await
        .ok();
    assert_eq!(day["holds"].as_array().unwrap().len(), 3);
    let other = house.get("/v1/holds?start_date=2026-04-11").await.ok();
    assert_eq!(other["holds"], json!([]));
}

#[tokio::test]
async fn a_signed_request_is_good_for_its_own_decision_alone() {
    let house = House::new().await;
    let (id, other) = (house.held().await, {
        let action = json!({
            "action_type": "reservations.create", "target_service": "other",
            "parameters": {"cost_usd": 1},
        });
        house.govern(action).await.hold.unwrap().id
    });
    let asked = house.get(&at(&id, "request?choice=approve")).await.ok();
    assert_eq!(asked["level"], 0);
    assert_eq!(asked["challenge"].as_str().unwrap().len(), 43);
    let answer = json!({"token": asked["token"]}).to_string();
    for path in [at(&other, "release"), at(&id, "kill")] {
        let reply = house
            .call(("POST", &path), &house.acme.operator, answer.clone())
            .await;
        assert_eq!(reply.refused(409), "approval.other_request", "{path}");
    }
    let forged = json!({"token": "pca1.e30.e30"}).to_string();
    let forged = house
        .call(("POST", &at(&id, "release")), &house.acme.operator, forged)
        .await;
    assert_eq!(forged.refused(409), "approval.malformed");
    let released = house
        .call(("POST", &at(&id, "release")), &house.acme.operator, answer)
        .await
        .ok();
    assert_eq!(released["status"], "RELEASED");
    let late = house.get(&at(&id, "request?choice=approve")).await;
    assert_eq!(late.refused(409), "hold.already_decided");
}

#[tokio::test]
async fn approvers_see_what_they_decide_from() {
    let house = House::new().await;
    let id = house.held().await;
    let sight = house.get(&at(&id, "sight")).await.ok();
    assert_eq!(
        (
            &sight["hold_id"],
            &sight["agent_name"],
            &sight["hidden_bytes"]
        ),
        (&json!(id), &json!("ops-bot"), &json!(0))
    );
    assert_eq!(sight["words"], "The team was promised these nodes");
    let lines = sight["parameters"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["text"] == "  \"cost_usd\": 1"),
        "{sight}"
    );

    house
        .call(("POST", &at(&id, "kill")), &house.acme.operator, "")
        .await
        .ok();
    let hold = house.get(&at(&id, "review")).await.ok();
    assert_eq!(hold["rejection"]["name"], "ann");
    assert_eq!(hold["rejection"]["way"], "api");
    let sight = house.get(&at(&id, "sight")).await.ok();
    assert_eq!(sight["votes"][0]["choice"], "reject");
}

/// What independent tools say of a bundle.
#[expect(
    clippy::disallowed_methods,
    reason = "where `make` has put the packages"
)]
fn verified(bundle: &str) -> String {
    let python = std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| {
        panic!("PORTCULLIS_PYTHON names no Python with securesystemslib: run `make test`")
    });
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../firewall/tests/it/evidence.py"
    );
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(bundle.as_bytes()).unwrap();
    drop(stdin);
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[tokio::test]
async fn the_evidence_of_a_decided_hold_is_verified_without_the_gate() {
    let house = House::new().await;
    let id = house.held().await;
    let path = at(&id, "evidence");
    let early = house.get(&path).await;
    assert_eq!(early.refused(409), "hold.not_decided");
    let release = at(&id, "release");
    house
        .call(("POST", &release), &house.acme.operator, "")
        .await
        .ok();
    for token in [&house.acme.member, &house.globex.architect] {
        house.call(("GET", &path), token, "").await.refused(404);
    }
    house
        .call(("GET", &path), &house.acme.agent_token, "")
        .await
        .refused(403);
    let bundle = house.call(("GET", &path), &house.acme.viewer, "").await;
    assert_eq!(bundle.ok()["status"], "RELEASED");
    assert_eq!(verified(&bundle.text), "verified 1\n");
}
