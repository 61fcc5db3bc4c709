//! Scopes: what people with the right to configure add, change and remove.

use super::works::{Works, draft};
use portcullis_firewall::{batch::RecordKind, error::GateError, scope::Mode};
use portcullis_policy::{id::WorkspaceId, label::Label};
use serde_json::json;

#[tokio::test]
async fn a_scope_is_on_record_and_survives_a_crash() {
    let mut works = Works::open().await;
    let record = works.records(RecordKind::ScopeChange).await;
    assert_eq!(record[0]["change"], "added");
    assert_eq!(record[0]["after"]["scope"]["provider"], "fake");
    works.reopen().await;
    let gate = &works.gate;
    let scopes = gate.firewall.scopes(&gate.ann).await.expect("scopes");
    assert_eq!(scopes.len(), 1);
    let again = gate
        .firewall
        .add_scope(&gate.architect, draft("cluster", "fake"));
    assert_eq!(again.await.expect_err("once").code(), "scope.name_taken");
    let gone = gate.firewall.remove_scope(&gate.architect, "cluster").await;
    assert_eq!(gone.expect("removed").scope.name, "cluster");
    let record = works.records(RecordKind::ScopeChange).await;
    assert_eq!(record.last().expect("a record")["change"], "removed");
    works.reopen().await;
    let gate = &works.gate;
    assert!(
        gate.firewall
            .scopes(&gate.ann)
            .await
            .expect("none")
            .is_empty()
    );
}

#[tokio::test]
async fn only_architects_change_scopes_and_agents_do_not_see_them() {
    let works = Works::open().await;
    let gate = &works.gate;
    for who in [&gate.ann, &gate.own, &gate.client] {
        let added = gate.firewall.add_scope(who, draft("other", "fake")).await;
        assert!(matches!(added, Err(GateError::Forbidden(_))));
        let changed = gate.firewall.change_scope(who, draft("cluster", "fake"));
        assert!(matches!(changed.await, Err(GateError::Forbidden(_))));
        let removed = gate.firewall.remove_scope(who, "cluster").await;
        assert!(matches!(removed, Err(GateError::Forbidden(_))));
    }
    assert!(gate.firewall.scopes(&gate.own).await.is_err());
}

#[tokio::test]
async fn what_cannot_be_enforced_is_not_added() {
    let works = Works::open().await;
    let gate = &works.gate;
    let faulty = |change: fn(&mut portcullis_firewall::kept_scope::ScopeDraft)| {
        let mut new = draft("other", "fake");
        change(&mut new);
        async move {
            let added = gate.firewall.add_scope(&gate.architect, new).await;
            match added.expect_err("refused") {
                GateError::Invalid(faults) => faults.0[0].path.clone(),
                other => panic!("{other}"),
            }
        }
    };
    assert_eq!(
        faulty(|new| new.scope.provider = "nobody".into()).await,
        "provider"
    );
    assert_eq!(faulty(|new| new.scope.name = "Other".into()).await, "name");
    let bad = faulty(|new| drop(new.scope.filters.insert("bad".into(), json!(1))));
    assert_eq!(bad.await, "filters.bad");
    let secret = faulty(|new| {
        let token = json!("ghp_0123456789abcdefghijklmnopqrstuvwxyzAB");
        drop(new.scope.filters.insert("token".into(), token));
    });
    assert_eq!(secret.await, "filters");
    let nowhere = faulty(|new| new.workspaces[0].workspace = WorkspaceId::new("x").unwrap());
    assert_eq!(nowhere.await, "workspaces[0].workspace");
    let much = faulty(|new| {
        new.scope.mode = Mode::Read;
        new.workspaces[0].agents = Some(Mode::Write);
    });
    assert_eq!(much.await, "workspaces[0].agents");
}

#[tokio::test]
async fn a_changed_scope_ends_what_was_minted_from_it_and_is_had_by_nobody() {
    let works = Works::open().await;
    let session = works.session(&[("cluster", Mode::Write)]).await;
    works.read(&session, "cluster").await;
    assert_eq!(works.issuer.alive().len(), 1);
    let gate = &works.gate;
    let mut described = draft("cluster", "fake");
    described.scope.description = "the staging cluster".to_owned();
    let changed = gate.firewall.change_scope(&gate.architect, described).await;
    assert_eq!(changed.expect("changed").revision, 1, "it reaches the same");
    assert_eq!(works.read(&session, "cluster").await, DONE);
    let mut moved = draft("cluster", "fake");
    moved.scope.environment = Label::new("production");
    let changed = gate.firewall.change_scope(&gate.architect, moved).await;
    assert_eq!(changed.expect("changed").revision, 2);
    works.tend().await;
    assert!(works.issuer.alive().is_empty());
    let answer = works
        .attend(super::works::reading(&session, "cluster"))
        .await
        .answer;
    assert_eq!(answer.rule_violated.as_deref(), Some("scope.not_held"));
}

#[tokio::test]
async fn a_scope_that_only_reads_from_now_on_ends_what_was_minted_from_it() {
    let works = Works::open().await;
    let session = works.session(&[("cluster", Mode::Write)]).await;
    works.read(&session, "cluster").await;
    let gate = &works.gate;
    let mut narrowed = draft("cluster", "fake");
    narrowed.scope.mode = Mode::Read;
    let changed = gate.firewall.change_scope(&gate.architect, narrowed).await;
    assert_eq!(changed.expect("changed").revision, 2);
    works.tend().await;
    assert!(works.issuer.alive().is_empty());
}

#[tokio::test]
async fn a_scope_that_stands_in_for_a_removed_one_is_another() {
    let works = Works::open().await;
    let session = works.session(&[("cluster", Mode::Read)]).await;
    works.read(&session, "cluster").await;
    assert_eq!(works.issuer.alive().len(), 1);
    let gate = &works.gate;
    gate.firewall
        .remove_scope(&gate.architect, "cluster")
        .await
        .expect("removed");
    works.tend().await;
    assert!(works.issuer.alive().is_empty(), "it ends with its scope");
    works.scope("cluster", "fake").await;
    let answer = works
        .attend(super::works::reading(&session, "cluster"))
        .await
        .answer;
    assert_eq!(answer.rule_violated.as_deref(), Some("scope.not_held"));
}

/// What hands say of an order.
const DONE: &str = "tried it with password=[REDACTED]";
