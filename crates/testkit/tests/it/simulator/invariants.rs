//! What must hold after every life of the gate, whatever happened in it.

use super::{life, witness::Witness};
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    chain,
    ports::Ledger,
    query::RecordQuery,
};
use portcullis_policy::tier::Verdict;
use portcullis_testkit::{FakeClock, MemoryLedger};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The most uses of the grant in the script's rules.
const GRANT_USES: usize = 7;
/// The most actions of one agent in a minute that the rate limit lets through.
const BURST: usize = 25;
/// The most US dollars a day, in millionths.
const DAILY_USD: u64 = 250_000_000;

pub(super) fn check(
    ledger: &Arc<MemoryLedger>,
    clock: &Arc<FakeClock>,
    witness: &Witness,
    seed: u64,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let tenant = witness.people[0].tenant.clone();
    let all = RecordQuery::after(0, usize::MAX);
    let records = runtime
        .block_on(ledger.records(&tenant, all))
        .expect("records");
    the_chain_is_whole(&records, seed);
    every_answer_is_on_record(&records, witness, seed);
    nothing_runs_twice(&records, witness, seed);
    nothing_is_carried_out_without_a_spent_permit(&records, witness, seed);
    no_grant_is_overused(&records, seed);
    no_window_admits_too_many(&records, seed);
    no_budget_is_overdrawn(&records, seed);
    every_release_has_its_people(&records, seed);
    let gate = runtime
        .block_on(life::open(ledger, clock, seed ^ 0xfeed))
        .expect("the gate opens");
    let last = records.last().map_or(0, |record| record.seq);
    let replay = runtime.block_on(gate.replay(&witness.people[0], (1, last), None, &mut |_| {}));
    let replay = replay.expect("a replay");
    assert_eq!(replay.changed, 0, "seed {seed}: {:?}", replay.records);
    assert_eq!(replay.differing_bytes, 0, "seed {seed}");
}

fn the_chain_is_whole(records: &[StoredRecord], seed: u64) {
    let mut prev = None;
    for (at, record) in records.iter().enumerate() {
        assert_eq!(record.seq, at as u64 + 1, "seed {seed}");
        assert_eq!(record.prev, prev, "seed {seed}: record {}", record.seq);
        assert_eq!(
            chain::seal(&record.payload, prev.as_ref()),
            record.hash,
            "seed {seed}"
        );
        prev = Some(record.hash);
    }
}

fn every_answer_is_on_record(records: &[StoredRecord], witness: &Witness, seed: u64) {
    for (seq, hash, verdict) in &witness.verdicts {
        let record = &records[usize::try_from(*seq).expect("a small number") - 1];
        assert_eq!(record.hash, *hash, "seed {seed}: record {seq}");
        assert_eq!(record.verdict, Some(*verdict), "seed {seed}: record {seq}");
    }
}

fn nothing_runs_twice(records: &[StoredRecord], witness: &Witness, seed: u64) {
    for (permit, count) in &witness.redeemed {
        assert_eq!(*count, 1, "seed {seed}: permit {permit}");
    }
    for (hold, count) in &witness.claimed {
        assert_eq!(*count, 1, "seed {seed}: hold {hold}");
    }
    let mut spent = BTreeSet::new();
    for record in of_kind(records, RecordKind::PermitRedeemed) {
        let parent = payload(record)["parent_seq"].as_u64().expect("a parent");
        assert!(
            spent.insert(parent),
            "seed {seed}: the action of record {parent} ran twice"
        );
    }
}

/// Each order went out once, and its permit was spent on record.
fn nothing_is_carried_out_without_a_spent_permit(
    records: &[StoredRecord],
    witness: &Witness,
    seed: u64,
) {
    let parents = |kind| -> Vec<u64> {
        let of = of_kind(records, kind).map(|record| payload(record)["parent_seq"].as_u64());
        of.flatten().collect()
    };
    let spent: BTreeSet<u64> = parents(RecordKind::PermitRedeemed).into_iter().collect();
    let mut done = BTreeSet::new();
    for order in witness.hands.orders() {
        let seq = order.seq;
        assert!(done.insert(seq), "seed {seed}: record {seq} ran twice");
        assert!(
            spent.contains(&seq),
            "seed {seed}: record {seq} ran without a permit"
        );
    }
}

fn no_grant_is_overused(records: &[StoredRecord], seed: u64) {
    let uses = records
        .iter()
        .filter(|record| !effects(record)["d"]["g"].is_null())
        .count();
    assert!(uses <= GRANT_USES, "seed {seed}: {uses} uses");
}

fn no_window_admits_too_many(records: &[StoredRecord], seed: u64) {
    let mut times: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for record in of_kind(records, RecordKind::Decision) {
        if record.verdict != Some(Verdict::Blocked) {
            times
                .entry(&record.agent)
                .or_default()
                .push(record.at.as_millisecond());
        }
    }
    for (agent, times) in times {
        for window in times.windows(BURST + 1) {
            let span = window[BURST] - window[0];
            assert!(
                span >= 60_000,
                "seed {seed}: {agent} did {} in {span} ms",
                BURST + 1
            );
        }
    }
}

fn no_budget_is_overdrawn(records: &[StoredRecord], seed: u64) {
    let mut committed: BTreeMap<String, u64> = BTreeMap::new();
    let mut pledges: BTreeMap<u64, Vec<(String, u64)>> = BTreeMap::new();
    for record in records {
        let effects = effects(record);
        let reserved = effects
            .get("d")
            .and_then(|d| d.get("r"))
            .map(amounts)
            .unwrap_or_default();
        for (budget, amount) in &reserved {
            let sum = committed.entry(budget.clone()).or_default();
            *sum += amount;
            let is_day = budget.contains("day") && budget.contains("usd");
            assert!(
                !is_day || *sum <= DAILY_USD,
                "seed {seed}: {budget} holds {sum}"
            );
        }
        if !reserved.is_empty() {
            pledges.insert(record.seq, reserved);
        }
        if let Some(settled) = effects.get("s") {
            let seq = settled["seq"].as_u64().expect("a number");
            for (budget, amount) in pledges.remove(&seq).unwrap_or_default() {
                *committed.entry(budget).or_default() -= amount;
            }
            for (budget, amount) in settled.get("spent").map(amounts).unwrap_or_default() {
                *committed.entry(budget).or_default() += amount;
            }
        }
    }
}

fn every_release_has_its_people(records: &[StoredRecord], seed: u64) {
    for record in of_kind(records, RecordKind::HoldOutcome) {
        let outcome = payload(record);
        if outcome["status"] != "RELEASED" {
            continue;
        }
        let people: BTreeSet<String> = outcome["approvals"]
            .as_array()
            .expect("approvals")
            .iter()
            .filter(|approval| approval["level"] == outcome["level"])
            .map(|approval| approval["by"].as_str().expect("a name").to_owned())
            .collect();
        let required = outcome["approvals_required"].as_u64().expect("a number");
        assert!(
            people.len() as u64 >= required,
            "seed {seed}: record {}",
            record.seq
        );
    }
}

fn of_kind(records: &[StoredRecord], kind: RecordKind) -> impl Iterator<Item = &StoredRecord> {
    records.iter().filter(move |record| record.kind == kind)
}

fn payload(record: &StoredRecord) -> Value {
    serde_json::from_slice(&record.payload).expect("JSON")
}

fn effects(record: &StoredRecord) -> Value {
    serde_json::from_slice(&record.effects).expect("JSON")
}

fn amounts(pledges: &Value) -> Vec<(String, u64)> {
    let pledges = pledges.as_array().expect("a list");
    pledges
        .iter()
        .map(|pledge| {
            (
                pledge[0].to_string(),
                pledge[1].as_u64().expect("an amount"),
            )
        })
        .collect()
}
