//! People decide, once; time decides the rest.

use super::fixture::{Gate, release, submit};
use portcullis_firewall::{
    batch::{Batch, Document, DocumentKind},
    hold::HoldStatus,
    ports::Ledger as _,
    query::DocumentQuery,
    state::State,
    stored,
};
use portcullis_policy::{
    facts::AgentStatus,
    tier::{Tier, Verdict},
};

async fn held(gate: &Gate) -> String {
    let answer = gate.ask(submit(5, 1.0)).await.expect("an answer");
    assert_eq!((answer.verdict, answer.tier), (Verdict::Held, Tier::B));
    assert!(!answer.execute());
    answer.hold.expect("a hold").id
}

#[tokio::test]
async fn one_person_releases_a_high_write() {
    let gate = Gate::open().await;
    let id = held(&gate).await;
    let hold = gate
        .firewall
        .release(&gate.ann, &id, Some("looks right"))
        .await
        .expect("released");
    assert_eq!(hold.status, HoldStatus::Released);
    assert_eq!(hold.decided_by.as_deref(), Some(gate.ann.actor().as_str()));
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["record_type"], "escrow_outcome");
    assert_eq!(record["parent_seq"], hold.seq);
    assert_eq!(record["action_digest"], hold.action_digest.to_string());
}

#[tokio::test]
async fn two_different_people_release_something_irreversible() {
    let gate = Gate::open().await;
    let answer = gate.ask(release()).await.expect("an answer");
    let ticket = answer.hold.expect("a hold");
    assert_eq!(ticket.approvals_required, 2);
    let first = gate
        .firewall
        .release(&gate.ann, &ticket.id, None)
        .await
        .expect("noted");
    assert_eq!((first.status, first.approvals.len()), (HoldStatus::Held, 1));
    let again = gate
        .firewall
        .release(&gate.ann, &ticket.id, None)
        .await
        .expect_err("the same");
    assert_eq!(again.code(), "approval.same_person");
    let second = gate
        .firewall
        .release(&gate.ben, &ticket.id, None)
        .await
        .expect("released");
    assert_eq!(second.status, HoldStatus::Released);
}

#[tokio::test]
async fn a_decision_is_final() {
    let gate = Gate::open().await;
    let id = held(&gate).await;
    gate.firewall
        .kill(&gate.ann, &id, Some("no"))
        .await
        .expect("killed");
    let late = gate
        .firewall
        .release(&gate.ben, &id, None)
        .await
        .expect_err("too late");
    assert_eq!(late.code(), "hold.already_decided");
    let twice = gate
        .firewall
        .kill(&gate.ben, &id, None)
        .await
        .expect_err("too late");
    assert_eq!(twice.code(), "hold.already_decided");
}

#[tokio::test]
async fn at_its_timeout_a_hold_is_over_even_before_it_is_swept() {
    let gate = Gate::open().await;
    let id = held(&gate).await;
    gate.advance(1_799);
    assert_eq!(
        gate.firewall.hold(&gate.ann, &id).await.expect("it").status,
        HoldStatus::Held
    );
    gate.advance(1);
    assert_eq!(
        gate.firewall.hold(&gate.ann, &id).await.expect("it").status,
        HoldStatus::TimedOut
    );
    let late = gate
        .firewall
        .release(&gate.ann, &id, None)
        .await
        .expect_err("too late");
    assert_eq!(late.code(), "hold.expired");
    gate.firewall.sweep().await.expect("swept");
    let record = gate.payload(gate.head().await).await;
    assert_eq!(
        (&record["status"], &record["decision"]),
        (&"TIMED_OUT".into(), &"timeout".into())
    );
}

#[tokio::test]
async fn only_operators_and_architects_decide() {
    let gate = Gate::open().await;
    let id = held(&gate).await;
    for nobody in [&gate.own, &gate.client] {
        let error = gate
            .firewall
            .release(nobody, &id, None)
            .await
            .expect_err("not a person");
        assert_eq!(error.code(), "auth.forbidden");
        let error = gate
            .firewall
            .kill(nobody, &id, None)
            .await
            .expect_err("not a person");
        assert_eq!(error.code(), "auth.forbidden");
    }
}

#[tokio::test]
async fn an_approver_list_binds() {
    let gate = Gate::with_policy(
        "
version: 1
actions: [{ action: workloads.submit }]
approvals: { tier3: { approvers: ['person:ben'] }, expires_minutes: 5 }
",
    )
    .await;
    let answer = gate.ask(submit(5, 1.0)).await.expect("an answer");
    let id = answer.hold.expect("a hold").id;
    let error = gate
        .firewall
        .release(&gate.ann, &id, None)
        .await
        .expect_err("not listed");
    assert_eq!(error.code(), "auth.forbidden");
    let hold = gate
        .firewall
        .release(&gate.ben, &id, None)
        .await
        .expect("released");
    assert_eq!(
        (hold.status, hold.timeout_seconds),
        (HoldStatus::Released, 300)
    );
}

#[tokio::test]
async fn a_release_judges_again_and_refuses_what_is_now_blocked() {
    let gate = Gate::open().await;
    let id = held(&gate).await;
    let blocked = AgentStatus::Blocked;
    gate.firewall
        .move_agent(&gate.architect, gate.agent.as_str(), blocked, Some("odd"))
        .await
        .expect("blocked");
    let hold = gate
        .firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("an answer");
    assert_eq!(hold.status, HoldStatus::Superseded);
    assert_eq!(hold.decided_by.as_deref(), Some("portcullis"));
}

#[tokio::test]
async fn another_tenants_hold_is_not_there() {
    let gate = Gate::open().await;
    let id = held(&gate).await;
    let other = portcullis_policy::id::TenantId::new("rival").expect("an id");
    let new = gate
        .firewall
        .create_tenant(other, "Rival")
        .await
        .expect("a tenant");
    let rival = gate
        .firewall
        .authenticate(new.token.reveal())
        .expect("known at once");
    let error = gate
        .firewall
        .release(&rival, &id, None)
        .await
        .expect_err("not theirs");
    assert_eq!(error.code(), "not_found");
    assert_eq!(
        gate.firewall
            .hold(&rival, &id)
            .await
            .expect_err("not theirs")
            .code(),
        "not_found"
    );
    let all = DocumentQuery::all(DocumentKind::Hold);
    assert!(
        gate.firewall
            .holds(&rival, all)
            .await
            .expect("a list")
            .is_empty()
    );
}

#[tokio::test]
async fn holds_outlive_the_gate() {
    let mut gate = Gate::open().await;
    let id = held(&gate).await;
    gate.reopen().await;
    let hold = gate
        .firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("released");
    assert_eq!(hold.status, HoldStatus::Released);
}

/// Before they stood in the hold itself, actions that wait were documents of their own.
#[tokio::test]
async fn a_hold_of_an_older_ledger_is_decided_all_the_same() {
    let mut gate = Gate::open().await;
    let id = held(&gate).await;
    let tenant = gate.architect.tenant.clone();
    let ledger = std::sync::Arc::clone(&gate.ledger);
    let state = State::read(&*ledger, &tenant, 0).await.expect("an image");
    let hold = ledger.document(&tenant, DocumentKind::Hold, &id).await;
    let hold = hold.expect("read").expect("kept");
    let labels = ("", "");
    let apart = stored::document(
        DocumentKind::Frozen,
        &id,
        labels,
        hold.at,
        &state.frozen[&id],
    );
    let mut body: serde_json::Value = serde_json::from_slice(&hold.body).expect("JSON");
    let rest = body
        .as_object_mut()
        .expect("a hold")
        .remove("rest_of_action");
    assert!(rest.is_some(), "what waits has its action with it");
    let mut batch = Batch::new(tenant.clone(), ledger.head(&tenant).await.expect("a head"));
    batch.put(apart.expect("a document"));
    batch.put(Document {
        body: body.to_string().into_bytes(),
        ..hold
    });
    ledger.commit(batch).await.expect("written");
    gate.reopen().await;
    let released = gate.firewall.release(&gate.ann, &id, None).await;
    assert_eq!(released.expect("released").status, HoldStatus::Released);
    gate.reopen().await;
    gate.firewall.claim(&gate.own, &id).await.expect("a permit");
    let kept = ledger.document(&tenant, DocumentKind::Frozen, &id).await;
    assert_eq!(kept.expect("read"), None, "it goes with the hold");
}
