//! What an action would do is looked at before it does it, and once more when it does.

use super::fixture::{Gate, list, submit};
use portcullis_firewall::{
    dry_run::Rehearsed,
    error::GateError,
    firewall::{Acted, Attended},
    order::Ended,
    turn::{Claim, Noted},
};
use portcullis_testkit::FakeHands;
use serde_json::Value;
use std::sync::{Arc, atomic::Ordering};

const TIER_2: u32 = 2;
const TIER_3: u32 = 5;

async fn open() -> (Gate, Arc<FakeHands>) {
    let gate = Gate::open().await;
    let fake = FakeHands::of(&gate.firewall);
    (gate, fake)
}

fn job(gpus: u32, target: &str) -> Value {
    let mut action = submit(gpus, 1.0);
    action["target"] = target.into();
    action["permit"] = true.into();
    action
}

/// A job that is cleared and owes a dry run; its number.
async fn owing(gate: &Gate, target: &str) -> u64 {
    let answer = gate.ask(job(TIER_2, target)).await.expect("an answer");
    assert!(answer.dry_run_required && answer.permit.is_none());
    answer.seq
}

async fn rehearse(gate: &Gate, claim: Claim) -> Noted {
    let noted = gate.firewall.rehearse(&gate.own, claim).await;
    noted.expect("a dry run")
}

async fn act(gate: &Gate, claim: Claim) -> Result<Acted, GateError> {
    gate.firewall.act(&gate.own, claim).await
}

async fn attend(gate: &Gate, action: Value, key: Option<&str>) -> Result<Attended, GateError> {
    let bytes = action.to_string();
    let request = gate.firewall.read_request(&gate.own, bytes.as_bytes(), key);
    gate.firewall
        .attend(&gate.own, request.expect("a request"))
        .await
}

/// A hold that was looked at; its id.
async fn looked_at(gate: &Gate, fake: &FakeHands, target: &str) -> String {
    let answer = gate.ask(job(TIER_3, target)).await.expect("an answer");
    let before = gate.head().await;
    while fake.looks().is_empty() || gate.head().await == before {
        tokio::task::yield_now().await;
    }
    answer.hold.expect("a hold").id
}

async fn release(gate: &Gate, hold: &str) -> Claim {
    let released = gate.firewall.release(&gate.ann, hold, None).await;
    released.expect("released");
    Claim::Hold(hold.to_owned())
}

#[tokio::test]
async fn a_permit_is_given_once_the_dry_run_passed() {
    let (gate, fake) = open().await;
    let seq = owing(&gate, "cluster-1").await;
    let noted = rehearse(&gate, Claim::Decision(seq)).await;
    assert!(noted.run.found.passed && noted.agrees);
    assert_eq!(noted.run.seq, seq);
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["record_type"], "dry_run");
    assert_eq!(record["dry_run_id"], noted.run.id);
    assert_eq!(record["passed"], true);
    assert!(!record.to_string().contains("correct-horse"), "{record}");
    let token = noted.permit.expect("a permit");
    let spent = gate.firewall.redeem(&gate.own, &token, None).await;
    let record = gate.payload(spent.expect("spent").seq).await;
    assert_eq!(record["dry_run_id"], noted.run.id);
    assert!(fake.orders().is_empty(), "the agent acts itself");
}

#[tokio::test]
async fn acting_looks_first_when_nobody_did() {
    let (gate, fake) = open().await;
    let seq = owing(&gate, "cluster-1").await;
    let acted = act(&gate, Claim::Decision(seq)).await.expect("acted");
    assert_eq!(acted.effect.result, Ended::Done);
    assert_eq!((fake.looks().len(), fake.orders().len()), (1, 1));
}

#[tokio::test]
async fn a_dry_run_that_fails_or_breaks_stops_the_action() {
    for target in ["is-full", "panics"] {
        let (gate, fake) = open().await;
        let seq = owing(&gate, target).await;
        let noted = rehearse(&gate, Claim::Decision(seq)).await;
        assert!(!noted.run.found.passed, "{target}");
        assert_eq!(noted.permit, None, "{target}");
        let acted = act(&gate, Claim::Decision(seq)).await;
        assert_eq!(acted.expect_err("stopped").code(), "dryrun.failed");
        assert!(fake.orders().is_empty(), "{target}");
    }
}

#[tokio::test]
async fn what_would_now_do_something_else_is_not_done() {
    let (gate, fake) = open().await;
    let seq = owing(&gate, "cluster-1").await;
    fake.rows.store(3, Ordering::SeqCst);
    rehearse(&gate, Claim::Decision(seq)).await;
    fake.rows.store(4, Ordering::SeqCst);
    let acted = act(&gate, Claim::Decision(seq)).await;
    assert_eq!(acted.expect_err("moved").code(), "dryrun.moved");
    let record = gate.payload(gate.head().await).await;
    assert_eq!(
        (&record["agrees"], &record["found"]["rows"]),
        (&false.into(), &4.into())
    );
    assert!(fake.orders().is_empty());
    // A new dry run of a cleared action counts from then on.
    rehearse(&gate, Claim::Decision(seq)).await;
    let acted = act(&gate, Claim::Decision(seq)).await.expect("acted");
    assert_eq!(acted.effect.result, Ended::Done);
    let orders = fake.orders();
    assert_eq!(
        orders.first().and_then(|order| order.expected_rows),
        Some(4)
    );
}

#[tokio::test]
async fn a_dry_run_of_another_action_counts_for_nothing() {
    let (gate, fake) = open().await;
    let seq = owing(&gate, "cluster-1").await;
    rehearse(&gate, Claim::Decision(seq)).await;
    let other = owing(&gate, "is-full").await;
    let acted = act(&gate, Claim::Decision(other)).await;
    assert_eq!(acted.expect_err("its own fails").code(), "dryrun.failed");
    assert!(fake.orders().is_empty());
}

#[tokio::test]
async fn an_old_dry_run_does_not_count() {
    let (gate, _) = open().await;
    let long = |settings: &mut portcullis_firewall::settings::Settings| {
        settings.permit_seconds = 3_600;
    };
    let changed = gate.firewall.change_settings(&gate.architect, long).await;
    changed.expect("changed");
    let seq = owing(&gate, "cluster-1").await;
    let token = rehearse(&gate, Claim::Decision(seq)).await.permit;
    let token = token.expect("a permit");
    gate.advance(601);
    let late = gate.firewall.redeem(&gate.own, &token, None).await;
    assert_eq!(late.expect_err("too old").code(), "dryrun.stale");
    // The gate itself looks again when it acts, and goes by that.
    let acted = act(&gate, Claim::Permit(token)).await.expect("acted");
    assert_eq!(acted.effect.result, Ended::Done);
}

#[tokio::test]
async fn people_see_what_a_held_action_would_do_and_nobody_replaces_it() {
    let (mut gate, fake) = open().await;
    fake.rows.store(3, Ordering::SeqCst);
    let hold = looked_at(&gate, &fake, "cluster-1").await;
    let sight = gate
        .firewall
        .sight(&gate.ann, &hold)
        .await
        .expect("a sight");
    assert_eq!(
        sight.dry_run.expect("a dry run").line(),
        "passed; 3 rows; capacity (password=[REDACTED]): ok"
    );
    fake.rows.store(4, Ordering::SeqCst);
    let again = rehearse(&gate, Claim::Hold(hold.clone())).await;
    assert!(!again.agrees);
    assert_eq!(again.run.found.rows, Some(3), "what people saw stays");
    gate.reopen().await;
    fake.lend(&gate.firewall);
    let claim = release(&gate, &hold).await;
    let acted = act(&gate, claim.clone()).await;
    assert_eq!(acted.expect_err("moved").code(), "dryrun.moved");
    fake.rows.store(3, Ordering::SeqCst);
    let acted = act(&gate, claim).await.expect("as people saw it");
    assert_eq!(acted.effect.result, Ended::Done);
}

#[tokio::test]
async fn nothing_is_looked_at_for_a_hold_that_nobody_released() {
    let (gate, fake) = open().await;
    let hold = looked_at(&gate, &fake, "cluster-1").await;
    let early = act(&gate, Claim::Hold(hold)).await;
    assert_eq!(early.expect_err("waits").code(), "hold.not_released");
    assert_eq!(fake.looks().len(), 1);
}

#[tokio::test]
async fn what_is_carried_out_in_another_way_than_judged_is_asked_again() {
    let (gate, fake) = open().await;
    let mut action = list();
    action["permit"] = true.into();
    let answer = gate.ask(action.clone()).await.expect("an answer");
    fake.means.store(1, Ordering::SeqCst);
    let acted = act(&gate, Claim::Decision(answer.seq)).await;
    assert_eq!(acted.expect_err("moved").code(), "target.moved");
    action["target"] = "elsewhere".into();
    let answer = gate.ask(action).await.expect("an answer");
    let acted = act(&gate, Claim::Decision(answer.seq)).await;
    assert_eq!(acted.expect_err("not its").code(), "target.none");
    assert!(fake.orders().is_empty());
}

#[tokio::test]
async fn judging_and_acting_take_one_call() {
    let (gate, fake) = open().await;
    let done = attend(&gate, list(), None).await.expect("attended");
    assert_eq!(
        done.acted.map(|acted| acted.effect.result),
        Some(Ended::Done)
    );
    assert_eq!(done.run, None);
    let done = attend(&gate, job(TIER_2, "cluster-1"), None).await;
    let done = done.expect("attended");
    let passed = |run: &Rehearsed| run.found.passed;
    assert_eq!(done.run.as_ref().map(passed), Some(true));
    assert!(done.acted.is_some());
    assert_eq!(fake.looks().len(), 1, "looked at once");
    let done = attend(&gate, job(TIER_2, "is-full"), None).await;
    let done = done.expect("attended");
    assert_eq!(done.run.as_ref().map(passed), Some(false));
    assert!(done.acted.is_none());
    let done = attend(&gate, job(TIER_3, "cluster-1"), None).await;
    let done = done.expect("attended");
    assert!(done.answer.hold.is_some() && done.acted.is_none());
    assert_eq!(fake.orders().len(), 2);
}

#[tokio::test]
async fn what_is_begun_at_once_keeps_no_permit_and_no_action() {
    let (mut gate, fake) = open().await;
    let done = attend(&gate, list(), None).await.expect("attended");
    assert!(done.answer.permit.is_none());
    let seq = done.answer.seq;
    let spent = gate.payload(seq + 1).await;
    assert_eq!(
        (&spent["record_type"], &spent["parent_seq"]),
        (&"permit_redeemed".into(), &seq.into())
    );
    assert_eq!(gate.payload(seq + 2).await["outcome"], "succeeded");
    gate.reopen().await;
    fake.lend(&gate.firewall);
    let again = act(&gate, Claim::Decision(seq)).await;
    assert_eq!(again.expect_err("once").code(), "not_found");
    assert_eq!(fake.orders().len(), 1);
}

#[tokio::test]
async fn whoever_may_not_use_a_permit_begins_nothing() {
    let (gate, fake) = open().await;
    let mut action = list();
    action["agent_id"] = gate.agent.as_str().into();
    let bytes = action.to_string();
    let asked = gate
        .firewall
        .read_request(&gate.architect, bytes.as_bytes(), None);
    let done = gate
        .firewall
        .attend(&gate.architect, asked.expect("a request"))
        .await;
    assert_eq!(done.expect_err("not theirs").code(), "auth.forbidden");
    assert!(fake.orders().is_empty());
}

#[tokio::test]
async fn the_same_request_again_is_not_carried_out_again() {
    let (gate, fake) = open().await;
    for _ in 0..3 {
        let done = attend(&gate, list(), Some("once")).await;
        done.expect("attended");
    }
    assert_eq!(fake.orders().len(), 1);
    let done = attend(&gate, list(), Some("once")).await.expect("attended");
    let earlier = done.earlier.expect("it was done before");
    assert_eq!(earlier.summary, "tried it with password=[REDACTED]");
}

#[tokio::test]
async fn another_agent_looks_at_nothing() {
    let (gate, fake) = open().await;
    let seq = owing(&gate, "cluster-1").await;
    for other in [&gate.ann, &gate.architect] {
        let looked = gate.firewall.rehearse(other, Claim::Decision(seq)).await;
        assert_eq!(looked.expect_err("not theirs").code(), "auth.forbidden");
    }
    assert!(fake.looks().is_empty());
}

#[tokio::test]
async fn a_dry_run_counts_for_the_request_it_looked_at_and_no_other() {
    let (gate, fake) = open().await;
    let seq = owing(&gate, "cluster-1").await;
    let run = rehearse(&gate, Claim::Decision(seq)).await.run.id;
    let asked = |action: Value| {
        let bytes = action.to_string();
        let request = gate
            .firewall
            .read_request(&gate.own, bytes.as_bytes(), None);
        let (run, request) = (run.clone(), request.expect("a request"));
        let (firewall, own) = (gate.firewall.clone(), gate.own.clone());
        async move { firewall.act_as_rehearsed(&own, &request, &run).await }
    };
    let other = asked(job(3, "cluster-1")).await;
    assert_eq!(other.expect_err("changed").code(), "dryrun.mismatch");
    assert!(fake.orders().is_empty());
    let same = asked(job(TIER_2, "cluster-1")).await.expect("acted");
    assert_eq!(same.seq, seq);
    let again = asked(job(TIER_2, "cluster-1")).await;
    assert_eq!(again.expect_err("once").code(), "dryrun.missing");
    assert_eq!(fake.orders().len(), 1);
}

#[tokio::test]
async fn looking_again_and_again_neither_fills_the_chain_nor_wears_the_target_out() {
    let (gate, fake) = open().await;
    let cleared = Claim::Decision(owing(&gate, "cluster-1").await);
    let held = Claim::Hold(looked_at(&gate, &fake, "cluster-1").await);
    for claim in [cleared, held] {
        let mut refused = None;
        for _ in 0..100 {
            // What it finds moves, so that each look is news.
            fake.rows.fetch_add(1, Ordering::SeqCst);
            refused = gate.firewall.rehearse(&gate.own, claim.clone()).await.err();
        }
        assert_eq!(refused.expect("a bound").code(), "dryrun.too_many");
    }
    assert_eq!(fake.looks().len(), 64);
    // Neither does acting in vain.
    let (seq, before) = (owing(&gate, "cluster-1").await, fake.looks().len());
    for _ in 0..100 {
        fake.rows.fetch_add(1, Ordering::SeqCst);
        drop(rehearse_or_not(&gate, seq).await);
        fake.rows.fetch_add(1, Ordering::SeqCst);
        assert!(act(&gate, Claim::Decision(seq)).await.is_err());
    }
    assert_eq!(fake.looks().len() - before, 32);
    assert!(fake.orders().is_empty());
}

async fn rehearse_or_not(gate: &Gate, seq: u64) -> Result<Noted, GateError> {
    gate.firewall
        .rehearse(&gate.own, Claim::Decision(seq))
        .await
}
