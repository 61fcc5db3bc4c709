//! Ways around the gate that somebody might try, each with what stops it.

use super::{
    fixture::{Gate, list, open, release, submit},
    world::World,
};
use portcullis_firewall::{
    batch::DocumentKind,
    firewall::{Firewall, Ports},
    hold::HoldStatus,
    ports::Ledger,
    principal::{Principal, Role},
    proposal::Proposal,
    query::DocumentQuery,
    state::State,
    turn::{NewKey, OutcomeResult},
};
use portcullis_policy::{
    amount::Micros, cham, facts::AgentStatus, id::TenantId, tenant, tier::Verdict,
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const BLOCK: &str = "
type: action_type_block
name: stop
config: { action_types: [workloads.list], verdict: BLOCKED }
";

async fn another_key(gate: &Gate, name: &str, role: Role) -> (Principal, String) {
    let issued = gate
        .firewall
        .issue_key(&gate.architect, NewKey::of(name, role))
        .await;
    let (_, token) = issued.expect("a key");
    let principal = gate
        .firewall
        .authenticate(token.reveal())
        .expect("known at once");
    (principal, token.reveal().to_owned())
}

#[tokio::test]
async fn rules_proposed_before_a_failed_write_do_not_undo_what_came_after_them() {
    let mut world = World::open("version: 1\nactions: [{ action: workloads.list }]").await;
    let book = Arc::clone(&world.lane.state().rulebook);
    let drafts = |text: &str| cham::read::yaml(text).expect("a policy");
    let early = Proposal::create(
        &book,
        drafts(&BLOCK.replace("list", "get")),
        &world.house,
        book_time(),
    );
    let block =
        Proposal::create(&book, drafts(BLOCK), &world.house, book_time()).expect("compiles");
    world
        .turn(|turn| turn.adopt("architect", block))
        .await
        .expect("adopted");
    world.gate.ledger.fail_next(1);
    world
        .turn(|turn| turn.keep_tally(1))
        .await
        .expect_err("not written");
    let early = early.expect("compiles");
    let late = world.turn(|turn| turn.adopt("architect", early)).await;
    assert_eq!(late.expect_err("moved on").code(), "rules.moved");
    assert_eq!(
        world.lane.state().rulebook.rules.policies().len(),
        1,
        "the block is in force"
    );
}

fn book_time() -> jiff::Timestamp {
    "2026-04-10T14:32:01Z".parse().expect("a moment")
}

#[tokio::test]
async fn a_tenant_is_made_with_its_architect_or_not_at_all() {
    let world = World::open("version: 1").await;
    let firewall = Firewall::open(Ports {
        ledger: Arc::<portcullis_testkit::MemoryLedger>::clone(&world.gate.ledger),
        house: world.house.clone(),
        spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
    });
    let firewall = firewall.await.expect("the gate opens");
    let id = TenantId::new("late").expect("an id");
    for draws in [0, 1] {
        world.scarce.leave(draws);
        firewall
            .create_tenant(id.clone(), "Late")
            .await
            .expect_err("no randomness");
    }
    world.scarce.leave(usize::MAX);
    let new = firewall
        .create_tenant(id, "Late")
        .await
        .expect("nothing is in the way");
    assert!(firewall.authenticate(new.token.reveal()).is_some());
}

#[tokio::test]
async fn an_idempotency_key_does_not_outlive_the_permission() {
    let gate = Gate::open().await;
    let first = gate
        .ask_as(&gate.own, list(), Some("k"))
        .await
        .expect("an answer");
    assert_eq!(first.verdict, Verdict::Cleared);
    gate.policies(BLOCK).await;
    let again = gate
        .ask_as(&gate.own, list(), Some("k"))
        .await
        .expect("an answer");
    assert_eq!((again.verdict, again.repeated), (Verdict::Blocked, false));
    let refused = gate
        .ask_as(&gate.own, list(), Some("k"))
        .await
        .expect("an answer");
    assert_eq!(
        (refused.seq, refused.repeated),
        (again.seq, true),
        "the refusal is told again"
    );
}

#[tokio::test]
async fn an_idempotency_key_does_not_clear_what_people_must_now_decide() {
    let gate = Gate::open().await;
    gate.ask_as(&gate.own, list(), Some("k"))
        .await
        .expect("an answer");
    let (agent, paused) = (gate.agent.as_str(), AgentStatus::Paused);
    gate.firewall
        .move_agent(&gate.architect, agent, paused, None)
        .await
        .expect("paused");
    let again = gate
        .ask_as(&gate.own, list(), Some("k"))
        .await
        .expect("an answer");
    assert_eq!(again.verdict, Verdict::Held);
}

#[tokio::test]
async fn a_grant_that_others_used_up_does_not_serve_a_permit() {
    let gate = Gate::open().await;
    let mut asked = list();
    asked["permit"] = true.into();
    let permit = gate
        .ask(asked)
        .await
        .expect("an answer")
        .permit
        .expect("a permit");
    gate.policies(
        "
- type: grant_lifecycle
  name: once
  config:
    action_type: workloads.list
    max_uses: 1
    expires_at: '2027-01-01T00:00:00Z'
    tier_override: A
- type: environment_restriction
  name: people
  config: { environment: production, max_tier: B }
",
    )
    .await;
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
    let error = gate
        .firewall
        .redeem(&gate.client, &permit, None)
        .await
        .expect_err("used up");
    assert_eq!(error.code(), "permit.superseded");
}

const TWO_PEOPLE: &str = "
version: 1
actions: [{ action: workloads.submit }]
approvals: { tier3: { required: 2 } }
";

#[tokio::test]
async fn a_hold_is_given_up_when_the_rules_ask_for_more_people() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 1.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    let stricter = tenant::read::parse(TWO_PEOPLE).expect("a tenant policy");
    gate.firewall
        .apply_tenant_policy(&gate.architect, stricter)
        .await
        .expect("applied");
    let hold = gate.firewall.hold(&gate.ann, &id).await.expect("it");
    assert_eq!(
        (hold.status, hold.decided_by.as_deref()),
        (HoldStatus::Superseded, Some("portcullis"))
    );
    let late = gate.firewall.release(&gate.ann, &id, None).await;
    assert_eq!(late.expect_err("over").code(), "hold.already_decided");
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["record_type"], "decision_refused");
}

#[tokio::test]
async fn a_release_gives_no_permit_when_the_rules_ask_for_more_people() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 1.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    gate.firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("released");
    let stricter = tenant::read::parse(TWO_PEOPLE).expect("a tenant policy");
    gate.firewall
        .apply_tenant_policy(&gate.architect, stricter)
        .await
        .expect("applied");
    let error = gate
        .firewall
        .claim(&gate.own, &id)
        .await
        .expect_err("superseded");
    assert_eq!(error.code(), "hold.superseded");
}

#[tokio::test]
async fn one_person_with_two_tokens_is_one_person() {
    let gate = Gate::open().await;
    let id = gate
        .ask(release())
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    gate.firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("noted");
    let twin = NewKey::of("Ann", Role::Operator);
    let (_, token) = gate
        .firewall
        .issue_key(&gate.ann, twin)
        .await
        .expect("her own");
    let twin = gate.firewall.authenticate(token.reveal()).expect("known");
    let error = gate
        .firewall
        .release(&twin, &id, None)
        .await
        .expect_err("the same person");
    assert_eq!(error.code(), "approval.same_person");
}

fn for_agent(gate: &Gate, mut action: Value) -> Value {
    action["agent_id"] = gate.agent.as_str().into();
    action
}

#[tokio::test]
async fn who_asks_does_not_approve() {
    let gate = Gate::open().await;
    let asked = for_agent(&gate, submit(5, 1.0));
    let answer = gate
        .ask_as(&gate.architect, asked, None)
        .await
        .expect("an answer");
    let id = answer.hold.expect("a hold").id;
    let error = gate
        .firewall
        .release(&gate.architect, &id, None)
        .await
        .expect_err("own wish");
    assert_eq!(error.code(), "auth.forbidden");
    gate.firewall
        .release(&gate.ann, &id, None)
        .await
        .expect("somebody else may");
}

#[tokio::test]
async fn who_asks_may_approve_where_the_tenant_policy_says_so() {
    let policy = "
version: 1
actions: [{ action: workloads.submit }]
approvals: { self_approval: true }
";
    let gate = Gate::with_policy(policy).await;
    let asked = for_agent(&gate, submit(5, 1.0));
    let answer = gate
        .ask_as(&gate.architect, asked, None)
        .await
        .expect("an answer");
    let id = answer.hold.expect("a hold").id;
    gate.firewall
        .release(&gate.architect, &id, None)
        .await
        .expect("released");
}

#[tokio::test]
async fn a_revoked_key_does_nothing_even_when_its_call_was_taken_in_before() {
    let gate = Gate::open().await;
    let id = gate
        .ask(submit(5, 1.0))
        .await
        .expect("an answer")
        .hold
        .expect("a hold")
        .id;
    for inside in [&gate.ann, &gate.own] {
        gate.firewall
            .revoke_key(&gate.architect, &inside.key)
            .await
            .expect("revoked");
    }
    let late = gate
        .firewall
        .release(&gate.ann, &id, None)
        .await
        .expect_err("revoked");
    assert_eq!(late.code(), "auth.unauthenticated");
    assert_eq!(
        gate.ask(list()).await.expect_err("revoked").code(),
        "auth.unauthenticated"
    );
}

#[tokio::test]
async fn a_key_is_shut_out_even_when_the_answer_to_its_revocation_is_lost() {
    let gate = Gate::open().await;
    let (spy, token) = another_key(&gate, "spy", Role::Viewer).await;
    gate.ledger.fail_after_write(1);
    gate.firewall
        .revoke_key(&gate.architect, &spy.key)
        .await
        .expect_err("the answer is lost");
    assert_eq!(gate.firewall.authenticate(&token), None);
}

#[tokio::test]
async fn two_people_who_change_settings_at_once_do_not_undo_each_other() {
    let gate = Gate::open().await;
    let mut changes = Vec::new();
    for at in 0..8_u32 {
        let (firewall, architect) = (gate.firewall.clone(), gate.architect.clone());
        changes.push(tokio::spawn(async move {
            let change = firewall.change_settings(&architect, move |settings| {
                if at % 2 == 0 {
                    settings.permit_seconds = 77
                } else {
                    settings.retry_seconds = 88
                }
            });
            change.await.expect("changed");
        }));
    }
    for change in changes {
        change.await.expect("no panic");
    }
    let settings = gate
        .firewall
        .overview(&gate.architect)
        .await
        .expect("it")
        .tenant
        .settings;
    assert_eq!((settings.permit_seconds, settings.retry_seconds), (77, 88));
}

#[tokio::test]
async fn one_agent_cannot_bury_people_in_holds() {
    let gate = Gate::open().await;
    let mut held = 0_usize;
    let error = loop {
        let mut asked = submit(5, 0.0);
        asked["parameters"]["note"] = held.into();
        match gate.ask(asked).await {
            Ok(answer) => assert_eq!(answer.verdict, Verdict::Held),
            Err(error) => break error,
        }
        held += 1;
    };
    assert_eq!((held, error.code()), (500, "hold.too_many"));
    // What is over makes room, whether or not it was swept.
    gate.advance(1_800);
    assert_eq!(
        gate.ask(submit(5, 0.0)).await.expect("an answer").verdict,
        Verdict::Held
    );
}

#[tokio::test]
async fn a_restart_does_not_lift_the_stop_after_a_broken_chain() {
    let mut gate = Gate::open().await;
    let seq = gate.ask(list()).await.expect("an answer").seq;
    gate.ledger.tamper(&gate.architect.tenant, seq, |record| {
        record.payload.push(b' ')
    });
    let found = gate
        .firewall
        .verify(&gate.architect, (None, None), &mut |_, _| {})
        .await;
    assert!(!found.expect("a check").is_good());
    gate.reopen().await;
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Blocked
    );
    gate.firewall
        .acknowledge(&gate.architect, "looked into")
        .await
        .expect("acknowledged");
    gate.reopen().await;
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Cleared
    );
}

#[tokio::test]
async fn an_acknowledgement_that_is_not_written_lifts_nothing() {
    let gate = Gate::open().await;
    let seq = gate.ask(list()).await.expect("an answer").seq;
    gate.ledger.tamper(&gate.architect.tenant, seq, |record| {
        record.payload.push(b' ')
    });
    gate.firewall
        .verify(&gate.architect, (None, None), &mut |_, _| {})
        .await
        .expect("a check");
    gate.ledger.fail_next(1);
    gate.firewall
        .acknowledge(&gate.architect, "looked into")
        .await
        .expect_err("not written");
    assert_eq!(
        gate.ask(list()).await.expect("an answer").verdict,
        Verdict::Blocked
    );
}

#[tokio::test]
async fn permits_that_lapsed_are_not_read_at_every_start() {
    let gate = Gate::open().await;
    let mut asked = list();
    asked["permit"] = true.into();
    gate.ask(asked)
        .await
        .expect("an answer")
        .permit
        .expect("a permit");
    gate.advance(300);
    gate.firewall.sweep().await.expect("swept");
    let unspent = DocumentQuery::with_status(DocumentKind::Permit, "ISSUED");
    let left = gate
        .ledger
        .documents(&gate.architect.tenant, unspent)
        .await
        .expect("a list");
    assert!(left.is_empty());
}

#[tokio::test]
async fn a_clock_that_was_ahead_at_the_end_of_a_life_does_not_empty_todays_budget() {
    let mut world = World::open("version: 1\nactions: [{ action: workloads.list }]").await;
    world.gate.advance(86_400);
    world
        .turn(|turn| turn.keep_tally(0))
        .await
        .expect("kept, with yesterday forgotten");
    let latest = world.lane.state().latest;
    world.gate.clock.jump_back(Duration::from_secs(86_400));
    let tenant = &world.gate.architect.tenant;
    let again = State::read(&*world.gate.ledger, tenant, 0)
        .await
        .expect("an image");
    assert_eq!(
        again.latest, latest,
        "time goes on where budgets were forgotten"
    );
}

#[tokio::test]
async fn what_only_looks_like_a_name_is_refused_at_the_door() {
    let gate = Gate::open().await;
    let kinds = [
        "workloads.list.",
        ".workloads.list",
        "workloads..list",
        "workloads. list",
        "wоrkloads.list",
        "workloads\u{2024}list",
        "ｗorkloads.list",
        "workloads.list\u{FE0F}",
        "workloads.list\u{034F}",
    ];
    for kind in kinds {
        let error = gate
            .ask(json!({ "action": kind, "target": "x" }))
            .await
            .expect_err(kind);
        assert_eq!(error.code(), "request.invalid", "{kind:?}");
    }
    for target in [
        "a\nb",
        "prod\u{202E}gnigats",
        "prod\u{200B}",
        "prod\u{2028}x",
        "prod\u{E0041}",
    ] {
        let asked = json!({ "action": "workloads.list", "target": target });
        let error = gate.ask(asked).await.expect_err(target);
        assert_eq!(error.code(), "request.invalid", "{target:?}");
    }
    for environment in ["production\u{3164}", "production\u{180E}"] {
        let mut asked = list();
        asked["environment"] = environment.into();
        let error = gate.ask(asked).await.expect_err(environment);
        assert_eq!(error.code(), "request.invalid", "{environment:?}");
    }
}

#[tokio::test]
async fn an_absurd_figure_in_a_report_breaks_neither_judging_nor_replaying() {
    let gate = Gate::open().await;
    let answer = gate.ask(submit(1, 1.0)).await.expect("an answer");
    let report = (
        OutcomeResult::Succeeded,
        String::new(),
        Some(Micros::MAX),
        None,
    );
    gate.firewall
        .report(&gate.own, answer.seq, report)
        .await
        .expect("sealed");
    let after = gate.ask(submit(1, 1.0)).await.expect("an answer");
    assert_eq!(after.verdict, Verdict::Blocked);
    let replay = gate
        .firewall
        .replay(&gate.architect, (1, after.seq), None, &mut |_| {})
        .await;
    let replay = replay.expect("a replay");
    assert_eq!(
        (replay.replayed, replay.changed, replay.differing_bytes),
        (2, 0, 0)
    );
    let again = open(&gate.ledger, &gate.clock, 3).await;
    again.expect("what was kept can be read");
}
