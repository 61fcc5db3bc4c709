//! What receivers get: every kind of event, read and verified by what others wrote.

use super::world::{
    FakeCourier, FakeSource, HOLD, acme, decision, ending, held, outline, record, settings,
    unended, warning, webhook,
};
use crate::house::House;
use portcullis_control::notify::{
    channel::{Channel, Told},
    notice::Notice,
    subject::Subject,
};
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    outside::Parcel,
    query::RecordQuery,
};
use portcullis_policy::tier::{Tier, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// A record of every kind that is told.
fn every_kind() -> Vec<StoredRecord> {
    let escalated = json!({
        "actor": "portcullis", "agent_id": "agt_1", "approvers": ["group:leads"], "channel": "slack",
        "ends_at": "2026-04-10T15:12:01.007Z", "hold_id": HOLD, "level": 1, "parent_seq": 1, "seq": 2,
        "tenant_id": "acme",
    });
    let outcome = json!({
        "actor": "agent:key_1", "agent_id": "agt_1", "effect": "the agent's words",
        "outcome": "unknown", "parent_seq": 1, "seq": 2, "settled": null, "tenant_id": "acme",
    });
    vec![
        held("cluster-1"),
        ending("HELD", "operator:key_1"),
        ending("RELEASED", "operator:key_1"),
        ending("TIMED_OUT", "portcullis"),
        ending("SUPERSEDED", "portcullis"),
        record(RecordKind::HoldEscalated, &escalated),
        decision((Verdict::Blocked, Tier::C, 4), "cluster-1"),
        decision((Verdict::Cleared, Tier::A, 1), "cluster-1"),
        record(RecordKind::Outcome, &outcome),
        unended("cluster"),
    ]
}

/// What a receiver with two secrets is sent about a record.
async fn sent(record: &StoredRecord) -> Parcel {
    let settings = settings(json!({
        "name": "pager", "url": "https://hooks.example.com/p", "secrets": ["env:NEW", "env:OLD"],
    }));
    let (channel, courier) = webhook(settings, &FakeSource::with_hold(outline("cluster-1")));
    assert_eq!(channel.tell(&acme(), record).await, Told::Done);
    only(&courier)
}

fn only(courier: &FakeCourier) -> Parcel {
    let parcels = courier.parcels.lock().unwrap();
    assert_eq!(parcels.len(), 1);
    parcels[0].clone()
}

fn body(parcel: &Parcel) -> Value {
    serde_json::from_slice(&parcel.body).unwrap()
}

#[tokio::test]
async fn events_tell_names_and_numbers() {
    for record in every_kind() {
        let event = body(&sent(&record).await);
        let kind = event["type"].as_str().unwrap().to_owned();
        insta::assert_snapshot!(format!("event {kind}"), format!("{event:#}"));
    }
}

/// The Python that has the published libraries.
#[expect(
    clippy::disallowed_methods,
    reason = "where they are is said in the environment"
)]
fn python() -> String {
    std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| {
        panic!(
            "PORTCULLIS_PYTHON names no Python that has the receivers: run `make test`, or\n  \
             python3 -m venv venv && venv/bin/pip install cloudevents==2.2.0 standardwebhooks==1.1.0\n  \
             PORTCULLIS_PYTHON=$PWD/venv/bin/python cargo test -p portcullis-control"
        )
    })
}

#[tokio::test]
async fn others_read_and_verify_every_event() {
    let here = env!("CARGO_MANIFEST_DIR");
    let mut messages = Vec::new();
    for record in every_kind() {
        let parcel = sent(&record).await;
        let headers: serde_json::Map<String, Value> = parcel
            .headers
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        let body = String::from_utf8(parcel.body).unwrap();
        messages.push(json!({"headers": headers, "body": body, "secrets": ["env:NEW", "env:OLD"]}));
    }
    let page = std::fs::read_to_string(format!("{here}/../../docs/notifications.md")).unwrap();
    let told = json!({"now": 1_775_831_521, "page": page, "messages": messages});
    let mut receiver = Command::new(python())
        .arg(format!("{here}/tests/it/notify/receiver.py"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = receiver.stdin.take().unwrap();
    input.write_all(told.to_string().as_bytes()).unwrap();
    drop(input);
    let done = receiver.wait_with_output().unwrap();
    assert!(done.status.success());
    let read = String::from_utf8(done.stdout).unwrap();
    assert_eq!(read.lines().count(), messages.len());
}

#[tokio::test]
async fn the_same_record_has_the_same_id_in_every_try() {
    let (first, second) = (sent(&held("db")).await, sent(&held("db")).await);
    assert_eq!(body(&first)["id"], "acme/2");
    assert_eq!(first.body, second.body);
}

#[tokio::test]
async fn a_budget_that_is_nearly_used_up_is_an_event_of_its_own() {
    let tell = async |events: Value| {
        let settings = settings(json!({
            "name": "pager", "url": "https://hooks.example.com/p", "secrets": ["env:NEW"],
            "events": events,
        }));
        let (channel, courier) = webhook(settings, &FakeSource::with_hold(outline("db")));
        let record = warning("workspace:lab\u{202e}\n");
        assert_eq!(channel.tell(&acme(), &record).await, Told::Done);
        let parcels = courier.parcels.lock().unwrap();
        parcels.iter().map(body).collect::<Vec<_>>()
    };
    let both = tell(json!([])).await;
    let types: Vec<&str> = both
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            "dev.portcullis.hold.waiting",
            "dev.portcullis.budget.warning"
        ]
    );
    assert_eq!(
        (&both[0]["id"], &both[1]["id"]),
        (&json!("acme/2"), &json!("acme/2/budget"))
    );
    insta::assert_snapshot!(
        "event dev.portcullis.budget.warning",
        format!("{:#}", both[1])
    );
    assert_eq!(tell(json!(["budget.warning"])).await, both[1..]);
    // A line that was passed before is no news.
    let mut again = warning("workspace:lab");
    again.effects.clear();
    assert_eq!(Notice::warning(&acme(), &again), None);
}

#[test]
fn the_names_of_subjects_are_those_in_settings() {
    for subject in Subject::ALL {
        assert_eq!(serde_json::to_value(subject).unwrap(), subject.as_str());
    }
}

/// The subjects of what a real gate seals, newest last.
async fn subjects(house: &House) -> Vec<Subject> {
    let architect = house.firewall.authenticate(&house.acme.architect).unwrap();
    let query = RecordQuery::after(0, 1_000);
    let records = house.firewall.records(&architect, query).await.unwrap();
    let told = records.iter().filter_map(|one| Notice::of(&acme(), one));
    told.map(|notice| notice.subject).collect()
}

#[tokio::test]
async fn what_the_gate_seals_is_understood() {
    let house = House::new().await;
    assert!(
        subjects(&house).await.is_empty(),
        "its founding is nobody's outside"
    );
    house.govern(json!({"action_type": "data_read"})).await;
    house.blocked().await;
    let released = house.held().await;
    let path = format!("/v1/holds/{released}/release");
    house
        .call(("POST", &path), &house.acme.operator, "")
        .await
        .ok();
    house.clock.advance(std::time::Duration::from_secs(3_600));
    house.held().await;
    house.clock.advance(std::time::Duration::from_secs(3_600));
    house.firewall.sweep().await.unwrap();
    assert_eq!(
        subjects(&house).await,
        [
            Subject::ActionBlocked,
            Subject::HoldWaiting,
            Subject::HoldDecided,
            Subject::HoldWaiting,
            Subject::HoldExpired,
        ]
    );
}

proptest! {
    #[test]
    fn an_event_never_holds_parameters_or_an_agents_words(
        secret in "[a-z]{24}",
        target in "[\\x00-\\x7f\u{202e}\u{200b}\u{e0041}é漢]{0,400}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut record = held(&secret);
        let mut payload: Value = serde_json::from_slice(&record.payload).unwrap();
        payload["target_service"] = target.into();
        record.payload = payload.to_string().into_bytes();
        let parcel = runtime.block_on(sent(&record));
        let text = String::from_utf8(parcel.body.clone()).unwrap();
        prop_assert!(!text.contains(&secret), "{}", text);
        prop_assert!(text.len() < 4_000);
        let told = body(&parcel);
        let target = told["data"]["target"].as_str().unwrap();
        prop_assert!(!target.chars().any(portcullis_firewall::visible::is_unseen), "{}", target);
    }
}
