//! Slack is away, and the gate dies, in the middle: nothing is lost and nothing happens twice.

use super::{
    premises::until,
    room::{ANN, BO, Delivery, Room, has_button},
};
use portcullis_control::slack::message::action;

#[test]
fn an_outage_and_a_crash_in_between_lose_nothing_over_http() {
    an_outage_and_a_crash(Delivery::Http);
}

#[test]
fn an_outage_and_a_crash_in_between_lose_nothing_over_socket_mode() {
    an_outage_and_a_crash(Delivery::SocketMode);
}

fn an_outage_and_a_crash(delivery: Delivery) {
    let room = Room::open(delivery);
    room.slack.go_away(true);
    let held = room.ask();
    until("it is tried", || {
        let calls = room.slack.calls();
        calls
            .iter()
            .any(|call| call == "chat.postMessage")
            .then_some(())
    });
    assert!(room.slack.posted().is_empty());
    room.slack.go_away(false);
    let message = room.message("the request", |_| true);

    // The click counts though Slack cannot be told of it.
    room.slack.go_away(true);
    room.press(&message, action::APPROVE, ANN);
    until("the first approval", || {
        (room.records("escrow_outcome").len() == 1).then_some(())
    });
    room.slack.go_away(false);
    let room = room.restart();
    let message = room.message("the first approval", |message| message.edits > 0);
    assert!(has_button(&message, action::APPROVE));
    room.press(&message, action::APPROVE, BO);
    room.message("the end", |message| {
        message.text.starts_with("Approved by Ann and Bo")
    });
    room.act_once(&held);
    assert_eq!(room.slack.posted().len(), 1, "one message for one hold");
    assert!(room.refused().is_empty());
    assert!(room.premises.gate.stop().success());
}
