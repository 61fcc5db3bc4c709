//! Killing the gate at any moment loses nothing that was answered, and gives nothing twice.
//!
//! A hundred times a gate is started on the same data, asked by several clients at once, and
//! killed. At the end the chain is held against every answer that any client ever got.

mod clients;
mod dice;
mod ledger;

use crate::bin::{Gate, House};
use clients::{Answers, Asker};
use dice::Dice;
use ledger::Records;
use std::{fs, thread, time::Duration};

const ROUNDS: u64 = 100;
const SEED: u64 = 0x5eed_0f1e_0a7e_2026;
/// A round lasts so many milliseconds, give or take.
const SHORTEST_MS: u64 = 40;
const LONGEST_MS: u64 = 260;

/// All that may be spent in a day, in US dollars; each action costs one.
const BUDGET: usize = 200;
/// How many different requests each client sends at least: more than anything allows.
const ENOUGH: usize = 260;
/// How often the grant may be used.
const GRANT: usize = 120;
/// How many actions of the rated agent pass in any ten seconds.
const RATE: usize = 30;
const RATE_MS: i64 = 10_000;

const TENANT_POLICY: &str = "
version: 1
timezone: UTC
catalogue:
  - { action: spend, tier: 1 }
  - { action: permitted, tier: 1, free: true }
  - { action: granted, tier: 3, free: true }
  - { action: rated, tier: 1, free: true }
actions: [{ action: spend }, { action: permitted }, { action: granted }, { action: rated }]
budgets: { daily_usd: 200 }
";

fn policies(rated: &str) -> String {
    format!(
        "
- type: grant_lifecycle
  name: grant
  config:
    action_type: granted
    max_uses: {GRANT}
    expires_at: \"2100-01-01T00:00:00Z\"
    tier_override: A
    required: true
- type: rate_limit
  name: rate
  scope: agent
  agent_id: {rated}
  config: {{ windows: [{{ period: 10s, max: {RATE} }}], on_exceed: block }}
"
    )
}

/// A house with its rules, and who asks there.
fn prepared() -> (House, Vec<Asker>) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let house = House::new(&write("tenant-policy.yaml", TENANT_POLICY));
    let gate = house.serve();
    let admin = house.credential("admin_token");
    let rated = gate
        .ask(admin, &["agents", "register", "rated", "-o", "json"])
        .json(0);
    let rated = rated["id"].as_str().unwrap();
    let args = [
        "keys", "issue", "rated", "--role", "agent", "--agent", rated, "-o", "json",
    ];
    let key = gate.ask(admin, &args).json(0);
    gate.ask(
        admin,
        &["policy", "apply", &write("policies.yaml", &policies(rated))],
    )
    .ended(0);
    assert!(gate.stop().success());
    let own = house.credential("agent_key");
    let askers = vec![
        Asker::new("spend", own, 0),
        Asker::new("permitted", own, 1),
        Asker::new("permitted", own, 2),
        Asker::new("granted", own, 3),
        Asker::new("rated", key["token"].as_str().unwrap(), 4),
    ];
    (house, askers)
}

/// Lets everybody ask until the gate is killed at a moment that the dice choose.
fn round(gate: Gate, askers: &mut [Asker], answers: &mut Answers, time: Duration) {
    let address = gate.address().to_owned();
    let got: Vec<Answers> = thread::scope(|scope| {
        let asking: Vec<_> = askers
            .iter_mut()
            .map(|asker| scope.spawn(|| asker.ask(&address)))
            .collect();
        thread::sleep(time);
        gate.kill();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for one in got {
        answers.add(one);
    }
}

#[test]
fn a_killed_gate_keeps_what_it_answered_and_gives_nothing_twice() {
    let (house, mut askers) = prepared();
    let mut answers = Answers::default();
    let mut dice = Dice::new(SEED);
    for _ in 0..ROUNDS {
        let time = Duration::from_millis(dice.between(SHORTEST_MS, LONGEST_MS));
        round(house.serve(), &mut askers, &mut answers, time);
    }

    let gate = house.serve();
    for asker in &mut askers {
        answers.add(asker.catch_up(gate.address(), ENOUGH));
    }
    answers.check_spent_permits(gate.address(), house.credential("agent_key"));
    let admin = house.credential("admin_token");
    gate.ask(admin, &["audit", "verify"]).ended(0);
    let export = house
        .folder
        .path()
        .join("audit.jsonl")
        .display()
        .to_string();
    gate.ask(admin, &["audit", "export", "--to", &export])
        .ended(0);
    assert!(gate.stop().success());

    let records = Records::read(&export);
    answers.check(&records);
    records.check_budget(BUDGET);
    records.check_grant(GRANT);
    records.check_rate(RATE, RATE_MS);
    records.check_permits();
    for asker in &askers {
        records.check_requests(asker);
    }
}
