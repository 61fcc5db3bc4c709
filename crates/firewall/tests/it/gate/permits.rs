//! A permit serves one exact action, one agent, once.

use super::fixture::{Gate, list, register, submit};
use portcullis_firewall::{
    digest::ActionDigest,
    principal::{Principal, Role},
    turn::NewKey,
};
use portcullis_policy::{facts::AgentStatus, tier::Verdict};
use serde_json::{Value, json};

fn with_permit(mut action: Value) -> Value {
    action["permit"] = true.into();
    action
}

async fn permit(gate: &Gate) -> (String, ActionDigest) {
    let answer = gate.ask(with_permit(list())).await.expect("an answer");
    assert_eq!(answer.verdict, Verdict::Cleared);
    (answer.permit.expect("a permit"), answer.action_digest)
}

#[tokio::test]
async fn it_is_spent_once() {
    let gate = Gate::open().await;
    let (token, digest) = permit(&gate).await;
    let spent = gate
        .firewall
        .redeem(&gate.client, &token, Some(digest))
        .await
        .expect("spent");
    assert_eq!(spent.permit.action_digest, digest);
    let action: Value = serde_json::from_slice(&spent.action).expect("JSON");
    assert_eq!(
        action["action_type"], "workloads.list",
        "the tool is told what it may do"
    );
    let twice = gate
        .firewall
        .redeem(&gate.client, &token, Some(digest))
        .await
        .expect_err("spent");
    assert_eq!(twice.code(), "permit.spent");
}

#[tokio::test]
async fn of_many_who_spend_it_at_once_one_succeeds() {
    let gate = Gate::open().await;
    let (token, _) = permit(&gate).await;
    let mut tries = Vec::new();
    for _ in 0..50 {
        let (firewall, client, token) = (gate.firewall.clone(), gate.client.clone(), token.clone());
        tries.push(tokio::spawn(async move {
            firewall.redeem(&client, &token, None).await.is_ok()
        }));
    }
    let mut won = 0;
    for spent in tries {
        won += usize::from(spent.await.expect("no panic"));
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn it_stays_spent_after_a_crash() {
    let mut gate = Gate::open().await;
    let (token, _) = permit(&gate).await;
    gate.firewall
        .redeem(&gate.client, &token, None)
        .await
        .expect("spent");
    gate.reopen().await;
    let twice = gate
        .firewall
        .redeem(&gate.client, &token, None)
        .await
        .expect_err("spent");
    assert_eq!(twice.code(), "permit.spent");
}

#[tokio::test]
async fn it_expires() {
    let gate = Gate::open().await;
    let (token, _) = permit(&gate).await;
    gate.advance(300);
    let late = gate
        .firewall
        .redeem(&gate.client, &token, None)
        .await
        .expect_err("too late");
    assert_eq!(late.code(), "auth.forbidden");
    assert_eq!(late.to_string(), "the permit has expired");
}

#[tokio::test]
async fn it_is_for_no_other_action_and_no_other_agent() {
    let gate = Gate::open().await;
    let (token, _) = permit(&gate).await;
    let other = ActionDigest::new([9; 32]);
    let error = gate
        .firewall
        .redeem(&gate.client, &token, Some(other))
        .await
        .expect_err("other");
    assert_eq!(error.code(), "permit.other_action");
    let stranger = register(&gate.firewall, &gate.architect, "stranger").await;
    let stranger = Principal {
        role: Role::Agent(stranger),
        ..gate.own.clone()
    };
    let error = gate
        .firewall
        .redeem(&stranger, &token, None)
        .await
        .expect_err("another agent");
    assert_eq!(error.code(), "auth.forbidden");
    gate.firewall
        .redeem(&gate.own, &token, None)
        .await
        .expect("its own agent may");
}

#[tokio::test]
async fn a_forged_one_is_refused() {
    let gate = Gate::open().await;
    let (token, _) = permit(&gate).await;
    for at in [5, 20, token.len() - 3] {
        let mut forged = token.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).expect("ASCII");
        let error = gate
            .firewall
            .redeem(&gate.client, &forged, None)
            .await
            .expect_err("forged");
        assert_eq!(error.code(), "auth.forbidden", "{at}");
    }
}

#[tokio::test]
async fn an_action_that_would_now_be_refused_is_not_permitted() {
    let gate = Gate::open().await;
    let (token, _) = permit(&gate).await;
    let blocked = AgentStatus::Blocked;
    let agent = gate.agent.as_str();
    gate.firewall
        .move_agent(&gate.architect, agent, blocked, None)
        .await
        .expect("blocked");
    let error = gate
        .firewall
        .redeem(&gate.client, &token, None)
        .await
        .expect_err("blocked now");
    assert_eq!(error.code(), "permit.superseded");
}

#[tokio::test]
async fn an_action_that_now_needs_people_is_not_permitted() {
    let gate = Gate::open().await;
    let (token, _) = permit(&gate).await;
    gate.policies(
        "
type: environment_restriction
name: people first
config: { environment: production, max_tier: B }
",
    )
    .await;
    let error = gate
        .firewall
        .redeem(&gate.client, &token, None)
        .await
        .expect_err("held now");
    assert_eq!(error.code(), "permit.superseded");
}

#[tokio::test]
async fn a_small_write_owes_a_dry_run_first() {
    let gate = Gate::open().await;
    let answer = gate
        .ask(with_permit(submit(4, 1.0)))
        .await
        .expect("an answer");
    assert_eq!(answer.verdict, Verdict::Cleared);
    assert!(answer.dry_run_required);
    assert_eq!(answer.permit, None);
    assert!(
        answer
            .permit_withheld
            .expect("a reason")
            .contains("dry run")
    );
}

#[tokio::test]
async fn people_do_not_waive_the_dry_run() {
    let gate = Gate::open().await;
    gate.policies(
        "
type: environment_restriction
name: people first
config: { environment: production, max_tier: B }
",
    )
    .await;
    let answer = gate.ask(submit(4, 1.0)).await.expect("an answer");
    let id = answer.hold.expect("a hold").id;
    gate.firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("released");
    let error = gate.firewall.claim(&gate.own, &id).await.expect_err("owed");
    assert_eq!(error.code(), "dryrun.missing");
}

#[tokio::test]
async fn what_was_refused_and_what_another_did_has_no_outcome_to_report() {
    let gate = Gate::open().await;
    let refused = gate.ask(submit(128, 1.0)).await.expect("an answer").seq;
    let cleared = gate.ask(list()).await.expect("an answer").seq;
    let stranger = register(&gate.firewall, &gate.architect, "stranger").await;
    let new = NewKey::of("stranger", Role::Agent(stranger));
    let issued = gate
        .firewall
        .issue_key(&gate.architect, new)
        .await
        .expect("a key");
    let stranger = gate
        .firewall
        .authenticate(issued.1.reveal())
        .expect("known");
    for (caller, seq) in [(&gate.own, refused), (&stranger, cleared)] {
        let done = (
            portcullis_firewall::turn::OutcomeResult::Succeeded,
            String::new(),
            None,
            None,
        );
        let error = gate.firewall.report(caller, seq, done).await;
        assert_eq!(error.expect_err("not theirs").code(), "not_found");
    }
}

#[tokio::test]
async fn the_permit_of_a_released_hold_is_taken_once() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 1.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    let early = gate
        .firewall
        .claim(&gate.own, &id)
        .await
        .expect_err("not released");
    assert_eq!(early.code(), "hold.not_released");
    gate.firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("released");
    let token = gate.firewall.claim(&gate.own, &id).await.expect("a permit");
    let twice = gate
        .firewall
        .claim(&gate.own, &id)
        .await
        .expect_err("taken");
    assert_eq!(twice.code(), "hold.claimed");
    gate.firewall
        .redeem(&gate.client, &token, None)
        .await
        .expect("spent");
}

#[tokio::test]
async fn a_release_that_nobody_uses_in_time_is_over() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 1.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    gate.advance(1_790);
    gate.firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("released");
    gate.advance(300);
    let late = gate
        .firewall
        .claim(&gate.own, &id)
        .await
        .expect_err("too late");
    assert_eq!(late.code(), "hold.expired");
}

#[tokio::test]
async fn outcomes_are_sealed_beside_their_decision() {
    let gate = Gate::open().await;
    let answer = gate
        .ask(json!({ "action": "note_write", "target": "wiki",
        "parameters": { "estimated_cost_usd": 2 } }))
        .await
        .expect("an answer");
    let report = (
        portcullis_firewall::turn::OutcomeResult::Succeeded,
        "one page changed".to_owned(),
        None,
        None,
    );
    gate.firewall
        .report(&gate.own, answer.seq, report)
        .await
        .expect("sealed");
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["record_type"], "outcome");
    assert_eq!(record["outcome"], "succeeded");
    assert_eq!(record["effect"], "one page changed");
    assert_eq!(record["parent_seq"], answer.seq);
}
