//! Sessions: who opens them, what they have, how they end, and what they never give.

use super::{
    fixture::{list, release, submit},
    works::{Works, reading, wish, within, writing},
};
use portcullis_firewall::{
    access::{Effect, Entry, Pattern, PersonRole, RoleGrant},
    batch::RecordKind,
    error::GateError,
    hold::HoldStatus,
    kept_scope::Attachment,
    scope::Mode,
    session::SessionStatus,
    turn::{Claim, ScopePatch, SetDraft},
};
use portcullis_policy::{
    facts::AgentStatus,
    id::{ScopeName, WorkspaceId},
    tier::Verdict,
};
use std::sync::atomic::Ordering;

const READ: &[(&str, Mode)] = &[("cluster", Mode::Read)];
const WRITE: &[(&str, Mode)] = &[("cluster", Mode::Write)];

#[tokio::test]
async fn a_session_is_opened_renewed_and_closed_on_record() {
    let mut works = Works::open().await;
    let session = works.session(READ).await;
    assert!(session.id.as_str().starts_with("ses_"));
    assert_eq!(
        session.ends_at.duration_since(session.opened_at).as_secs(),
        900
    );
    assert_eq!(works.rooms.open().len(), 1);
    works.gate.advance(600);
    works.reopen().await;
    let gate = &works.gate;
    let id = session.id.as_str();
    let renewed = gate.firewall.renew_session(&gate.own, id).await;
    let renewed = renewed.expect("renewed");
    assert_eq!(
        renewed.ends_at.duration_since(session.opened_at).as_secs(),
        1_500
    );
    let closing = gate.firewall.close_session(&gate.own, id, "done").await;
    let closing = closing.expect("closed");
    assert_eq!(closing.session.status, SessionStatus::Closed);
    assert_eq!(closing.room, None);
    assert!(works.rooms.open().is_empty());
    let again = gate.firewall.close_session(&gate.own, id, "done").await;
    assert_eq!(again.expect_err("once").code(), "not_found");
    let kept = gate.firewall.session(&gate.ann, id).await.expect("kept");
    assert_eq!(kept.end.expect("an end").why, "done");
    let changes = works.records(RecordKind::SessionChange).await;
    let changes: Vec<_> = changes.iter().map(|record| &record["change"]).collect();
    assert_eq!(changes, ["opened", "renewed", "ended"]);
}

#[tokio::test]
async fn nobody_renews_a_session_beyond_its_end() {
    let works = Works::open().await;
    let gate = &works.gate;
    let short = portcullis_firewall::session::SessionDraft {
        seconds: Some(1_000),
        ..wish(&gate.agent, "ops", READ)
    };
    let session = gate.firewall.open_session(&gate.ann, short).await;
    let session = session.expect("a session");
    works.gate.advance(800);
    let id = session.id.as_str();
    let renewed = gate.firewall.renew_session(&gate.ann, id).await;
    let renewed = renewed.expect("renewed");
    assert_eq!(
        (renewed.ends_at, renewed.until),
        (session.until, session.until)
    );
    works.gate.advance(200);
    let late = gate.firewall.renew_session(&gate.ann, id).await;
    assert_eq!(late.expect_err("over").code(), "session.not_open");
    gate.firewall.sweep().await.expect("swept");
    works.tend().await;
    let kept = gate.firewall.session(&gate.ann, id).await.expect("kept");
    assert_eq!(kept.status, SessionStatus::Closed);
    assert_eq!(kept.end.expect("an end").by, "portcullis");
    assert!(works.rooms.open().is_empty());
}

#[tokio::test]
async fn without_a_room_there_is_no_session() {
    let works = Works::open().await;
    works.rooms.fails.store(1, Ordering::SeqCst);
    let opened = works.try_session(&works.gate.ann, READ).await;
    assert!(matches!(opened, Err(GateError::Unavailable(_))));
    assert!(works.records(RecordKind::SessionChange).await.is_empty());
}

#[tokio::test]
async fn a_room_that_is_not_cleared_is_cleared_later() {
    let works = Works::open().await;
    let session = works.session(READ).await;
    works.rooms.fails.store(2, Ordering::SeqCst);
    let gate = &works.gate;
    let closing = gate
        .firewall
        .close_session(&gate.ann, session.id.as_str(), "done");
    let closing = closing.await.expect("closed");
    assert_eq!(closing.room.as_deref(), Some("no room"));
    assert_eq!(closing.session.status, SessionStatus::Closing);
    works.tend().await;
    works.tend().await;
    assert_eq!(works.rooms.open().len(), 1, "not at every tick");
    gate.advance(31);
    works.tend().await;
    assert!(works.rooms.open().is_empty());
}

#[tokio::test]
async fn an_agent_opens_its_own_and_takes_no_more_than_its_workspace_lets_it() {
    let works = Works::open().await;
    let gate = &works.gate;
    let session = works.try_session(&gate.own, READ).await.expect("its own");
    assert_eq!(session.opened_by, None);
    let greedy = works.try_session(&gate.own, WRITE).await;
    assert!(matches!(greedy, Err(GateError::Forbidden(_))));
    let unknown = works.try_session(&gate.own, &[("other", Mode::Read)]).await;
    assert_eq!(unknown.expect_err("none").code(), "not_found");
    let other = super::fixture::register(&gate.firewall, &gate.architect, "other").await;
    let foreign = wish(&other, "ops", READ);
    let foreign = gate.firewall.open_session(&gate.own, foreign).await;
    assert_eq!(foreign.expect_err("not its own").code(), "not_found");
    let client = works.try_session(&gate.client, READ).await;
    assert!(matches!(client, Err(GateError::Forbidden(_))));
    // Its workspace no longer lets agents take it: what it took gives nothing.
    let mut closed = super::works::draft("cluster", "fake");
    closed.workspaces[0].agents = None;
    let changed = gate.firewall.change_scope(&gate.architect, closed).await;
    changed.expect("changed");
    let answer = works.attend(reading(&session, "cluster")).await.answer;
    assert_eq!(answer.rule_violated.as_deref(), Some("scope.not_held"));
    let refused = works.try_session(&gate.own, READ).await;
    assert_eq!(refused.expect_err("none").code(), "not_found");
}

#[tokio::test]
async fn an_agent_is_not_told_which_workspaces_there_are() {
    let works = Works::open().await;
    works.workspace("secret").await;
    let gate = &works.gate;
    let mut told = Vec::new();
    for workspace in ["secret", "nowhere"] {
        let wish = wish(&gate.agent, workspace, READ);
        let refused = gate.firewall.open_session(&gate.own, wish).await;
        told.push(refused.expect_err("refused").to_string());
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_session_has_at_least_one_scope() {
    let works = Works::open().await;
    works.scope("disk", "fake").await;
    let gate = &works.gate;
    let none = works.try_session(&gate.ann, &[]).await;
    assert!(matches!(none, Err(GateError::Invalid(_))));
    let session = works
        .session(&[("cluster", Mode::Read), ("disk", Mode::Read)])
        .await;
    works.read(&session, "disk").await;
    let take = |name: &str| ScopePatch {
        remove: vec![ScopeName::new(name).expect("a name")],
        ..ScopePatch::default()
    };
    let id = session.id.as_str();
    let left = gate
        .firewall
        .change_session_scopes(&gate.ann, id, take("disk"));
    assert_eq!(left.await.expect("left").scopes.len(), 1);
    works.tend().await;
    assert!(works.issuer.alive().is_empty(), "what it had dies with it");
    let last = gate
        .firewall
        .change_session_scopes(&gate.ann, id, take("cluster"));
    assert_eq!(
        last.await.expect_err("the last").code(),
        "session.last_scope"
    );
}

#[tokio::test]
async fn only_a_person_who_may_grants_writing_and_only_as_far_as_the_scope_goes() {
    let works = Works::open().await;
    let gate = &works.gate;
    let session = works.try_session(&gate.own, READ).await.expect("its own");
    let answer = works.attend(writing(&session, "cluster")).await.answer;
    assert_eq!(answer.rule_violated.as_deref(), Some("scope.read_only"));
    let grant = ScopePatch {
        add: vec![(ScopeName::new("cluster").expect("a name"), Mode::Write)],
        ..ScopePatch::default()
    };
    let id = session.id.as_str();
    let own = gate
        .firewall
        .change_session_scopes(&gate.own, id, grant.clone());
    assert!(matches!(own.await, Err(GateError::Forbidden(_))));
    let given = gate
        .firewall
        .change_session_scopes(&gate.ann, id, grant)
        .await;
    assert_eq!(given.expect("given").scopes[0].mode, Mode::Write);
    let answer = works.attend(writing(&session, "cluster")).await;
    assert!(answer.acted.is_some());
    let mut only_read = super::works::draft("logs", "fake");
    only_read.scope.mode = Mode::Read;
    let added = gate.firewall.add_scope(&gate.architect, only_read).await;
    added.expect("added");
    let much = works
        .try_session(&gate.architect, &[("logs", Mode::Write)])
        .await;
    assert!(matches!(much, Err(GateError::Forbidden(_))));
}

#[tokio::test]
async fn whoever_opened_a_session_does_not_approve_what_is_asked_in_it() {
    let works = Works::open().await;
    let session = works.session(WRITE).await;
    let gate = &works.gate;
    let asked = within(submit(5, 1.0), &session, "cluster");
    let answer = gate.ask(asked).await.expect("an answer");
    let hold = answer.hold.expect("held").id;
    let own = gate.firewall.release(&gate.ann, &hold, None).await;
    let own = own.expect_err("not by Ann");
    assert!(own.to_string().contains("who opened a session"), "{own}");
    let by = gate.firewall.release(&gate.ben, &hold, None).await;
    by.expect("by Ben");
    let acted = gate
        .firewall
        .act(&gate.own, Claim::Hold(hold.clone()))
        .await;
    acted.expect("acted");
    let asked = works.records(RecordKind::LeaseAsked).await;
    let last = &asked.last().expect("a record")["ask"];
    assert_eq!(last["mode"], "write");
    assert_eq!(last["action"]["hold"], hold.as_str(), "why it was minted");
}

#[tokio::test]
async fn what_waits_is_given_up_with_its_session() {
    let works = Works::open().await;
    let session = works.session(WRITE).await;
    let gate = &works.gate;
    let asked = within(release(), &session, "cluster");
    let answer = gate.ask(asked).await.expect("an answer");
    let hold = answer.hold.expect("held").id;
    let closed = gate
        .firewall
        .close_session(&gate.ann, session.id.as_str(), "done");
    closed.await.expect("closed");
    let late = gate.firewall.release(&gate.ben, &hold, None).await;
    assert_eq!(late.expect("told").status, HoldStatus::Superseded);
}

#[tokio::test]
async fn an_action_rests_on_an_open_session_of_its_agent_and_workspace() {
    let works = Works::open().await;
    works.workspace("other").await;
    let session = works.session(READ).await;
    let gate = &works.gate;
    let because = async |action| {
        let answer = gate.ask(action).await.expect("an answer");
        (answer.verdict, answer.rule_violated)
    };
    let refused = |code: &str| (Verdict::Blocked, Some(code.to_owned()));
    assert_eq!(
        because(reading(&session, "cluster")).await.0,
        Verdict::Cleared
    );
    let mut elsewhere = reading(&session, "cluster");
    elsewhere["workspace_id"] = "other".into();
    assert_eq!(because(elsewhere).await, refused("session.not_open"));
    let mut nowhere = reading(&session, "cluster");
    nowhere["workspace_id"] = serde_json::Value::Null;
    assert_eq!(because(nowhere).await, refused("session.not_open"));
    let mut invented = reading(&session, "cluster");
    invented["session_id"] = "ses_00000000000000000000000000000000".into();
    assert_eq!(because(invented).await, refused("session.not_open"));
    let mut production = reading(&session, "cluster");
    production["environment"] = "production".into();
    assert_eq!(
        because(production).await,
        refused("scope.other_environment")
    );
    let mut word = list();
    word["session_id"] = "my own word".replace(' ', "-").into();
    assert_eq!(because(word).await.0, Verdict::Cleared, "as it always was");
    works.gate.advance(901);
    assert_eq!(
        because(reading(&session, "cluster")).await,
        refused("session.not_open")
    );
}

#[tokio::test]
async fn rights_are_looked_at_at_every_use() {
    let works = Works::open().await;
    let gate = &works.gate;
    let person = |by: &portcullis_firewall::principal::Principal| {
        by.person.as_ref().expect("a person").id.to_string()
    };
    let (ann, ben) = (person(&gate.ann), person(&gate.ben));
    let session = works.session(READ).await;
    works.read(&session, "cluster").await;
    // A permission set takes the scope away in the middle of the session.
    let deny = Entry {
        workspace: WorkspaceId::new("ops").expect("an id"),
        effect: Effect::Deny,
        agents: Vec::new(),
        scopes: vec![Pattern::new("cluster").expect("a pattern")],
    };
    let set = SetDraft {
        name: "no cluster".to_owned(),
        description: String::new(),
        entries: vec![deny],
    };
    let set = gate.firewall.create_set(&gate.architect, set).await;
    let set = set.expect("a set");
    let group = gate
        .firewall
        .create_group(&gate.architect, "juniors", "")
        .await
        .expect("a group");
    let patch = portcullis_firewall::turn::GroupPatch {
        permission_sets: Some(vec![set.id]),
        ..Default::default()
    };
    gate.firewall
        .update_group(&gate.architect, group.id.as_str(), patch)
        .await
        .expect("given");
    gate.firewall
        .add_member(&gate.architect, group.id.as_str(), &ann)
        .await
        .expect("joined");
    works.tend().await;
    assert!(works.issuer.alive().is_empty());
    let answer = works.attend(reading(&session, "cluster")).await.answer;
    assert_eq!(answer.rule_violated.as_deref(), Some("scope.not_held"));
    let renewed = gate.firewall.renew_session(&gate.own, session.id.as_str());
    assert_eq!(renewed.await.expect_err("lost").code(), "session.lost");
    // Ben's session lives until Ben is nobody any more.
    let session = works.try_session(&gate.ben, READ).await.expect("Ben's");
    works.read(&session, "cluster").await;
    let off = portcullis_firewall::turn::PersonPatch {
        active: Some(false),
        ..Default::default()
    };
    let gone = gate.firewall.update_person(&gate.architect, &ben, off);
    gone.await.expect("deactivated");
    works.tend().await;
    assert!(works.issuer.alive().is_empty());
}

#[tokio::test]
async fn who_has_no_role_there_opens_nothing_and_is_told_nothing() {
    let works = Works::open().await;
    works.workspace("other").await;
    let gate = &works.gate;
    let grant = RoleGrant {
        role: PersonRole::Operator,
        workspace: Some(WorkspaceId::new("other").expect("an id")),
    };
    let carl = super::borders::person(gate, "carl", vec![grant]).await;
    let session = works.session(READ).await;
    let id = session.id.as_str();
    let missing = gate.firewall.session(&gate.ann, "ses_nothing").await;
    let missing = missing
        .expect_err("none")
        .to_string()
        .replace("ses_nothing", id);
    for refused in [
        gate.firewall.session(&carl, id).await,
        gate.firewall.renew_session(&carl, id).await,
        gate.firewall
            .close_session(&carl, id, "x")
            .await
            .map(|closing| closing.session),
    ] {
        assert_eq!(refused.expect_err("not there").to_string(), missing);
    }
    assert!(works.try_session(&carl, READ).await.is_err());
    assert!(
        gate.firewall
            .sessions(&carl, true)
            .await
            .expect("none")
            .is_empty()
    );
    assert!(
        gate.firewall
            .leases(&carl, (true, None))
            .await
            .expect("none")
            .is_empty()
    );
}

#[tokio::test]
async fn a_paused_agent_has_nothing() {
    let works = Works::open().await;
    let session = works.session(READ).await;
    works.read(&session, "cluster").await;
    let gate = &works.gate;
    let to = AgentStatus::Paused;
    let moved = gate
        .firewall
        .move_agent(&gate.architect, gate.agent.as_str(), to, None);
    moved.await.expect("paused");
    works.tend().await;
    assert!(works.issuer.alive().is_empty());
}

#[tokio::test]
async fn agents_may_be_let_to_write_by_themselves() {
    let works = Works::open().await;
    let gate = &works.gate;
    let mut open = super::works::draft("sandbox", "fake");
    open.workspaces = vec![Attachment {
        workspace: WorkspaceId::new("ops").expect("an id"),
        agents: Some(Mode::Write),
    }];
    let added = gate.firewall.add_scope(&gate.architect, open).await;
    added.expect("added");
    let session = works
        .try_session(&gate.own, &[("sandbox", Mode::Write)])
        .await;
    let session = session.expect("its own");
    let attended = works.attend(writing(&session, "sandbox")).await;
    assert!(attended.acted.is_some());
}
