//! The gate carries actions out itself: each once, whatever happens, and nothing without an end.

use super::fixture::{Gate, list, submit};
use portcullis_firewall::{
    execution::Stage,
    firewall::Acted,
    order::Ended,
    turn::{Claim, Resolution},
};
use portcullis_policy::facts::AgentStatus;
use portcullis_testkit::FakeHands;
use serde_json::json;
use std::sync::Arc;

async fn open() -> (Gate, Arc<FakeHands>) {
    let gate = Gate::open().await;
    let fake = FakeHands::of(&gate.firewall);
    (gate, fake)
}

/// A cleared read at a target; its number and its permit.
async fn cleared(gate: &Gate, target: &str) -> (u64, Claim) {
    let mut action = list();
    action["permit"] = true.into();
    action["target"] = target.into();
    let answer = gate.ask(action).await.expect("an answer");
    (answer.seq, Claim::Permit(answer.permit.expect("a permit")))
}

/// A hold that was released.
async fn released(gate: &Gate) -> String {
    let answer = gate.ask(submit(5, 1.0)).await.expect("an answer");
    let hold = answer.hold.expect("a hold").id;
    let by = gate.firewall.release(&gate.ann, &hold, None).await;
    by.expect("released");
    hold
}

async fn act(gate: &Gate, claim: Claim) -> Acted {
    let acted = gate.firewall.act(&gate.own, claim).await;
    acted.expect("acted")
}

fn resolution(done: bool) -> Resolution {
    Resolution {
        done,
        why: "looked at the target".to_owned(),
        cost_usd: None,
        gpu_hours: None,
    }
}

#[tokio::test]
async fn a_cleared_action_is_carried_out_and_its_outcome_sealed() {
    let (gate, fake) = open().await;
    let (seq, claim) = cleared(&gate, "cluster-1").await;
    let acted = act(&gate, claim).await;
    assert_eq!((acted.seq, acted.effect.result), (seq, Ended::Done));
    assert_eq!(
        acted.effect.output, b"password=[REDACTED]\n",
        "screened first"
    );
    let record = gate.payload(acted.sealed.seq).await;
    assert_eq!(record["outcome"], "succeeded");
    assert_eq!(record["parent_seq"], seq);
    assert_eq!(record["actor"], "portcullis");
    assert_eq!(record["effect"], "tried it with password=[REDACTED]");
    let orders = fake.orders();
    let order = orders.first().expect("an order");
    assert_eq!(
        (order.seq, order.action_type.as_str()),
        (seq, "workloads.list")
    );
    assert!(order.idempotency_key.starts_with(&format!("acme-{seq}-")));
}

#[tokio::test]
async fn of_many_who_act_at_once_one_does() {
    let (gate, fake) = open().await;
    let (seq, by_permit) = cleared(&gate, "cluster-1").await;
    let mut tries = Vec::new();
    for nth in 0..50 {
        let (firewall, own) = (gate.firewall.clone(), gate.own.clone());
        let claim = if nth % 2 == 0 {
            by_permit.clone()
        } else {
            Claim::Decision(seq)
        };
        tries.push(tokio::spawn(async move {
            firewall.act(&own, claim).await.is_ok()
        }));
    }
    let mut won = 0;
    for acted in tries {
        won += usize::from(acted.await.expect("no panic"));
    }
    assert_eq!((won, fake.orders().len()), (1, 1));
}

#[tokio::test]
async fn a_released_hold_is_carried_out_after_a_restart_and_only_once() {
    let (mut gate, fake) = open().await;
    let hold = released(&gate).await;
    gate.reopen().await;
    fake.lend(&gate.firewall);
    let acted = act(&gate, Claim::Hold(hold.clone())).await;
    assert_eq!(acted.effect.result, Ended::Done);
    let again = gate.firewall.act(&gate.own, Claim::Hold(hold)).await;
    assert_eq!(again.expect_err("once").code(), "hold.claimed");
    let orders = fake.orders();
    assert_eq!(orders.len(), 1);
    assert_eq!(
        orders.first().expect("an order").parameters["requested_gpus"],
        5
    );
}

#[tokio::test]
async fn what_waits_or_would_now_be_refused_is_not_carried_out() {
    let (gate, fake) = open().await;
    let answer = gate.ask(submit(5, 1.0)).await.expect("an answer");
    let waiting = Claim::Hold(answer.hold.expect("a hold").id);
    let early = gate.firewall.act(&gate.own, waiting).await;
    assert_eq!(early.expect_err("waits").code(), "hold.not_released");
    let (_, claim) = cleared(&gate, "cluster-1").await;
    let by = gate.own.clone();
    let step = gate.firewall.move_agent(
        &gate.architect,
        gate.agent.as_str(),
        AgentStatus::Blocked,
        Some("why"),
    );
    step.await.expect("suspended");
    let late = gate.firewall.act(&by, claim).await;
    assert_eq!(late.expect_err("refused").code(), "permit.superseded");
    assert!(fake.orders().is_empty(), "nothing was done");
}

#[tokio::test]
async fn a_failure_says_what_was_tried_and_is_not_tried_again() {
    let (gate, fake) = open().await;
    let (_, claim) = cleared(&gate, "fails").await;
    let acted = act(&gate, claim.clone()).await;
    assert_eq!(acted.effect.result, Ended::Failed);
    let again = gate.firewall.act(&gate.own, claim).await;
    assert_eq!(again.expect_err("spent").code(), "permit.spent");
    assert_eq!(fake.orders().len(), 1);
}

#[tokio::test]
async fn an_unknown_end_waits_for_a_person() {
    for target in ["is-silent", "panics"] {
        let (gate, _) = open().await;
        let (seq, claim) = cleared(&gate, target).await;
        let acted = act(&gate, claim).await;
        assert_eq!(acted.effect.result, Ended::Unknown, "{target}");
        let open = gate
            .firewall
            .open_executions(&gate.ann)
            .await
            .expect("a list");
        assert_eq!(
            open.first().map(|one| (one.seq, one.stage)),
            Some((seq, Stage::Unknown))
        );
        let own = gate
            .firewall
            .resolve_execution(&gate.own, seq, resolution(true))
            .await;
        assert_eq!(own.expect_err("an agent").code(), "auth.forbidden");
        let sealed = gate
            .firewall
            .resolve_execution(&gate.ann, seq, resolution(true))
            .await;
        let record = gate.payload(sealed.expect("resolved").seq).await;
        assert_eq!(record["outcome"], "succeeded");
        assert_eq!(record["resolved_by_person"], true);
        let twice = gate
            .firewall
            .resolve_execution(&gate.ben, seq, resolution(false))
            .await;
        assert_eq!(twice.expect_err("resolved").code(), "not_found");
        assert!(
            gate.firewall
                .open_executions(&gate.ann)
                .await
                .expect("a list")
                .is_empty()
        );
    }
}

#[tokio::test]
async fn what_was_begun_before_a_crash_becomes_unknown_and_is_not_tried_again() {
    let (mut gate, fake) = open().await;
    let (seq, claim) = cleared(&gate, "hangs").await;
    let (firewall, own) = (gate.firewall.clone(), gate.own.clone());
    let spent = claim.clone();
    let hanging = tokio::spawn(async move { firewall.act(&own, spent).await });
    while fake.orders().is_empty() {
        tokio::task::yield_now().await;
    }
    hanging.abort();
    gate.reopen().await;
    fake.lend(&gate.firewall);
    let again = gate.firewall.act(&gate.own, claim).await;
    assert_eq!(again.expect_err("spent").code(), "permit.spent");
    let early = gate
        .firewall
        .resolve_execution(&gate.ann, seq, resolution(false))
        .await;
    assert_eq!(
        early.expect_err("may still run").code(),
        "execution.running"
    );
    gate.advance(901);
    gate.firewall.sweep().await.expect("swept");
    let open = gate
        .firewall
        .open_executions(&gate.ann)
        .await
        .expect("a list");
    assert_eq!(open.first().map(|one| one.stage), Some(Stage::Unknown));
    gate.reopen().await;
    fake.lend(&gate.firewall);
    let sealed = gate
        .firewall
        .resolve_execution(&gate.ann, seq, resolution(false))
        .await;
    let record = gate.payload(sealed.expect("resolved").seq).await;
    assert_eq!(record["outcome"], "failed");
    assert_eq!(fake.orders().len(), 1);
}

#[tokio::test]
async fn an_agent_does_not_report_for_the_gate() {
    let (gate, _) = open().await;
    let (seq, claim) = cleared(&gate, "is-silent").await;
    act(&gate, claim).await;
    let report = (
        portcullis_firewall::turn::OutcomeResult::Succeeded,
        "all well".to_owned(),
        None,
        None,
    );
    let told = gate.firewall.report(&gate.own, seq, report).await;
    assert_eq!(told.expect_err("not its to tell").code(), "execution.open");
}

#[tokio::test]
async fn the_real_cost_settles_the_budget() {
    let (gate, _) = open().await;
    let action = json!({ "action": "note_write", "target": "is-dear", "permit": true,
        "parameters": { "estimated_cost_usd": 2 } });
    let answer = gate.ask(action).await.expect("an answer");
    let claim = Claim::Permit(answer.permit.expect("a permit"));
    let acted = act(&gate, claim).await;
    let record = gate.payload(acted.sealed.seq).await;
    assert!(
        record["settled"].to_string().contains("7000000"),
        "{}",
        record["settled"]
    );
}
