//! The principles that no judgement can hold by itself: the house holds them.

use super::fixture::{Gate, list, submit};
use portcullis_firewall::{
    batch::{Batch, Document, DocumentKind},
    ports::Ledger,
    query::{DocumentQuery, RecordQuery},
};
use portcullis_policy::{id::TenantId, tier::Verdict};
use serde_json::Value;

/// Principle 5: what was refused stays refused; asking again is another action.
#[tokio::test]
async fn a_refusal_never_turns_into_a_clearance() {
    let gate = Gate::open().await;
    let id = gate
        .policies(
            "
type: action_type_block
name: no looking
config: { action_types: [workloads.list], tier: C, verdict: BLOCKED }
",
        )
        .await
        .remove(0);
    let refused = gate.ask(list()).await.expect("an answer");
    let before = gate
        .firewall
        .record(&gate.architect, refused.seq)
        .await
        .expect("a record");
    let off = portcullis_firewall::proposal::PolicyPatch {
        active: Some(false),
        ..Default::default()
    };
    gate.firewall
        .update_policy(&gate.architect, id.as_str(), off)
        .await
        .expect("off");
    let again = gate.ask(list()).await.expect("an answer");
    assert_eq!(again.verdict, Verdict::Cleared);
    assert!(again.seq > refused.seq, "it has a record of its own");
    let after = gate
        .firewall
        .record(&gate.architect, refused.seq)
        .await
        .expect("a record");
    assert_eq!(after, before, "and the refusal stands as it was");
    assert_eq!(after.verdict, Some(Verdict::Blocked));
}

/// Principle 6: what is held is what is released, to the letter.
#[tokio::test]
async fn a_held_action_that_was_changed_in_the_ledger_is_not_released() {
    let mut gate = Gate::open().await;
    let answer = gate.ask(submit(5, 1.0)).await.expect("an answer");
    let id = answer.hold.expect("a hold").id;
    let tenant = TenantId::new("acme").expect("an id");
    let kept = gate
        .ledger
        .document(&tenant, DocumentKind::Hold, &id)
        .await
        .expect("read")
        .expect("kept");
    let mut body: Value = serde_json::from_slice(&kept.body).expect("JSON");
    let gpus = body
        .pointer_mut("/parameters/requested_gpus")
        .expect("the parameter");
    *gpus = 50.into();
    let mut batch = Batch::new(
        tenant.clone(),
        gate.ledger.head(&tenant).await.expect("a head"),
    );
    batch.put(Document {
        body: serde_json::to_vec(&body).expect("JSON"),
        ..kept
    });
    gate.ledger.commit(batch).await.expect("tampered with");
    gate.reopen().await;
    let error = gate.firewall.release(&gate.ann, &id, None).await;
    assert_eq!(
        error.expect_err("another action").code(),
        "gate.unavailable"
    );
}

/// Principle 9: a refusal says why, and stands where people look.
#[tokio::test]
async fn a_refusal_names_its_reason_and_waits_for_people_to_review_it() {
    let gate = Gate::open().await;
    let answer = gate.ask(submit(128, 1.0)).await.expect("an answer");
    assert!(answer.rule_violated.is_some());
    assert!(
        answer.reasoning.contains("128 GPUs"),
        "{}",
        answer.reasoning
    );
    let open = DocumentQuery::with_status(DocumentKind::Violation, "OPEN");
    let violations = gate
        .firewall
        .violations(&gate.ann, open)
        .await
        .expect("a list");
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].seq, answer.seq);
    assert_eq!(violations[0].reason, answer.reasoning);
}

/// Principles 2 and 14: whatever was judged can be read, every field of it.
#[tokio::test]
async fn every_decision_is_on_record_and_can_be_read() {
    let gate = Gate::open().await;
    let asked = [list(), submit(4, 1.0), submit(5, 1.0), submit(128, 1.0)];
    for action in asked.clone() {
        gate.ask(action).await.expect("an answer");
    }
    let query = RecordQuery {
        agent: Some(gate.agent.to_string()),
        kind: Some(portcullis_firewall::batch::RecordKind::Decision),
        ..RecordQuery::after(0, usize::MAX)
    };
    let records = gate
        .firewall
        .records(&gate.ann, query)
        .await
        .expect("records");
    assert_eq!(records.len(), asked.len());
    for record in records {
        let payload: Value = serde_json::from_slice(&record.payload).expect("JSON");
        for field in [
            "action_type",
            "agent_id",
            "decision_reasoning",
            "environment",
            "parameters",
            "reasons",
            "risk_tier",
            "target_service",
            "tier",
            "timestamp",
            "verdict",
        ] {
            assert!(!payload[field].is_null(), "{field}");
        }
    }
}
