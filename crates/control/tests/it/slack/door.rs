//! The door that Slack's requests come in by.

use super::room::{ANN, BOB, Room, until};
use portcullis_control::slack::message::action;
use portcullis_firewall::hold::HoldStatus;
use portcullis_testkit::{StandInSlack, slack::SIGNING_SECRET};
use proptest::prelude::*;
use serde_json::{Value, json};

fn code(reply: &(u16, Value)) -> (u16, &str) {
    (
        reply.0,
        reply.1["error"]["code"].as_str().unwrap_or_default(),
    )
}

#[test]
fn slacks_own_example_is_genuine() {
    // Source: the page on verifying requests, in Slack's documentation.
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&\
                channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&\
                command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcomma\
                nds%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.4\
                7445629121.803a0bc887a14d10d2c447fce8b6703c";
    let base = format!("v0:1531420618:{body}");
    let mac = portcullis_testkit::slack::mac(SIGNING_SECRET.as_bytes(), base.as_bytes());
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    );
}

#[tokio::test(start_paused = true)]
async fn a_delivery_counts_once() {
    let room = Room::new().await;
    let hold = room.held(2).await;
    room.desk.catch_up().await.unwrap();
    let payload = room.slack.press(&room.only_message(), action::APPROVE, ANN);
    let (at, signature, body) = StandInSlack::signed(&payload, room.now());
    assert_eq!(room.send(&at, &signature, &body).await.0, 200);
    for _ in 0..3 {
        let again = room.send(&at, &signature, &body).await;
        assert_eq!(code(&again), (409, "slack.replayed"));
    }
    // Slack's own retry is signed anew, and changes as little.
    let (at, signature, body) = StandInSlack::signed(&payload, room.now() + 1);
    assert_eq!(room.send(&at, &signature, &body).await.0, 200);
    until("the retry is answered", || room.slack.whispers().len() == 1).await;
    let hold = room.hold(&hold).await;
    assert_eq!((hold.status, hold.approvals.len()), (HoldStatus::Held, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_slacks_is_refused_unread() {
    let room = Room::new().await;
    let (at, signature, body) = StandInSlack::signed(&json!({}), room.now());
    let wrong = "v0=".to_owned() + &"0".repeat(64);
    for (sent, wanted) in [
        (
            (at.as_str(), wrong.as_str(), body.as_str()),
            (401, "slack.signature_wrong"),
        ),
        (
            (&at, &signature, "payload=%7B%7D "),
            (401, "slack.signature_wrong"),
        ),
        ((&at, "", &body), (401, "slack.signature_malformed")),
        (("", &signature, &body), (401, "slack.signature_malformed")),
        (
            (&format!("0{at}"), &signature, &body),
            (401, "slack.signature_malformed"),
        ),
        ((&at, &signature, &body), (400, "slack.malformed")),
    ] {
        let reply = room.send(sent.0, sent.1, sent.2).await;
        assert_eq!(code(&reply), wanted, "{sent:?}");
    }
    for away in [301, -301, 86_400] {
        let (at, signature, body) = StandInSlack::signed(&json!({}), room.now() + away);
        let reply = room.send(&at, &signature, &body).await;
        assert_eq!(code(&reply), (401, "slack.signature_stale"), "{away}");
        let reply = room.send(&at, &wrong, &body).await;
        assert_eq!(code(&reply), (401, "slack.signature_wrong"), "{away}");
    }
    for away in [300, -300] {
        let (at, signature, body) = StandInSlack::signed(&json!({}), room.now() + away);
        let reply = room.send(&at, &signature, &body).await;
        assert_eq!(code(&reply), (400, "slack.malformed"), "{away}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_slack_signed_at_another_time_or_before_is_on_record_and_the_rest_is_counted() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    for away in [301, -301] {
        let payload = room.slack.press(&message, action::APPROVE, ANN);
        let (at, signature, body) = StandInSlack::signed(&payload, room.now() + away);
        let reply = room.send(&at, &signature, &body).await;
        assert_eq!(code(&reply), (401, "slack.signature_stale"), "{away}");
    }
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    let payload = room.slack.press(&message, action::DETAILS, ANN);
    let (at, signature, body) = StandInSlack::signed(&payload, room.now());
    assert_eq!(room.send(&at, &signature, &body).await.0, 200);
    let reply = room.send(&at, &signature, &body).await;
    assert_eq!(code(&reply), (409, "slack.replayed"));
    let wanted = [
        "slack.signature_stale",
        "slack.signature_stale",
        "slack.replayed",
    ];
    assert_eq!(room.refused().await, wanted);
    let records = room.attempts().await;
    assert_eq!(records[0]["hold_id"], hold.as_str());
    let ann = format!("slack:{}/{}", ANN.team, ANN.user);
    assert_eq!(records[0]["actor"], ann.as_str());

    // Anybody can send what Slack did not sign: it is counted, and the chain stays as it is.
    let wrong = "v0=".to_owned() + &"0".repeat(64);
    for _ in 0..1_000 {
        room.send(&room.now().to_string(), &wrong, &body).await;
    }
    assert_eq!(room.attempts().await.len(), wanted.len());
    let counted = [
        ("slack.replayed".to_owned(), 1),
        ("slack.signature_stale".to_owned(), 2),
        ("slack.signature_wrong".to_owned(), 1_000),
    ];
    assert_eq!(room.desks.refused(), counted);
}

#[tokio::test(start_paused = true)]
async fn a_form_has_one_field() {
    let room = Room::new().await;
    for body in [
        "",
        "payload=",
        "other=%7B%7D",
        "payload=%7B%7D&payload=%7B%7D",
        "payload=%FF",
    ] {
        let base = format!("v0:{}:{body}", room.now());
        let mac = portcullis_testkit::slack::mac(SIGNING_SECRET.as_bytes(), base.as_bytes());
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        let reply = room
            .send(&room.now().to_string(), &format!("v0={hex}"), body)
            .await;
        assert_eq!(code(&reply), (400, "slack.malformed"), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_clicks_at_once_decide_once() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    let payloads: Vec<Value> = (0..20)
        .map(|turn| {
            room.slack
                .press(&message, action::APPROVE, [ANN, BOB][turn % 2])
        })
        .collect();
    let sent = payloads.iter().map(|payload| room.deliver(payload));
    let replies = futures_util::future::join_all(sent).await;
    assert!(replies.iter().all(|reply| reply.0 == 200), "{replies:?}");
    until("every late one is answered", || {
        room.slack.whispers().len() == 19
    })
    .await;
    let hold = room.hold(&hold).await;
    assert_eq!(
        (hold.status, hold.approvals.len()),
        (HoldStatus::Released, 1)
    );
    assert_eq!(room.only_message().edits, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        // Whatever it says, it says so.
        drop(portcullis_control::slack::envelope::read(&bytes));
    }
}
