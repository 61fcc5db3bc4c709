//! Clicks of people whom nobody knows, and requests that are not what they seem: no effect, and a
//! record.

use super::{
    premises::{now_s, until},
    room::{ANN, Delivery, Room},
};
use portcullis_control::slack::message::action;
use portcullis_testkit::{
    StandInSlack,
    slack::{Person, Posted, TEAM},
};
use serde_json::{Value, json};

/// In the workspace, and linked to nobody.
const ZOE: Person = Person::of_team("U0ZOE00001");

#[test]
fn strangers_over_http_leave_a_record_and_no_effect() {
    strangers(Delivery::Http);
}

#[test]
fn strangers_over_socket_mode_leave_a_record_and_no_effect() {
    strangers(Delivery::SocketMode);
}

fn strangers(delivery: Delivery) {
    let room = Room::open(delivery);
    let held = room.ask();
    let message = room.message("the request", |_| true);
    room.press(&message, action::APPROVE, ZOE);
    let told = room.whisper(ZOE, 0);
    assert!(told.contains("/console/account/slack"), "{told}");
    // Somebody of another workspace with the very id of Ann.
    let twin = Person {
        user: ANN.user,
        team: "T0EVIL0001",
    };
    room.press(&message, action::APPROVE, twin);
    room.whisper(ANN, 0);
    let mut bot = room.slack.press(&message, action::APPROVE, ANN);
    bot["user"]["is_bot"] = json!(true);
    room.deliver(&bot);
    room.whisper(ANN, 1);
    let genuine = token(&room, &message);
    let (claims, signature) = genuine.rsplit_once('.').unwrap();
    let other = |at, letter| match (at, letter) {
        (0, 'A') => 'B',
        (0, _) => 'A',
        (_, same) => same,
    };
    let altered = signature
        .char_indices()
        .map(|(at, letter)| other(at, letter));
    let forged = format!("{claims}.{}", altered.collect::<String>());
    for (nth, token) in [forged.as_str(), "pca1.x.y", ""].into_iter().enumerate() {
        let mut altered = room.slack.press(&message, action::APPROVE, ANN);
        altered["actions"][0]["value"] = json!(token);
        room.deliver(&altered);
        room.whisper(ANN, nth + 2);
    }
    let wanted = [
        "auth.unauthenticated",
        "slack.foreign_workspace",
        "slack.bot",
        "approval.forged",
        "approval.malformed",
        "approval.malformed",
    ];
    noted(&room, &wanted);
    let records = room.records("decision_refused");
    let by = |actor: String| {
        records
            .iter()
            .find(|record| record["actor"] == actor.as_str())
    };
    let stranger = by(format!("slack:{TEAM}/{}", ZOE.user)).unwrap();
    assert_eq!(stranger["hold_id"], held["hold_id"]);
    assert!(by(format!("slack:T0EVIL0001/{}", ANN.user)).is_some());
    assert_eq!(room.status(&held), "HELD");
    assert!(room.records("escrow_outcome").is_empty());
    assert!(room.premises.gate.stop().success());
}

#[test]
fn requests_of_another_time_leave_a_record_and_unsigned_ones_are_counted() {
    let room = Room::open(Delivery::Http);
    let held = room.ask();
    let message = room.message("the request", |_| true);
    // The machine may be slow between signing and checking: far enough on either side.
    for at in [now_s() - 301, now_s() + 301 + 600] {
        let payload = room.slack.press(&message, action::APPROVE, ANN);
        let (status, said) = room.post(&payload, at);
        assert_eq!((status, code(&said)), (401, "slack.signature_stale"));
    }
    let details = room.slack.press(&message, action::DETAILS, ANN);
    let (at, signature, body) = StandInSlack::signed(&details, now_s());
    assert_eq!(room.post_signed(&at, &signature, &body).0, 200);
    let (status, said) = room.post_signed(&at, &signature, &body);
    assert_eq!((status, code(&said)), (409, "slack.replayed"));
    let wrong = "v0=".to_owned() + &"0".repeat(64);
    for _ in 0..20 {
        let (status, said) = room.post_signed(&at, &wrong, &body);
        assert_eq!((status, code(&said)), (401, "slack.signature_wrong"));
    }
    let wanted = [
        "slack.signature_stale",
        "slack.signature_stale",
        "slack.replayed",
    ];
    noted(&room, &wanted);
    let counted = room.metrics();
    let line = "portcullis_slack_requests_refused_total{code=\"slack.signature_wrong\"} 20";
    assert!(counted.contains(line), "{counted}");
    assert_eq!(room.status(&held), "HELD");
    assert!(room.records("escrow_outcome").is_empty());
    assert!(room.premises.gate.stop().success());
}

/// What the button for a yes carries.
fn token(room: &Room, message: &Posted) -> String {
    let payload = room.slack.press(message, action::APPROVE, ANN);
    payload["actions"][0]["value"].as_str().unwrap().to_owned()
}

fn code(said: &Value) -> &str {
    said["error"]["code"].as_str().unwrap_or_default()
}

/// Waits until all of these are on record, and nothing else.
#[track_caller]
fn noted(room: &Room, codes: &[&str]) {
    let enough = || (room.records("decision_refused").len() >= codes.len()).then_some(());
    until("the records", enough);
    // A click is answered before its record is sealed, so that two may change places.
    let sorted = |codes: &[String]| {
        let mut codes = codes.to_vec();
        codes.sort_unstable();
        codes
    };
    let wanted: Vec<String> = codes.iter().map(|&code| code.to_owned()).collect();
    assert_eq!(sorted(&room.refused()), sorted(&wanted));
}
