//! Whatever happens in whatever order: nothing runs twice, and what a lane knows is what the
//! ledger gives after a crash.

use super::{
    fixture::{list, release, submit},
    world::World,
};
use portcullis_firewall::{
    approval::Choice,
    click::Click,
    error::GateError,
    lane::Job,
    principal::Principal,
    proposal::Proposal,
    request::{self, Request},
    turn::{OutcomeReport, OutcomeResult, Turn},
};
use portcullis_policy::{amount::Micros, cham, facts::AgentStatus};
use proptest::prelude::*;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

const POLICY: &str = "
version: 1
timezone: America/New_York
catalogue: [{ action: note_write, tier: 1 }]
actions:
  - { action: workloads.list }
  - { action: workloads.submit, caps: { max_gpus_per_job: 64 } }
  - { action: allocations.release }
  - { action: note_write }
budgets: { daily_usd: 300, monthly_usd: 900 }
rate_limits: { writes_per_minute: 30 }
";

/// What is known of holds and permits, in the batch that makes them already, and what was told.
#[derive(Default)]
struct Ties {
    holds: Vec<String>,
    permits: Vec<String>,
    seqs: Vec<u64>,
    claimed: BTreeMap<String, usize>,
    spent: BTreeMap<String, usize>,
}

type Shared = Arc<Mutex<Ties>>;
type Step = (u8, u8, u8);

/// The newest but so many.
fn newest<T: Clone>(of: &[T], back: u8) -> Option<T> {
    of.iter().rev().nth(usize::from(back % 4)).cloned()
}

fn action(which: u8) -> Value {
    let mut action = match which % 6 {
        0 => list(),
        1 => submit(1, 2.0),
        2 => submit(8, 30.0),
        3 => release(),
        4 => serde_json::json!({ "action": "note_write", "target": "wiki" }),
        _ => serde_json::json!({ "action": "never.heard_of", "target": "x" }),
    };
    action["permit"] = true.into();
    action
}

fn request(world: &World, which: u8, key: u8) -> (Principal, Request) {
    let own = world.gate.own.clone();
    let key = key.is_multiple_of(3).then(|| format!("k{}", key % 4));
    let bytes = action(which).to_string();
    let nonce = portcullis_firewall::digest::Nonce::new([which; 16]);
    let request = request::read(bytes.as_bytes(), &own, nonce, key.as_deref());
    (own, request.expect("a good request"))
}

fn ask(world: &World, shared: &Shared, (which, key): (u8, u8)) -> Job {
    let (own, request) = request(world, which, key);
    let ties = Arc::clone(shared);
    let work = move |turn: &mut Turn<'_>| {
        let answer = turn.govern(&own, &request)?;
        let mut ties = ties.lock().expect("whole");
        ties.seqs.push(answer.seq);
        ties.holds.extend(answer.hold.map(|hold| hold.id));
        ties.permits.extend(answer.permit);
        Ok(())
    };
    Job::new(work, drop)
}

fn claim(world: &World, shared: &Shared, back: u8) -> Job {
    let (own, ties, told) = (
        world.gate.own.clone(),
        Arc::clone(shared),
        Arc::clone(shared),
    );
    let work = move |turn: &mut Turn<'_>| {
        let id = newest(&ties.lock().expect("whole").holds, back);
        let id = id.ok_or(GateError::Unauthenticated)?;
        let permit = turn.claim(&own, &id)?;
        ties.lock().expect("whole").permits.push(permit);
        Ok(id)
    };
    Job::new(work, move |answer: Result<String, _>| {
        if let Ok(id) = answer {
            *told.lock().expect("whole").claimed.entry(id).or_default() += 1;
        }
    })
}

fn redeem(world: &World, shared: &Shared, back: u8) -> Job {
    let (client, ties, told) = (
        world.gate.client.clone(),
        Arc::clone(shared),
        Arc::clone(shared),
    );
    let work = move |turn: &mut Turn<'_>| {
        let permit = newest(&ties.lock().expect("whole").permits, back);
        let permit = permit.ok_or(GateError::Unauthenticated)?;
        turn.redeem(&client, &permit, None).map(|_| permit)
    };
    Job::new(work, move |answer: Result<String, _>| {
        if let Ok(permit) = answer {
            *told.lock().expect("whole").spent.entry(permit).or_default() += 1;
        }
    })
}

fn decide(world: &World, shared: &Shared, back: u8, who: u8) -> Job {
    let person = if who.is_multiple_of(2) {
        &world.gate.ann
    } else {
        &world.gate.ben
    }
    .clone();
    let ties = Arc::clone(shared);
    let work = move |turn: &mut Turn<'_>| {
        let id = newest(&ties.lock().expect("whole").holds, back);
        let id = id.ok_or(GateError::Unauthenticated)?;
        let choice = if who.is_multiple_of(5) {
            Choice::Reject
        } else {
            Choice::Approve
        };
        let hold = turn.state.holds.get(&id).cloned();
        let hold = hold.ok_or(GateError::Unauthenticated)?;
        turn.decide(&person, hold, &Click::by_program(choice, None))
    };
    Job::new(work, drop)
}

fn report(world: &World, shared: &Shared, back: u8, cost: u8) -> Job {
    let (own, ties) = (world.gate.own.clone(), Arc::clone(shared));
    let agent = world.gate.agent.clone();
    let work = move |turn: &mut Turn<'_>| {
        let seq = newest(&ties.lock().expect("whole").seqs, back);
        let report = OutcomeReport {
            seq: seq.ok_or(GateError::Unauthenticated)?,
            agent,
            result: if cost.is_multiple_of(3) {
                OutcomeResult::Unknown
            } else {
                OutcomeResult::Succeeded
            },
            effect: String::new(),
            cost_usd: Some(Micros::new(u64::from(cost) * 100_000)),
            gpu_hours: None,
        };
        turn.report(&own, &report)
    };
    Job::new(work, drop)
}

fn rule(world: &World, max: u8) -> Job {
    let house = world.house.clone();
    let work = move |turn: &mut Turn<'_>| {
        let text = format!(
            "{{ type: rate_limit, name: r, config: {{ windows: [{{ period: 1h, max: {} }}] }} }}",
            u32::from(max) + 200
        );
        let drafts = cham::read::yaml(&text).expect("a policy");
        let book = Arc::clone(&turn.state.rulebook);
        turn.adopt(
            "architect",
            Proposal::create(&book, drafts, &house, turn.now)?,
        )
    };
    Job::new(work, drop)
}

fn job(world: &World, shared: &Shared, (kind, a, b): Step) -> Job {
    match kind % 16 {
        0..=5 => ask(world, shared, (a, b)),
        6..=8 => decide(world, shared, a, b),
        9 | 10 => claim(world, shared, a),
        11 | 12 => redeem(world, shared, a),
        13 => report(world, shared, a, b),
        14 if a % 4 == 0 => rule(world, b),
        14 if a % 4 == 1 => Job::new(|turn| turn.keep_tally(1), drop),
        14 => Job::new(|turn| turn.sweep(), drop),
        _ => {
            let (id, to) = (
                world.gate.agent.clone(),
                [AgentStatus::Paused, AgentStatus::Active],
            );
            let to = to[usize::from(a % 2)];
            Job::new(
                move |turn| turn.move_agent("architect", id.as_str(), to.into(), None),
                drop,
            )
        }
    }
}

/// Seconds that pass before a batch, what breaks in it, and what it does.
type Scene = (u8, u8, Vec<Step>);

async fn play(scenes: Vec<Scene>) {
    let mut world = World::open(POLICY).await;
    let shared = Shared::default();
    for (pause, trouble, steps) in scenes {
        if pause.is_multiple_of(8) {
            world
                .gate
                .clock
                .jump_back(Duration::from_secs(u64::from(pause)));
        }
        world
            .gate
            .advance(u64::from(pause) * if pause % 16 == 1 { 700 } else { 1 });
        match trouble % 12 {
            0 => world.gate.ledger.fail_next(1),
            1 => world.gate.ledger.fail_after_write(1),
            2 => world.scarce.leave(usize::from(trouble / 12)),
            _ => {}
        }
        let jobs = steps
            .into_iter()
            .map(|step| job(&world, &shared, step))
            .collect();
        world.batch(jobs).await;
        world.gate.ledger.fail_next(0);
        world.gate.ledger.fail_after_write(0);
        world.scarce.leave(usize::MAX);
        if !world.lane.is_stale() {
            world.must_outlive_a_crash().await;
        }
    }
    nothing_was_told_twice(&shared);
    every_action_was_permitted_once(&world).await;
}

fn nothing_was_told_twice(shared: &Shared) {
    let ties = shared.lock().expect("whole");
    assert!(
        ties.claimed.values().all(|times| *times == 1),
        "{:?}",
        ties.claimed
    );
    assert!(
        ties.spent.values().all(|times| *times == 1),
        "{:?}",
        ties.spent
    );
}

/// At most one permit is spent for one decision, and none for a refused one or a killed hold.
async fn every_action_was_permitted_once(world: &World) {
    let records = world.gate.firewall.records(
        &world.gate.architect,
        portcullis_firewall::query::RecordQuery::after(0, usize::MAX),
    );
    let payloads: Vec<Value> = records
        .await
        .expect("records")
        .iter()
        .map(|record| serde_json::from_slice(&record.payload).expect("JSON"))
        .collect();
    let of = |kind: &'static str| payloads.iter().filter(move |p| p["record_type"] == kind);
    let mut spent = BTreeMap::<u64, usize>::new();
    for redeemed in of("permit_redeemed") {
        *spent
            .entry(redeemed["parent_seq"].as_u64().expect("a number"))
            .or_default() += 1;
    }
    for (seq, times) in spent {
        assert_eq!(times, 1, "the action of record {seq}");
        let decision = of("decision")
            .find(|p| p["seq"] == seq)
            .expect("a decision");
        let ended = of("escrow_outcome").rfind(|p| p["parent_seq"] == seq);
        match decision["verdict"].as_str() {
            Some("CLEARED") => {}
            Some("HELD") => assert_eq!(ended.expect("decided")["status"], "RELEASED"),
            other => panic!("{other:?} was executed"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_runs_twice_and_the_image_is_what_the_ledger_holds(
        scenes in prop::collection::vec(
            (any::<u8>(), any::<u8>(), prop::collection::vec(any::<Step>(), 1..14)),
            1..14,
        ),
    ) {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime")
            .block_on(play(scenes));
    }
}
