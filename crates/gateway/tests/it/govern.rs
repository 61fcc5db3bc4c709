//! Governing one action and many.

use crate::house::{House, masked};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};

fn read() -> Value {
    json!({"action_type": "data_read", "target_service": "reports"})
}

#[tokio::test]
async fn a_cleared_action_may_be_executed() {
    let house = House::new().await;
    let answer = house.ask("/v1/govern", &read()).await.ok();
    assert_eq!(answer["seq"], house.head().await.seq);
    insta::assert_json_snapshot!(masked(answer));
}

#[tokio::test]
async fn a_held_action_waits_for_people() {
    let house = House::new().await;
    let mut body = read();
    body["action_type"] = "allocations.release".into();
    let answer = house.ask("/v1/govern", &body).await.ok();
    assert_eq!(answer["execute"], false);
    insta::assert_json_snapshot!(masked(answer));
}

#[tokio::test]
async fn a_blocked_action_is_a_200_that_names_the_rule() {
    let house = House::new().await;
    let mut body = read();
    body["action_type"] = "data_shred".into();
    let answer = house.ask("/v1/govern", &body).await.ok();
    assert_eq!(answer["execute"], false);
    insta::assert_json_snapshot!(masked(answer));
}

#[tokio::test]
async fn a_cleared_action_comes_with_a_permit_when_asked() {
    let house = House::new().await;
    let mut body = read();
    body["permit"] = true.into();
    let answer = house.ask("/v1/govern", &body).await.ok();
    assert!(
        answer["permit"]
            .as_str()
            .is_some_and(|permit| !permit.is_empty()),
        "{answer}"
    );
}

#[tokio::test]
async fn an_owed_dry_run_withholds_the_permit_and_says_so() {
    let house = House::new().await;
    let body = json!({"action_type": "log_rotate", "target_service": "web", "permit": true});
    let answer = house.ask("/v1/govern", &body).await.ok();
    assert_eq!(answer["obligations"]["dry_run"], true);
    assert!(answer["permit_withheld"].is_string());
    assert!(answer.get("permit").is_none());
}

#[tokio::test]
async fn an_agent_that_names_another_agent_is_blocked_by_a_principle_and_sealed() {
    let house = House::new().await;
    for named in [&house.acme.other_agent, &house.globex.agent] {
        let before = house.head().await.seq;
        let mut body = read();
        body["agent_id"] = named.as_str().into();
        let answer = house.ask("/v1/govern", &body).await.ok();
        assert_eq!(
            (&answer["verdict"], &answer["tier"]),
            (&json!("BLOCKED"), &json!("X"))
        );
        assert!(house.head().await.seq > before);
    }
}

#[tokio::test]
async fn a_client_must_name_an_agent_of_its_own_tenant() {
    let house = House::new().await;
    let before = house.head().await;
    let unnamed = house
        .post("/v1/govern", &house.acme.client_token, read().to_string())
        .await;
    assert_eq!(unnamed.error(), (422, "request.invalid".to_owned()));
    let mut body = read();
    body["agent_id"] = house.globex.agent.as_str().into();
    let foreign = house
        .post("/v1/govern", &house.acme.client_token, body.to_string())
        .await;
    assert_eq!(foreign.error(), (404, "not_found".to_owned()));
    assert_eq!(house.head().await, before);
    body["agent_id"] = house.acme.agent.as_str().into();
    let own = house
        .post("/v1/govern", &house.acme.client_token, body.to_string())
        .await
        .ok();
    assert_eq!(own["verdict"], "CLEARED");
}

#[tokio::test]
async fn viewers_and_operators_do_not_ask_for_actions() {
    let house = House::new().await;
    let mut body = read();
    body["agent_id"] = house.acme.agent.as_str().into();
    let reply = house
        .post("/v1/govern", &house.acme.viewer_token, body.to_string())
        .await;
    assert_eq!(reply.error(), (403, "auth.forbidden".to_owned()));
}

#[tokio::test]
async fn an_idempotency_key_gives_the_first_answer_again() {
    let house = House::new().await;
    let send = async |body: &Value| {
        let request = Request::post("/v1/govern")
            .header(
                "authorization",
                format!("Bearer {}", house.acme.agent_token),
            )
            .header("idempotency-key", "order-66")
            .body(Body::from(body.to_string()))
            .unwrap();
        house.send(request).await
    };
    let first = send(&read()).await.ok();
    let second = send(&read()).await.ok();
    assert_eq!(
        (&first["repeated"], &second["repeated"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(first["seq"], second["seq"]);
    let mut other = read();
    other["target_service"] = "ledgers".into();
    assert_eq!(
        send(&other).await.error(),
        (409, "idempotency.mismatch".to_owned())
    );
}

#[tokio::test]
async fn without_a_record_there_is_no_verdict() {
    let house = House::new().await;
    house.ledger.fail_next(1);
    let reply = house.ask("/v1/govern", &read()).await;
    assert_eq!(reply.error(), (503, "gate.unavailable".to_owned()));
    assert!(
        !reply.text.contains("on demand"),
        "the inner text came out: {}",
        reply.text
    );
    insta::assert_json_snapshot!(reply.json());
    assert_eq!(
        house.ask("/v1/govern", &read()).await.ok()["verdict"],
        "CLEARED"
    );
}

#[tokio::test]
async fn without_randomness_there_is_no_verdict() {
    let house = House::new().await;
    house.entropy.run_dry(true);
    let reply = house.ask("/v1/govern", &read()).await;
    assert_eq!(reply.error(), (503, "gate.unavailable".to_owned()));
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order() {
    let house = House::new().await;
    let body = json!({"actions": [
        {"action_type": "data_read", "target_service": "one"},
        {"action_type": "data_shred", "target_service": "two"},
        {"action_type": "allocations.release", "target_service": "three"},
    ]});
    let commits = house.ledger.commits();
    let answer = house.ask("/v1/govern/batch", &body).await.ok();
    let of = |key: &str| -> Vec<Value> {
        answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one[key].clone())
            .collect()
    };
    assert_eq!(of("verdict"), ["CLEARED", "BLOCKED", "HELD"]);
    let seqs: Vec<u64> = of("seq").iter().map(|seq| seq.as_u64().unwrap()).collect();
    assert!(seqs.is_sorted(), "{seqs:?}");
    assert_eq!(house.ledger.commits(), commits + 1);
}

#[tokio::test]
async fn an_action_of_a_batch_without_a_verdict_says_not_to_execute() {
    let house = House::new().await;
    let known = json!({"agent_id": house.acme.agent.as_str(), "action_type": "data_read",
        "target_service": "one"});
    let mut unknown = known.clone();
    unknown["agent_id"] = "agt_nobody".into();
    let body = json!({"actions": [known, unknown]}).to_string();
    let answer = house
        .post("/v1/govern/batch", &house.acme.client_token, body)
        .await
        .ok();
    assert_eq!(answer["results"][0]["verdict"], "CLEARED");
    insta::assert_json_snapshot!(answer["results"][1]);
}

#[tokio::test]
async fn a_batch_that_cannot_be_sealed_is_refused_as_a_whole() {
    let house = House::new().await;
    house.ledger.fail_next(1);
    let body = json!({"actions": [read(), read()]});
    let reply = house.ask("/v1/govern/batch", &body).await;
    assert_eq!(reply.error(), (503, "gate.unavailable".to_owned()));
}

#[tokio::test]
async fn a_batch_repeats_each_action_under_its_own_key() {
    let house = House::new().await;
    let body = json!({"actions": [read(), read()]}).to_string();
    let send = async || {
        let request = Request::post("/v1/govern/batch")
            .header(
                "authorization",
                format!("Bearer {}", house.acme.agent_token),
            )
            .header("idempotency-key", "order-66")
            .body(Body::from(body.clone()))
            .unwrap();
        house.send(request).await.ok()
    };
    let (first, second) = (send().await, send().await);
    for at in 0..2 {
        assert_eq!(first["results"][at]["seq"], second["results"][at]["seq"]);
        assert_eq!(second["results"][at]["repeated"], true);
    }
    assert_ne!(first["results"][0]["seq"], first["results"][1]["seq"]);
}

#[tokio::test]
async fn what_a_policy_on_trial_would_have_done_is_told_beside_the_verdict() {
    let house = House::new().await;
    let policy = json!({
        "name": "No reports", "type": "action_type_block", "log_only": true,
        "config": {"action_types": ["data_read"], "reason": "on trial"},
    });
    let drafts = vec![portcullis_policy::cham::read::draft(&policy).unwrap()];
    house
        .firewall
        .create_policies(&house.acme.architect, drafts)
        .await
        .unwrap();
    let answer = house.ask("/v1/govern", &read()).await.ok();
    assert_eq!(
        (&answer["verdict"], &answer["execute"]),
        (&json!("CLEARED"), &json!(true))
    );
    assert_eq!(answer["would"]["verdict"], "BLOCKED");
}
