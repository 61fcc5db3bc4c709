//! One delivery: what is sent, where it may go, and what the answers mean.

use super::world::{
    FakeSource, HOLD, acme, answer_of, decision, ending, held, outline, plain_settings, settings,
    warning, webhook,
};
use portcullis_control::notify::{
    channel::{Channel, Told},
    webhook::WebhookSettings,
};
use portcullis_firewall::{
    batch::RecordKind,
    outside::{Method, OutsideError, Reach},
};
use portcullis_policy::tier::{Tier, Verdict};
use serde_json::{Value, json};
use std::time::Duration;

/// A status with headers, or an error.
type Answer<'a> = Result<(u16, &'a [(&'a str, &'a str)]), OutsideError>;

/// What a receiver that answers so is told next.
async fn after(answer: Answer<'_>) -> Told {
    let (channel, courier) = webhook(plain_settings(), &FakeSource::new());
    let answer = answer.map(|(status, headers)| answer_of(status, headers));
    courier.answers.lock().unwrap().push_back(answer);
    channel.tell(&acme(), &held("db")).await
}

fn later(why: &str, seconds: Option<u64>) -> Told {
    Told::Later {
        why: why.to_owned(),
        after: seconds.map(Duration::from_secs),
    }
}

#[tokio::test]
async fn every_answer_has_one_meaning() {
    for status in [200, 201, 202, 204, 299] {
        assert_eq!(after(Ok((status, &[]))).await, Told::Done);
    }
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        let why = format!("it answered {status}");
        assert_eq!(after(Ok((status, &[]))).await, later(&why, None));
    }
    // A redirect among them: it is not followed.
    for status in [100, 301, 302, 307, 308, 400, 401, 403, 404, 409, 422, 600] {
        let told = after(Ok((status, &[("location", "http://169.254.169.254/")]))).await;
        assert!(matches!(told, Told::Rejected { .. }), "{status}: {told:?}");
    }
    let gone = after(Ok((410, &[]))).await;
    assert!(matches!(gone, Told::Gone { .. }), "{gone:?}");
}

#[tokio::test]
async fn a_receiver_says_how_long_to_wait_in_seconds_or_as_a_moment() {
    // It is 14:32:01.
    for (text, seconds) in [
        ("120", Some(120)),
        (" 5 ", Some(5)),
        ("Fri, 10 Apr 2026 14:33:01 GMT", Some(60)),
        ("Fri, 10 Apr 2026 14:00:00 GMT", None),
        ("-1", None),
        ("soon", None),
        ("99999999999999999999999", None),
        ("", None),
    ] {
        let told = after(Ok((429, &[("retry-after", text)]))).await;
        assert_eq!(told, later("it answered 429", seconds), "{text}");
    }
}

#[tokio::test]
async fn errors_pass_or_do_not() {
    let host = || "hooks.example.com".to_owned();
    let why = || "refused".to_owned();
    let away = after(Err(OutsideError::Unreachable {
        host: host(),
        why: why(),
    }))
    .await;
    assert!(matches!(away, Told::Later { after: None, .. }), "{away:?}");
    for error in [
        OutsideError::Forbidden {
            url: host(),
            why: why(),
        },
        OutsideError::Unusable {
            host: host(),
            why: why(),
        },
    ] {
        let told = after(Err(error)).await;
        assert!(matches!(told, Told::Rejected { .. }), "{told:?}");
    }
}

#[tokio::test]
async fn without_one_of_its_secrets_nothing_is_sent() {
    let settings = settings(json!({
        "name": "pager", "url": "https://hooks.example.com/", "secrets": ["env:HOOK", "env:GONE"],
    }));
    let (channel, courier) = webhook(settings, &FakeSource::new());
    let told = channel.tell(&acme(), &held("db")).await;
    assert_eq!(told, later("the secret `env:GONE` cannot be read", None));
    assert!(courier.parcels.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_message_is_posted_signed_with_every_secret() {
    let settings = settings(json!({
        "name": "pager", "url": "https://hooks.example.com/p", "secrets": ["env:NEW", "env:OLD"],
    }));
    let (channel, courier) = webhook(settings, &FakeSource::with_hold(outline("db")));
    assert_eq!(channel.name(), "webhook/pager");
    assert_eq!(channel.tell(&acme(), &held("db")).await, Told::Done);
    let parcel = courier.parcels.lock().unwrap()[0].clone();
    assert_eq!(
        (parcel.method, parcel.url.as_str()),
        (Method::Post, "https://hooks.example.com/p")
    );
    assert!(parcel.credential.is_none());
    let names: Vec<&str> = parcel
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "content-type",
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature"
        ]
    );
    assert_eq!(parcel.headers[1].1, "acme/2");
    assert_eq!(parcel.headers[2].1, "1775831521");
    let signatures: Vec<&str> = parcel.headers[3].1.split(' ').collect();
    assert_eq!(signatures.len(), 2);
    assert!(
        signatures
            .iter()
            .all(|one| one.starts_with("v1,") && one.len() == 47)
    );
}

/// Where an attacker would have the gate call.
const INSIDE: &[&str] = &[
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://localhost:8443/admin",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://192.168.1.1/router",
    "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://127.0.0.1.nip.io/",
    "https://kubernetes.default.svc/",
];

#[tokio::test]
async fn of_two_events_about_a_record_only_the_one_that_was_not_taken_is_sent_again() {
    let (channel, courier) = webhook(plain_settings(), &FakeSource::with_hold(outline("db")));
    let refused = Ok(answer_of(400, &[]));
    courier.answers.lock().unwrap().push_back(refused);
    let record = warning("the tenant");
    let told = channel.tell(&acme(), &record).await;
    assert!(matches!(told, Told::Rejected { .. }), "{told:?}");
    assert_eq!(channel.tell(&acme(), &record).await, Told::Done);
    let parcels = courier.parcels.lock().unwrap();
    let ids: Vec<&str> = parcels
        .iter()
        .map(|one| one.headers[1].1.as_str())
        .collect();
    assert_eq!(ids, ["acme/2", "acme/2/budget", "acme/2"]);
}

#[tokio::test]
async fn whatever_the_address_it_may_only_be_public_unless_the_operator_says_otherwise() {
    for url in INSIDE {
        let settings = settings(json!({"name": "x", "url": url, "secrets": ["env:HOOK"]}));
        assert_eq!(settings.reach, Reach::Public);
        let (channel, courier) = webhook(settings, &FakeSource::new());
        let refused = OutsideError::Forbidden {
            url: (*url).to_owned(),
            why: "it is inside".to_owned(),
        };
        courier.answers.lock().unwrap().push_back(Err(refused));
        let told = channel.tell(&acme(), &held("db")).await;
        assert!(matches!(told, Told::Rejected { .. }), "{url}: {told:?}");
        let parcels = courier.parcels.lock().unwrap();
        assert_eq!(parcels[0].reach, Reach::Public, "{url}");
        assert_eq!(parcels[0].url, *url);
    }
    let settings = settings(json!({
        "name": "x", "url": "http://bus.acme.internal/", "secrets": ["env:HOOK"],
        "reach": "anywhere",
    }));
    let (channel, courier) = webhook(settings, &FakeSource::new());
    assert_eq!(channel.tell(&acme(), &held("db")).await, Told::Done);
    assert_eq!(courier.parcels.lock().unwrap()[0].reach, Reach::Anywhere);
}

#[tokio::test]
async fn a_receiver_is_told_of_what_it_asked_for() {
    let settings = settings(json!({
        "name": "pager", "url": "https://hooks.example.com/", "secrets": ["env:HOOK"],
        "events": ["hold.waiting", "hold.expired"],
    }));
    let (channel, courier) = webhook(settings, &FakeSource::new());
    let cleared = decision((Verdict::Cleared, Tier::A, 1), "db");
    for (record, told) in [
        (held("db"), Told::Done),
        (ending("TIMED_OUT", "portcullis"), Told::Done),
        (ending("RELEASED", "operator:key_1"), Told::Passed),
        (cleared, Told::Passed),
    ] {
        assert_eq!(channel.tell(&acme(), &record).await, told);
    }
    assert_eq!(courier.parcels.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_nobody_outside_is_told_of_is_passed_over() {
    let (channel, courier) = webhook(plain_settings(), &FakeSource::new());
    let mut garbled = held("db");
    garbled.payload = b"{".to_vec();
    for record in [
        super::world::record(RecordKind::KeyChange, &json!({"name": "ann"})),
        super::world::record(RecordKind::SettingsChange, &json!({})),
        super::world::record(
            RecordKind::HoldOutcome,
            &json!({"status": "?", "hold_id": HOLD}),
        ),
        decision((Verdict::Cleared, Tier::A, 0), "db"),
        garbled,
    ] {
        assert_eq!(channel.tell(&acme(), &record).await, Told::Passed);
    }
    assert!(courier.parcels.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_gate_that_cannot_answer_now_is_asked_again() {
    let source = FakeSource::with_hold(outline("db"));
    source.troubles.lock().unwrap().push_back(true);
    let (channel, courier) = webhook(plain_settings(), &source);
    let told = channel.tell(&acme(), &held("db")).await;
    assert!(matches!(told, Told::Later { .. }), "{told:?}");
    assert!(courier.parcels.lock().unwrap().is_empty());
    assert_eq!(channel.tell(&acme(), &held("db")).await, Told::Done);
}

fn paths(value: Value) -> Vec<String> {
    let faults = settings(value).faults().0;
    faults.into_iter().map(|fault| fault.path).collect()
}

#[test]
fn settings_are_read_strictly() {
    let read = |value: Value| serde_json::from_value::<WebhookSettings>(value);
    let known = json!({"name": "a", "url": "https://a.example/", "secrets": ["env:A"]});
    assert!(read(known.clone()).is_ok());
    for (key, value) in [
        ("reech", json!("public")),
        ("reach", json!("inside")),
        ("events", json!(["hold.*"])),
        ("secrets", json!("env:A")),
    ] {
        let mut wrong = known.clone();
        wrong[key] = value;
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
    let everything = json!({"name": "A b", "url": "ftp://a/", "secrets": []});
    assert_eq!(paths(everything), ["name", "url", "secrets"]);
    for url in [
        "http://a.example/",
        "https://",
        "https:///x",
        "https://user:password@a.example/",
        "https://a.example\\@b.example/",
        "https://a.example/ x",
        "https://a.example/\r\nx-evil: 1",
        "https://a.example/#x",
        "https://exämple.com/",
        "javascript:alert(1)",
        "",
    ] {
        let wrong = json!({"name": "a", "url": url, "secrets": ["env:A"]});
        assert_eq!(paths(wrong), ["url"], "{url}");
    }
}
