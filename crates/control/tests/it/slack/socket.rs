//! Clicks over lines that the gate opens.

use super::room::{ANN, BOB, Room, until, words};
use portcullis_control::slack::{message::action, socket};
use portcullis_firewall::hold::HoldStatus;
use portcullis_testkit::slack::Fault;
use serde_json::json;

/// A room whose gate listens.
async fn listening() -> (Room, tokio::task::JoinHandle<()>) {
    let room = Room::new().await;
    let token = room.desks.app_tokens().pop().unwrap();
    let listener = tokio::spawn(socket::listen(room.desks.clone(), token));
    until("a line", || room.slack.open_lines() == 1).await;
    (room, listener)
}

#[tokio::test(start_paused = true)]
async fn an_envelope_is_acknowledged_and_counts_once() {
    let (room, listener) = listening().await;
    let hold = room.held(2).await;
    room.desk.catch_up().await.unwrap();
    let payload = room.slack.press(&room.only_message(), action::APPROVE, ANN);
    for _ in 0..3 {
        assert!(room.slack.send_envelope("e-1", &payload));
    }
    until("three acknowledgements", || {
        room.slack.acknowledged().len() == 3
    })
    .await;
    assert!(
        room.slack
            .acknowledged()
            .iter()
            .all(|said| *said == json!({"envelope_id": "e-1"}))
    );
    until("it is shown", || {
        words(&room.only_message().blocks).contains("1 of 2 approvals")
    })
    .await;
    assert!(room.slack.whispers().is_empty());
    assert_eq!(room.hold(&hold).await.approvals.len(), 1);
    listener.abort();
}

#[tokio::test(start_paused = true)]
async fn a_modal_is_answered_over_the_line() {
    let (room, listener) = listening().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let press = room.slack.press(&room.only_message(), action::REJECT, BOB);
    room.slack.send_envelope("e-1", &press);
    until("a modal", || room.slack.views().len() == 1).await;
    room.slack
        .send_envelope("e-2", &room.slack.hand_in("", BOB));
    until("an objection", || room.slack.acknowledged().len() == 2).await;
    assert_eq!(
        room.slack.acknowledged()[1]["payload"]["response_action"],
        "errors"
    );
    room.slack
        .send_envelope("e-3", &room.slack.hand_in("no", BOB));
    until("the end", || {
        words(&room.only_message().blocks).contains("Rejected by bob")
    })
    .await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Killed);
    listener.abort();
}

#[tokio::test(start_paused = true)]
async fn a_line_that_ends_has_a_successor_before_it_is_gone() {
    let (room, listener) = listening().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.slack
        .say_on_line(&json!({"type": "disconnect", "reason": "warning"}));
    until("two lines at once", || room.slack.open_lines() == 2).await;
    // The older line still brings clicks.
    let payload = room.slack.press(&room.only_message(), action::APPROVE, ANN);
    assert!(room.slack.send_envelope("e-1", &payload));
    until("the click counts", || {
        words(&room.only_message().blocks).contains("Approved by ann")
    })
    .await;
    room.slack.hang_up();
    until("one line is left", || room.slack.open_lines() == 1).await;
    assert_eq!(room.slack.lines_made(), 2);
    listener.abort();
}

#[tokio::test(start_paused = true)]
async fn a_line_that_breaks_is_opened_again() {
    let (room, listener) = listening().await;
    for fault in [
        Fault::Busy(3),
        Fault::Unreachable,
        Fault::Error("invalid_auth"),
    ] {
        room.slack.fail("apps.connections.open", fault);
    }
    room.slack.hang_up();
    until("another line", || room.slack.lines_made() == 2).await;
    assert_eq!(room.slack.calls().len(), 5);
    listener.abort();
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_acknowledged_and_does_nothing() {
    let (room, listener) = listening().await;
    room.slack
        .send_envelope("e-1", &json!({"type": "block_actions"}));
    room.slack
        .say_on_line(&json!({"type": "events_api", "envelope_id": "e-2", "payload": {}}));
    room.slack.say_on_line(&json!("nonsense"));
    room.slack.send_envelope("e-3", &json!({}));
    until("three acknowledgements", || {
        room.slack.acknowledged().len() == 3
    })
    .await;
    assert_eq!(room.slack.open_lines(), 1);
    listener.abort();
}

#[tokio::test(start_paused = true)]
async fn a_quiet_line_is_replaced() {
    let (room, listener) = listening().await;
    tokio::time::sleep(std::time::Duration::from_secs(11 * 60)).await;
    until("another line", || room.slack.lines_made() == 2).await;
    listener.abort();
}
