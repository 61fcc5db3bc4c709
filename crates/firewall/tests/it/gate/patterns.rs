//! What a session says about commands: said at its opening, held against each of its commands, and
//! never more than the levels above it let through.

use super::works::{Works, wish, within};
use portcullis_firewall::{
    batch::RecordKind,
    error::GateError,
    principal::Principal,
    scope::Mode,
    session::{Session, SessionDraft},
};
use portcullis_policy::{command::policy::SessionPatterns, tier::Verdict};
use serde_json::{Value, json};

const POLICY: &str = "
version: 1
actions: [{ action: command.run }]
commands:
  policies:
    - { name: looks, allow_list: ['^kubectl get '], block_list: [secret] }
    - { name: moving, block_list: [nodes] }
  mappings:
    - { name: everywhere, policy: looks, level: system, active: true }
    - { name: for the move, policy: moving, level: project, targets: [move], active: true }
";

async fn open(works: &Works, by: &Principal, commands: Value) -> Result<Session, GateError> {
    let draft = SessionDraft {
        commands: serde_json::from_value::<SessionPatterns>(commands).expect("patterns"),
        ..wish(&works.gate.agent, "ops", &[("cluster", Mode::Read)])
    };
    works.gate.firewall.open_session(by, draft).await
}

/// The verdict about a command in a session, and the reason that decided.
async fn said(works: &Works, session: &Session, line: &str) -> (Verdict, String) {
    let argv: Vec<&str> = line.split(' ').collect();
    let action =
        json!({"action": "command.run", "target": "cluster", "parameters": {"argv": argv}});
    let mut action = within(action, session, "cluster");
    // Without a credential: a session that only reads asks nobody for what writes.
    action.as_object_mut().expect("an object").remove("scope");
    let answer = works.gate.ask(action).await;
    let answer = answer.expect("an answer");
    let code = |code: &str| answer.reasoning.contains(code).then(|| code.to_owned());
    let rule = answer.rule_violated.clone();
    (
        answer.verdict,
        rule.or_else(|| code("command.asked")).unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_session_narrows_what_its_commands_may() {
    let mut works = Works::under(POLICY).await;
    let lists = json!({"allow": ["^kubectl get pods"], "block": ["--watch"]});
    let session = open(&works, &works.gate.ann, lists.clone()).await;
    let session = session.expect("a session");
    let plain = works.session(&[("cluster", Mode::Read)]).await;
    // What was said survives a crash.
    works.reopen().await;
    let cleared = (Verdict::Cleared, String::new());
    let blocked = (Verdict::Blocked, "command.blocked".to_owned());
    assert_eq!(
        said(&works, &session, "kubectl get pods -n shop").await,
        cleared
    );
    let other = said(&works, &session, "kubectl get services").await;
    assert_eq!(other.0, Verdict::Held, "{other:?}");
    assert_eq!(
        said(&works, &session, "kubectl get pods --watch").await,
        blocked
    );
    // Another session of the agent's is not held to it.
    assert_eq!(said(&works, &plain, "kubectl get services").await, cleared);
    let opened = works.records(RecordKind::SessionChange).await;
    assert_eq!(opened[0]["session"]["commands"], lists);
    assert!(opened[1]["session"].get("commands").is_none());
    let answer = &works.records(RecordKind::Decision).await;
    let facts = answer[0]["facts"]["command_patterns"].clone();
    assert_eq!(facts, lists, "it is judged again by what was said then");
    let head = works.gate.firewall.overview(&works.gate.architect).await;
    let all = (1, head.expect("an overview").head.seq);
    let firewall = &works.gate.firewall;
    let replay = firewall
        .replay(&works.gate.architect, all, None, &mut |_| {})
        .await;
    let replay = replay.expect("a replay");
    assert_eq!((replay.changed, replay.differing_bytes), (0, 0));
    assert!(replay.replayed >= 4, "{replay:?}");
}

#[tokio::test]
async fn nothing_that_a_session_says_widens_what_the_levels_above_allow() {
    let works = Works::under(POLICY).await;
    let gate = &works.gate;
    let greedy = json!({"allow": [".*"], "approve_all": true});
    for by in [&gate.own, &gate.ann] {
        let session = open(&works, by, greedy.clone()).await.expect("a session");
        let secret = said(&works, &session, "kubectl get secret db").await;
        assert_eq!(secret, (Verdict::Blocked, "command.blocked".to_owned()));
        for line in [
            "kubectl describe pods",
            "kubectl scale deploy/web --replicas=3",
        ] {
            assert_eq!(
                said(&works, &session, line).await.0,
                Verdict::Held,
                "{line}"
            );
        }
    }
    let nothing = open(&works, &gate.own, json!({"reject_all": true})).await;
    let none = said(&works, &nothing.expect("a session"), "kubectl get pods").await;
    assert_eq!(none, (Verdict::Blocked, "command.blocked".to_owned()));
}

#[tokio::test]
async fn the_project_of_a_session_is_a_persons_to_name() {
    let works = Works::under(POLICY).await;
    let project = json!({"project": "move"});
    let session = open(&works, &works.gate.ann, project.clone()).await;
    let session = session.expect("a session");
    let nodes = said(&works, &session, "kubectl get nodes").await;
    assert_eq!(nodes, (Verdict::Blocked, "command.blocked".to_owned()));
    let own = open(&works, &works.gate.own, project).await;
    assert!(matches!(own, Err(GateError::Forbidden(_))), "{own:?}");
}

#[tokio::test]
async fn a_pattern_that_means_something_else_elsewhere_is_told_at_the_opening() {
    let works = Works::under(POLICY).await;
    let told = async |commands: Value| {
        let refused = open(&works, &works.gate.ann, commands).await;
        refused.expect_err("no session").to_string()
    };
    let dialect = told(json!({"allow": ["^kubectl", "(?=kubectl)"]})).await;
    assert!(
        dialect.contains("commands.allow[1]: a look-ahead"),
        "{dialect}"
    );
    // Patterns stand in records as they are, so that nothing secret may be among them.
    let secret = told(json!({"block": ["x", "AKIAIOSFODNN7QWERTYU"]})).await;
    assert!(
        secret.contains("commands.block[1]: holds what is never shown"),
        "{secret}"
    );
    assert!(works.records(RecordKind::SessionChange).await.is_empty());
    assert!(works.rooms.open().is_empty());
}
