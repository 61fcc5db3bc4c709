//! A request that is sent again is not a second request.

use super::fixture::{Gate, list, submit};
use portcullis_firewall::{batch::DocumentKind, query::DocumentQuery};
use portcullis_policy::tier::Verdict;

async fn holds(gate: &Gate) -> usize {
    let all = DocumentQuery::all(DocumentKind::Hold);
    gate.firewall
        .holds(&gate.architect, all)
        .await
        .expect("a list")
        .len()
}

#[tokio::test]
async fn while_the_first_is_held_the_same_request_gets_the_same_hold() {
    let gate = Gate::open().await;
    let first = gate.ask(submit(5, 1.0)).await.expect("an answer");
    let again = gate.ask(submit(5, 1.0)).await.expect("an answer");
    assert_eq!(again.hold, first.hold);
    assert_eq!((again.seq, again.verdict), (first.seq, Verdict::Held));
    assert!(again.repeated && !first.repeated);
    assert_eq!(holds(&gate).await, 1);
}

#[tokio::test]
async fn another_request_gets_another_hold() {
    let gate = Gate::open().await;
    gate.ask(submit(5, 1.0)).await.expect("an answer");
    gate.ask(submit(6, 1.0)).await.expect("an answer");
    assert_eq!(holds(&gate).await, 2);
}

#[tokio::test]
async fn after_the_retry_window_it_is_a_new_request() {
    let gate = Gate::open().await;
    gate.ask(submit(5, 1.0)).await.expect("an answer");
    gate.advance(150);
    assert!(gate.ask(submit(5, 1.0)).await.expect("an answer").repeated);
    gate.advance(1);
    assert!(!gate.ask(submit(5, 1.0)).await.expect("an answer").repeated);
    assert_eq!(holds(&gate).await, 2);
}

#[tokio::test]
async fn after_the_hold_ended_it_is_a_new_request() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 1.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    gate.firewall
        .kill(&gate.ann, &id, None)
        .await
        .expect("killed");
    assert!(!gate.ask(submit(5, 1.0)).await.expect("an answer").repeated);
}

#[tokio::test]
async fn retries_are_recognised_after_a_crash() {
    let mut gate = Gate::open().await;
    let first = gate.ask(submit(5, 1.0)).await.expect("an answer");
    gate.reopen().await;
    let again = gate.ask(submit(5, 1.0)).await.expect("an answer");
    assert_eq!(again.hold, first.hold);
}

#[tokio::test]
async fn an_idempotency_key_gives_the_first_answer_for_a_day() {
    let mut gate = Gate::open().await;
    let first = gate
        .ask_as(&gate.own, list(), Some("k1"))
        .await
        .expect("an answer");
    let again = gate
        .ask_as(&gate.own, list(), Some("k1"))
        .await
        .expect("an answer");
    assert_eq!((again.seq, again.hash), (first.seq, first.hash));
    gate.reopen().await;
    let after = gate
        .ask_as(&gate.own, list(), Some("k1"))
        .await
        .expect("an answer");
    assert!(after.repeated);
    gate.advance(24 * 3_600 + 1);
    gate.firewall.sweep().await.expect("swept");
    let later = gate
        .ask_as(&gate.own, list(), Some("k1"))
        .await
        .expect("an answer");
    assert!(!later.repeated);
}

#[tokio::test]
async fn an_idempotency_key_serves_one_request_only() {
    let gate = Gate::open().await;
    gate.ask_as(&gate.own, list(), Some("k1"))
        .await
        .expect("an answer");
    let error = gate
        .ask_as(&gate.own, submit(1, 1.0), Some("k1"))
        .await
        .expect_err("another");
    assert_eq!(error.code(), "idempotency.mismatch");
}

#[tokio::test]
async fn a_retry_of_what_is_held_is_judged_by_the_rules_of_now() {
    let gate = Gate::open().await;
    let first = gate.ask(submit(5, 1.0)).await.expect("an answer");
    assert!(gate.ask(submit(5, 1.0)).await.expect("an answer").repeated);
    gate.policies("{ type: action_type_block, name: none, config: { action_types: [workloads.submit], verdict: BLOCKED } }")
        .await;
    let again = gate.ask(submit(5, 1.0)).await.expect("an answer");
    assert_eq!((again.verdict, again.repeated), (Verdict::Blocked, false));
    assert!(again.seq > first.seq, "it has a record of its own");
}

#[tokio::test]
async fn a_retry_of_what_is_held_does_not_count_against_its_own_limit() {
    let gate = Gate::open().await;
    gate.policies("{ type: rate_limit, name: one, config: { windows: [{ period: 1m, max: 1 }] } }")
        .await;
    let first = gate.ask(submit(5, 60.0)).await.expect("an answer");
    assert_eq!(first.verdict, Verdict::Held);
    // Neither the one action of the minute nor most of the day's budget speaks against itself.
    let again = gate.ask(submit(5, 60.0)).await.expect("an answer");
    assert_eq!((again.verdict, again.seq), (Verdict::Held, first.seq));
}
