//! A job that fails halfway leaves nothing behind, wherever it fails.

use super::{
    fixture::{list, release, submit},
    world::{World, image},
};
use portcullis_firewall::{
    digest::Nonce,
    lane::Job,
    ports::Ledger,
    principal::{Principal, Role},
    request,
    turn::{NewAgent, NewKey, Turn},
};
use portcullis_policy::facts::AgentStatus;
use serde_json::Value;
use std::sync::mpsc;

const POLICY: &str = "
version: 1
actions:
  - { action: workloads.list }
  - { action: workloads.submit }
  - { action: allocations.release }
budgets: { daily_usd: 300 }
";

fn asking(principal: &Principal, action: &Value) -> impl FnOnce(&mut Turn<'_>) -> Outcome + use<> {
    let principal = principal.clone();
    let bytes = action.to_string();
    let request = request::read(bytes.as_bytes(), &principal, Nonce::new([3; 16]), Some("k"));
    let request = request.expect("a good request");
    move |turn| turn.govern(&principal, &request).map(drop)
}

type Outcome = Result<(), portcullis_firewall::error::GateError>;
type Work = Box<dyn FnOnce(&mut Turn<'_>) -> Outcome + Send>;

/// Every kind of job that draws randomness; held is the id of a released hold.
fn works(world: &World, held: &str) -> Vec<(&'static str, Work)> {
    let gate = &world.gate;
    let mut with_permit = list();
    with_permit["permit"] = true.into();
    let mut refused = list();
    refused["action"] = "policy.update".into();
    let (own, held) = (gate.own.clone(), held.to_owned());
    let architect = gate.architect.clone();
    vec![
        ("cleared", Box::new(asking(&gate.own, &with_permit))),
        ("held", Box::new(asking(&gate.own, &release()))),
        (
            "blocked, with its consequences",
            Box::new(asking(&gate.own, &refused)),
        ),
        (
            "claim",
            Box::new(move |turn| turn.claim(&own, &held).map(drop)),
        ),
        (
            "key",
            Box::new(move |turn| {
                turn.issue_key(&architect, NewKey::of("spare", Role::Viewer))
                    .map(drop)
            }),
        ),
        (
            "agent",
            Box::new(|turn| {
                let new = NewAgent {
                    name: "spare".to_owned(),
                    ..NewAgent::default()
                };
                turn.register_agent("architect", new).map(drop)
            }),
        ),
    ]
}

/// A job of somebody else's.
fn pausing(world: &World, tell: &mpsc::Sender<(&'static str, bool)>) -> Job {
    let (id, tell) = (world.gate.agent.clone(), tell.clone());
    let work = move |turn: &mut Turn<'_>| {
        turn.move_agent("x", id.as_str(), AgentStatus::Paused.into(), None)
    };
    Job::new(work, move |answer| {
        // In a rehearsal nobody listens.
        let _ = tell.send(("other", answer.is_ok()));
    })
}

async fn prepared() -> (World, String) {
    let mut world = World::open(POLICY).await;
    let answer = world.gate.ask(submit(5, 1.0)).await.expect("an answer");
    let id = answer.hold.expect("a hold").id;
    world
        .gate
        .firewall
        .release(&world.gate.ann, &id, None)
        .await
        .expect("released");
    world
        .batch(vec![Job::new(
            |turn| {
                turn.state.spoilt = true;
                Ok(())
            },
            drop,
        )])
        .await;
    world.batch(Vec::new()).await;
    (world, id)
}

#[tokio::test]
async fn without_randomness_a_job_fails_as_a_whole_and_takes_its_batch_with_it() {
    let alone = {
        let (mut world, _) = prepared().await;
        let other = pausing(&world, &mpsc::channel().0);
        world.batch(vec![other]).await;
        world.after_a_crash().await
    };
    let mut failures = 0;
    for draws in 0..3 {
        for number in 0..6 {
            let (mut world, held) = prepared().await;
            let (what, work) = works(&world, &held).remove(number);
            let before = world.after_a_crash().await;
            assert_eq!(
                image(world.lane.state()),
                before,
                "{what}: nothing happened yet"
            );
            world.scarce.leave(draws);
            // Somebody else shares the batch: it must not be told of what is not written.
            let (tell, told) = mpsc::channel();
            let other = pausing(&world, &tell);
            let own = Job::new(work, move |answer| {
                tell.send(("own", answer.is_ok())).expect("heard")
            });
            world.batch(vec![other, own]).await;
            let told: Vec<_> = told.iter().collect();
            let after = world.after_a_crash().await;
            match told.as_slice() {
                [("other", true), ("own", true)] => assert_ne!(after, before, "{what} {draws}"),
                [("other", true), ("own", false)] => {
                    // It failed before it changed anything; the other's turn stands alone.
                    failures += 1;
                    assert_eq!(after, alone, "{what} {draws}");
                    world.must_outlive_a_crash().await;
                }
                [("other", false), ("own", false)] => {
                    failures += 1;
                    assert!(world.lane.is_stale(), "{what} {draws}");
                    assert_eq!(after, before, "{what} {draws}: nothing is written");
                }
                told => panic!("{what} {draws}: {told:?}"),
            }
        }
    }
    assert!(failures >= 7, "only {failures} points failed");
}

#[tokio::test]
async fn a_job_that_panics_gets_no_answer_and_the_lane_goes_on() {
    let (mut world, _) = prepared().await;
    let before = world.after_a_crash().await;
    let (tell, told) = mpsc::channel();
    let id = world.gate.agent.clone();
    let jobs = vec![
        Job::new(
            move |turn| turn.move_agent("x", id.as_str(), AgentStatus::Paused.into(), None),
            move |answer| tell.send(answer.is_ok()).expect("heard"),
        ),
        Job::new(
            |_| -> Result<(), _> { panic!("on purpose") },
            |_| panic!("never told"),
        ),
    ];
    world.batch(jobs).await;
    assert_eq!(told.iter().collect::<Vec<_>>(), [false]);
    assert_eq!(world.after_a_crash().await, before);
    let asked = asking(&world.gate.own, &list());
    world.turn(asked).await.expect("the lane goes on");
    assert_ne!(world.after_a_crash().await, before);
}

#[tokio::test]
async fn a_full_batch_leaves_the_rest_for_the_next() {
    let (mut world, _) = prepared().await;
    let mut heavy = list();
    heavy["parameters"] = serde_json::json!({ "text": "x".repeat(900_000) });
    let jobs: Vec<Job> = (0..40)
        .map(|_| {
            let principal = world.gate.client.clone();
            heavy["agent_id"] = world.gate.agent.as_str().into();
            let bytes = heavy.to_string();
            let request = request::read(bytes.as_bytes(), &principal, Nonce::new([3; 16]), None);
            let request = request.expect("a good request");
            Job::new(
                move |turn| turn.govern(&principal, &request).map(drop),
                drop,
            )
        })
        .collect();
    let mut waiting = jobs.into_iter();
    let mut batches = Vec::new();
    while waiting.len() > 0 {
        let (batch, tells) = world.lane.take(&mut waiting);
        assert_eq!(batch.records.len(), tells.len());
        batches.push(tells.len());
        world.gate.ledger.commit(batch).await.expect("written");
        world.lane.end(Ok(()), tells);
    }
    assert_eq!(batches, [19, 19, 2]);
}
