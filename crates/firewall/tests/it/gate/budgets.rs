//! Budgets are reserved, settled and given back, and never overdrawn.

use super::fixture::{Gate, submit};
use portcullis_firewall::turn::OutcomeResult;
use portcullis_policy::{amount::Micros, tier::Verdict};

async fn committed(gate: &Gate) -> (f64, f64) {
    let budgets = gate
        .firewall
        .budgets(&gate.architect)
        .await
        .expect("budgets");
    let [budget] = budgets.as_slice() else {
        panic!("{budgets:?}")
    };
    (
        budget.account.reserved.units(),
        budget.account.spent.units(),
    )
}

async fn verdict(gate: &Gate, usd: f64) -> Verdict {
    gate.ask(submit(1, usd)).await.expect("an answer").verdict
}

#[tokio::test]
async fn of_twenty_at_once_that_take_a_tenth_each_ten_pass() {
    let gate = Gate::open().await;
    let mut asked = Vec::new();
    for _ in 0..20 {
        let bytes = submit(0, 10.0).to_string();
        let own = gate.own.clone();
        let request = gate
            .firewall
            .read_request(&own, bytes.as_bytes(), None)
            .expect("read");
        let firewall = gate.firewall.clone();
        asked.push(tokio::spawn(
            async move { firewall.govern(&own, request).await },
        ));
    }
    let mut passed = 0;
    for answer in asked {
        let answer = answer.await.expect("no panic").expect("an answer");
        passed += usize::from(answer.verdict != Verdict::Blocked);
    }
    assert_eq!(passed, 10);
    assert_eq!(committed(&gate).await, (100.0, 0.0));
}

#[tokio::test]
async fn exactly_the_limit_fits_and_a_millionth_more_does_not() {
    let gate = Gate::open().await;
    assert_eq!(verdict(&gate, 60.0).await, Verdict::Cleared);
    assert_eq!(verdict(&gate, 40.000_001).await, Verdict::Blocked);
    assert_eq!(verdict(&gate, 40.0).await, Verdict::Cleared);
    assert_eq!(verdict(&gate, 0.000_001).await, Verdict::Blocked);
}

#[tokio::test]
async fn a_refused_hold_gives_back_what_it_reserved() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 80.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    assert_eq!(committed(&gate).await, (80.0, 0.0));
    gate.firewall
        .kill(&gate.ann, &id, None)
        .await
        .expect("killed");
    assert_eq!(committed(&gate).await, (0.0, 0.0));
}

#[tokio::test]
async fn a_released_hold_does_not_count_against_itself() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 80.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    let hold = gate
        .firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("released");
    assert_eq!(hold.decision.as_deref(), Some("release"));
    gate.firewall.claim(&gate.own, &id).await.expect("a permit");
}

#[tokio::test]
async fn a_tool_settles_with_the_real_figure_and_an_agent_cannot_talk_it_down() {
    let gate = Gate::open().await;
    let first = gate.ask(submit(1, 50.0)).await.expect("an answer").seq;
    let told = (
        OutcomeResult::Succeeded,
        String::new(),
        Some(Micros::new(1)),
        None,
    );
    gate.firewall
        .report(&gate.own, first, told.clone())
        .await
        .expect("sealed");
    assert_eq!(
        committed(&gate).await,
        (0.0, 50.0),
        "the agent's word only adds"
    );
    let second = gate.ask(submit(1, 50.0)).await.expect("an answer").seq;
    gate.firewall
        .report(&gate.client, second, told)
        .await
        .expect("sealed");
    assert_eq!(
        committed(&gate).await,
        (0.0, 50.000_001),
        "the tool's word counts"
    );
}

#[tokio::test]
async fn an_unknown_outcome_settles_nothing() {
    let gate = Gate::open().await;
    let seq = gate.ask(submit(1, 50.0)).await.expect("an answer").seq;
    let unknown = (
        OutcomeResult::Unknown,
        String::new(),
        Some(Micros::ZERO),
        None,
    );
    gate.firewall
        .report(&gate.client, seq, unknown)
        .await
        .expect("sealed");
    assert_eq!(committed(&gate).await, (50.0, 0.0));
}

#[tokio::test]
async fn what_is_settled_twice_counts_once() {
    let gate = Gate::open().await;
    let seq = gate.ask(submit(1, 50.0)).await.expect("an answer").seq;
    for _ in 0..2 {
        let done = (OutcomeResult::Succeeded, String::new(), None, None);
        gate.firewall
            .report(&gate.client, seq, done)
            .await
            .expect("sealed");
    }
    assert_eq!(committed(&gate).await, (0.0, 50.0));
}

#[tokio::test]
async fn a_new_day_begins_at_midnight_in_the_tenants_zone() {
    let gate = Gate::open().await;
    // 14:32:01 UTC is 10:32:01 in New York; midnight there is 13 h 27 min 59 s away.
    assert_eq!(verdict(&gate, 100.0).await, Verdict::Cleared);
    gate.advance(13 * 3_600 + 27 * 60 + 58);
    assert_eq!(verdict(&gate, 1.0).await, Verdict::Blocked);
    gate.advance(1);
    assert_eq!(verdict(&gate, 1.0).await, Verdict::Cleared);
}

#[tokio::test]
async fn people_are_warned_once_at_eighty_percent() {
    let gate = Gate::open().await;
    gate.ask(submit(1, 20.0)).await.expect("an answer");
    // What is over the limit takes nothing, and warns of nothing.
    assert_eq!(verdict(&gate, 81.0).await, Verdict::Blocked);
    let held = gate.ask(submit(5, 60.0)).await.expect("an answer");
    let id = held.hold.as_ref().expect("a hold").id.clone();
    let killed = gate.firewall.kill(&gate.ann, &id, None).await;
    killed.expect("killed");
    // It gave back what it took, and the line is passed a second time.
    for usd in [61.0, 5.0] {
        gate.ask(submit(1, usd)).await.expect("an answer");
    }
    let records = portcullis_firewall::query::RecordQuery::after(0, usize::MAX);
    let records = gate
        .firewall
        .records(&gate.architect, records)
        .await
        .expect("records");
    let warned = records.iter().filter(|record| record.warns());
    let warned: Vec<u64> = warned.map(|record| record.seq).collect();
    assert_eq!(warned, [held.seq]);
}

#[tokio::test]
async fn the_warning_is_told_with_the_answer_and_stands_in_the_record() {
    let gate = Gate::open().await;
    let quiet = gate.ask(submit(1, 79.0)).await.expect("an answer");
    assert!(quiet.warnings.is_empty());
    let answer = gate.ask(submit(1, 1.0)).await.expect("an answer");
    let told = "80.00 of 100.00 USD of the daily budget of the tenant are committed, past the \
                warning line of 80 percent";
    assert_eq!(answer.warnings, [told]);
    let record = gate.payload(answer.seq).await;
    assert_eq!(record["warnings"], serde_json::json!([told]));
}

#[tokio::test]
async fn budgets_survive_a_crash() {
    let mut gate = Gate::open().await;
    assert_eq!(verdict(&gate, 70.0).await, Verdict::Cleared);
    gate.reopen().await;
    assert_eq!(committed(&gate).await, (70.0, 0.0));
    assert_eq!(verdict(&gate, 31.0).await, Verdict::Blocked);
}
