//! Every verdict has its record; the chain shows what was touched; replay gives the same bytes.

use super::fixture::{Gate, list, release, submit};
use portcullis_firewall::{
    chain, merkle,
    note::{self, Checkpoint},
    query::RecordQuery,
};
use portcullis_policy::{id::TenantId, tier::Verdict};
use serde_json::json;

async fn busy() -> Gate {
    let gate = Gate::open().await;
    gate.policies("{ type: confidence_floor, name: care, config: { floors: { fix: 0.5 } } }")
        .await;
    for action in [
        list(),
        submit(4, 1.0),
        submit(5, 1.0),
        submit(128, 1.0),
        release(),
    ] {
        gate.ask(action).await.expect("an answer");
    }
    gate
}

#[tokio::test]
async fn a_decisions_record_says_everything_an_auditor_asks() {
    let gate = Gate::open().await;
    let action = json!({
        "action": "workloads.submit",
        "target": "cluster-1",
        "environment": "staging",
        "parameters": { "requested_gpus": 128, "gpu_type": "H100", "estimated_cost_usd": 3 },
        "reasoning": "the loss diverged; retry with a smaller batch",
        "confidence": { "incident": 0.9, "fix": 0.8, "containment": 0.95 },
        "evidence": ["log line 17", { "metric": "loss", "value": 41.5 }],
        "data_classes": ["internal"],
    });
    let answer = gate.ask(action).await.expect("an answer");
    let mut record = gate.payload(answer.seq).await;
    for masked in [
        "action_digest",
        "nonce",
        "rule_set",
        "agent_id",
        "actor",
        "seq",
    ] {
        assert!(!record[masked].is_null(), "{masked}");
        record[masked] = "[masked]".into();
    }
    let shown = serde_json::to_string_pretty(&record)
        .expect("JSON")
        .replace(gate.agent.as_str(), "agt_[masked]");
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn the_chain_verifies_and_a_changed_record_shows() {
    let gate = busy().await;
    let mut told = Vec::new();
    let good = gate
        .firewall
        .verify(&gate.architect, (None, None), &mut |done, of| {
            told.push((done, of))
        })
        .await
        .expect("verified");
    assert!(good.is_good());
    assert_eq!(good.walk.records_checked, gate.head().await);
    assert_eq!(told.last(), Some(&(gate.head().await, gate.head().await)));
    let tenant = TenantId::new("acme").expect("an id");
    assert!(
        gate.ledger
            .tamper(&tenant, 3, |record| record.payload[10] ^= 1)
    );
    let bad = gate
        .firewall
        .verify(&gate.architect, (None, None), &mut |_, _| {})
        .await
        .expect("walked");
    assert_eq!(bad.walk.first_invalid_seq, Some(3));
    assert!(!bad.is_good());
}

#[tokio::test]
async fn a_broken_chain_stops_verdicts_until_a_person_acknowledges() {
    let gate = busy().await;
    let tenant = TenantId::new("acme").expect("an id");
    gate.ledger
        .tamper(&tenant, 3, |record| record.payload[10] ^= 1);
    gate.firewall
        .verify(&gate.architect, (None, None), &mut |_, _| {})
        .await
        .expect("walked");
    let answer = gate.ask(list()).await.expect("an answer");
    assert_eq!(answer.verdict, Verdict::Blocked);
    let nobody = gate
        .firewall
        .acknowledge(&gate.ann, "fine")
        .await
        .expect_err("not hers");
    assert_eq!(nobody.code(), "auth.forbidden");
    gate.firewall
        .acknowledge(&gate.architect, "restored from backup")
        .await
        .expect("sealed");
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Held
    );
}

#[tokio::test]
async fn walking_every_chain_stops_a_broken_tenant_and_nobody_else() {
    let gate = busy().await;
    gate.firewall.verify_all().await.expect("walked");
    assert_eq!(
        gate.firewall
            .overview(&gate.architect)
            .await
            .expect("an overview")
            .broken_at,
        None
    );
    let tenant = TenantId::new("acme").expect("an id");
    gate.ledger
        .tamper(&tenant, 3, |record| record.payload[10] ^= 1);
    gate.firewall.verify_all().await.expect("walked");
    let overview = gate
        .firewall
        .overview(&gate.architect)
        .await
        .expect("an overview");
    assert_eq!(overview.broken_at, Some(3));
    gate.firewall
        .acknowledge(&gate.architect, "restored from backup")
        .await
        .expect("sealed");
    gate.firewall.verify_all().await.expect("walked");
    let overview = gate
        .firewall
        .overview(&gate.architect)
        .await
        .expect("an overview");
    assert_eq!(overview.broken_at, None, "what was acknowledged stays so");
}

#[tokio::test]
async fn proofs_convince_and_checkpoints_verify() {
    let gate = busy().await;
    let first = gate
        .firewall
        .checkpoint(&gate.architect)
        .await
        .expect("a note");
    let (name, key) =
        note::read_verifier_key(&gate.firewall.checkpoint_key(&gate.architect)).expect("a key");
    let first = Checkpoint::verify(&first, &key).expect("genuine");
    assert_eq!(first.origin, name);
    gate.ask(list()).await.expect("an answer");
    let second = gate
        .firewall
        .checkpoint(&gate.architect)
        .await
        .expect("a note");
    let second = Checkpoint::verify(&second, &key).expect("genuine");
    let proof = gate
        .firewall
        .inclusion(&gate.architect, 3)
        .await
        .expect("a proof");
    merkle::verify_inclusion(
        &proof.record_hash,
        (proof.leaf_index, second.size),
        &proof.hashes,
        &second.root,
    )
    .expect("it is in");
    let grown = gate
        .firewall
        .consistency(&gate.architect, first.size, None)
        .await
        .expect("it");
    merkle::verify_consistency(
        (first.size, &first.root),
        (second.size, &second.root),
        &grown.hashes,
    )
    .expect("it only grew");
}

#[tokio::test]
async fn an_exported_record_can_be_taken_apart_and_verified_offline() {
    let gate = busy().await;
    let records = RecordQuery::after(0, usize::MAX);
    let mut verifier = chain::Verifier::from_start();
    for record in gate
        .firewall
        .records(&gate.architect, records)
        .await
        .expect("records")
    {
        let line = chain::join(
            &record.payload,
            record.seq,
            record.prev.as_ref(),
            &record.hash,
        );
        let sealed = chain::split(&line).expect("a sealed record");
        assert_eq!(sealed.payload, record.payload);
        assert!(verifier.check(
            sealed.seq,
            &sealed.payload,
            sealed.prev.as_ref(),
            &sealed.hash
        ));
    }
    assert!(verifier.walk().valid);
}

#[tokio::test]
async fn judging_again_gives_the_same_bytes_even_after_the_rules_changed() {
    let gate = busy().await;
    gate.policies("{ type: confidence_floor, name: more, config: { floors: { fix: 0.99 } } }")
        .await;
    gate.ask(submit(3, 1.0)).await.expect("an answer");
    let all = (1, gate.head().await);
    let replay = gate
        .firewall
        .replay(&gate.architect, all, None, &mut |_| {})
        .await
        .expect("a replay");
    assert_eq!(
        (replay.replayed, replay.changed, replay.differing_bytes),
        (6, 0, 0)
    );
}

#[tokio::test]
async fn other_rules_show_what_would_come_out_otherwise() {
    let gate = busy().await;
    let drafts = portcullis_policy::cham::read::yaml(
        "
type: action_type_block
name: no looking
config: { action_types: [workloads.list], tier: C, verdict: BLOCKED }
",
    );
    let rules = gate
        .firewall
        .candidate_rules(&gate.architect, drafts.expect("a policy"))
        .await
        .expect("rules");
    let all = (1, gate.head().await);
    let replay = gate
        .firewall
        .replay(&gate.architect, all, Some(rules), &mut |_| {})
        .await
        .expect("a replay");
    let changed: Vec<&str> = replay
        .records
        .iter()
        .map(|r| r.action_type.as_str())
        .collect();
    assert_eq!(changed, ["workloads.list"]);
}

#[tokio::test]
async fn counts_and_metrics_come_back_after_a_crash() {
    let mut gate = busy().await;
    let before = gate
        .firewall
        .policies(&gate.architect)
        .await
        .expect("policies");
    let agent = gate
        .firewall
        .agent(&gate.architect, gate.agent.as_str())
        .await
        .expect("it");
    gate.reopen().await;
    let after = gate
        .firewall
        .policies(&gate.architect)
        .await
        .expect("policies");
    assert_eq!(before[0].metrics, after[0].metrics);
    assert!(after[0].metrics.evaluations >= 5);
    let again = gate
        .firewall
        .agent(&gate.architect, gate.agent.as_str())
        .await
        .expect("it");
    assert_eq!(agent.tally, again.tally);
}
