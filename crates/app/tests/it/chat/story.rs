//! The way of a destructive action through Slack, by both deliveries.

use super::{
    premises::until,
    room::{ANN, BO, Delivery, ODA, Room, has_button, words},
};
use portcullis_control::slack::message::action;
use portcullis_testkit::slack::Fault;
use serde_json::json;

#[test]
fn two_people_approve_over_http_and_the_agent_acts_once() {
    two_people_approve(Delivery::Http);
}

#[test]
fn two_people_approve_over_socket_mode_and_the_agent_acts_once() {
    two_people_approve(Delivery::SocketMode);
}

fn two_people_approve(delivery: Delivery) {
    let room = Room::open(delivery);
    let held = room.ask();
    assert_eq!(held["verdict"], "HELD");
    let message = room.message("the request", |_| true);
    assert!(has_button(&message, action::APPROVE) && has_button(&message, action::REJECT));
    let asked = words(&message.blocks);
    assert!(
        asked.contains("data.wipe") && asked.contains("Dual approval needed"),
        "{asked}"
    );

    room.press(&message, action::APPROVE, ANN);
    let message = room.message("the first approval", |message| {
        words(&message.blocks).contains("1 of 2 approvals")
    });
    assert!(words(&message.blocks).contains("Ann"), "{message:?}");
    room.press(&message, action::APPROVE, ANN);
    let told = room.whisper(ANN, 0);
    assert!(told.contains("another person must"), "{told}");
    room.press(&message, action::APPROVE, ODA);
    let told = room.whisper(ODA, 0);
    assert!(told.contains("owns an agent"), "{told}");
    assert_eq!(room.status(&held), "HELD");
    let hold = held["hold_id"].as_str().unwrap();
    assert_eq!(room.agent(&["permits", "claim", hold]).code, 1, "too early");
    let before = message;

    // Slack is busy in between, and is told when it has time.
    room.slack.fail("chat.update", Fault::Busy(1));
    room.press(&before, action::APPROVE, BO);
    let message = room.message("the end", |message| message.text.starts_with("Approved by"));
    assert!(
        message.text.starts_with("Approved by Ann and Bo"),
        "{message:?}"
    );
    let ended = words(&message.blocks);
    assert!(
        ended.contains("Approved by Ann") && ended.contains("Approved by Bo"),
        "{ended}"
    );
    let moments = message
        .blocks
        .to_string()
        .matches("\"type\":\"date\"")
        .count();
    assert!(moments >= 2, "{message:?}");
    assert!(!has_button(&message, action::APPROVE) && !has_button(&message, action::REJECT));
    assert_eq!(room.slack.posted().len(), 1, "one message for one hold");
    room.press(&before, action::APPROVE, BO);
    let told = room.whisper(BO, 0);
    assert!(told.contains("already handled"), "{told}");

    room.act_once(&held);
    let refused = [
        "approval.same_person",
        "auth.forbidden",
        "hold.already_decided",
    ];
    assert_eq!(room.refused(), refused);
    for kind in ["permit_issued", "permit_redeemed", "outcome"] {
        assert_eq!(room.records(kind).len(), 1, "{kind}");
    }
    assert!(room.premises.gate.stop().success());
}

#[test]
fn one_person_refuses_over_http_and_says_why() {
    one_person_refuses(Delivery::Http);
}

#[test]
fn one_person_refuses_over_socket_mode_and_says_why() {
    one_person_refuses(Delivery::SocketMode);
}

fn one_person_refuses(delivery: Delivery) {
    let room = Room::open(delivery);
    let held = room.ask();
    let message = room.message("the request", |_| true);
    room.press(&message, action::APPROVE, ANN);
    room.message("the first approval", |message| message.edits == 1);
    room.press(&message, action::REJECT, BO);
    until("a modal", || room.slack.views().pop());
    assert_eq!(
        room.status(&held),
        "HELD",
        "nothing is decided without a reason"
    );
    let objected = room.deliver(&room.slack.hand_in("  ", BO));
    assert_eq!(objected["response_action"], json!("errors"), "{objected}");
    room.deliver(&room.slack.hand_in("wrong cluster", BO));
    let message = room.message("the end", |message| message.text.starts_with("Rejected by"));
    let ended = words(&message.blocks);
    assert!(
        ended.contains("Rejected by Bo") && ended.contains("wrong cluster"),
        "{ended}"
    );
    assert!(!has_button(&message, action::APPROVE));
    assert_eq!(room.status(&held), "KILLED");
    let hold = held["hold_id"].as_str().unwrap();
    assert_eq!(room.agent(&["permits", "claim", hold]).code, 1);
    let outcomes = room.records("escrow_outcome");
    assert_eq!(outcomes.last().unwrap()["decision_reason"], "wrong cluster");
    assert!(room.premises.gate.stop().success());
}
