//! Rate windows admit no more than their most, whatever the clock and the process do.

use super::fixture::{Gate, list};
use portcullis_policy::tier::Verdict;

const FIVE_A_MINUTE: &str = "
type: rate_limit
name: five a minute
config: { windows: [{ period: 1m, max: 5 }], on_exceed: block, reason: slow down }
";

async fn cleared(gate: &Gate, times: usize) -> usize {
    let mut cleared = 0;
    for _ in 0..times {
        let answer = gate.ask(list()).await.expect("an answer");
        cleared += usize::from(answer.verdict == Verdict::Cleared);
    }
    cleared
}

#[tokio::test]
async fn the_sixth_in_a_minute_is_refused() {
    let gate = Gate::open().await;
    gate.policies(FIVE_A_MINUTE).await;
    assert_eq!(cleared(&gate, 8).await, 5);
}

#[tokio::test]
async fn refused_actions_count_too() {
    let gate = Gate::open().await;
    gate.policies(FIVE_A_MINUTE).await;
    assert_eq!(cleared(&gate, 10).await, 5);
    gate.advance(59);
    assert_eq!(cleared(&gate, 1).await, 0);
    gate.advance(60);
    assert_eq!(cleared(&gate, 1).await, 1);
}

#[tokio::test]
async fn an_action_exactly_a_minute_old_no_longer_counts() {
    let gate = Gate::open().await;
    gate.policies(FIVE_A_MINUTE).await;
    assert_eq!(cleared(&gate, 5).await, 5);
    gate.advance(60);
    assert_eq!(cleared(&gate, 5).await, 5);
}

#[tokio::test]
async fn a_crash_resets_nothing() {
    let mut gate = Gate::open().await;
    gate.policies(FIVE_A_MINUTE).await;
    assert_eq!(cleared(&gate, 5).await, 5);
    gate.reopen().await;
    assert_eq!(cleared(&gate, 3).await, 0);
}

#[tokio::test]
async fn a_clock_that_steps_back_opens_no_window() {
    let gate = Gate::open().await;
    gate.policies(FIVE_A_MINUTE).await;
    assert_eq!(cleared(&gate, 5).await, 5);
    gate.clock.jump_back(std::time::Duration::from_secs(3_600));
    assert_eq!(cleared(&gate, 3).await, 0);
}

#[tokio::test]
async fn each_agent_is_counted_alone() {
    let gate = Gate::open().await;
    gate.policies(FIVE_A_MINUTE).await;
    assert_eq!(cleared(&gate, 6).await, 5);
    let other = super::fixture::register(&gate.firewall, &gate.architect, "other").await;
    let mut action = list();
    action["agent_id"] = other.as_str().into();
    let answer = gate
        .ask_as(&gate.client, action, None)
        .await
        .expect("an answer");
    assert_eq!(answer.verdict, Verdict::Cleared);
}
