//! When something breaks, nothing is answered that is not durable.

use super::fixture::{Gate, list, submit};
use portcullis_policy::tier::Verdict;

#[tokio::test]
async fn without_a_ledger_there_is_no_verdict_and_nothing_is_counted() {
    let gate = Gate::open().await;
    let before = gate.head().await;
    gate.ledger.fail_next(1);
    let error = gate.ask(submit(1, 60.0)).await.expect_err("no ledger");
    assert_eq!(error.code(), "gate.unavailable");
    assert_eq!(gate.head().await, before);
    let answer = gate.ask(submit(1, 60.0)).await.expect("an answer");
    assert_eq!(
        answer.verdict,
        Verdict::Cleared,
        "the first attempt reserved nothing"
    );
}

#[tokio::test]
async fn a_lost_answer_leaves_its_record_and_the_gate_goes_on_behind_it() {
    let gate = Gate::open().await;
    let before = gate.head().await;
    gate.ledger.fail_after_write(1);
    gate.ask(submit(1, 60.0))
        .await
        .expect_err("the answer is lost");
    assert_eq!(gate.head().await, before + 1);
    let answer = gate.ask(submit(1, 60.0)).await.expect("an answer");
    assert_eq!(
        answer.verdict,
        Verdict::Blocked,
        "the first one holds 60 of the 100 dollars"
    );
    assert_eq!(answer.seq, before + 2);
}

#[tokio::test]
async fn while_reading_fails_the_gate_refuses_and_afterwards_it_recovers() {
    let gate = Gate::open().await;
    gate.ledger.fail_next(1);
    gate.ledger.fail_reads(true);
    gate.ask(list()).await.expect_err("no ledger");
    let error = gate.ask(list()).await.expect_err("no image");
    assert_eq!(error.code(), "gate.unavailable");
    gate.ledger.fail_reads(false);
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
}
