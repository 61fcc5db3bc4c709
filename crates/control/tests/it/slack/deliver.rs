//! Telling the channel, whatever Slack does meanwhile.

use super::room::{ANN, Room, has_button, settings, until, words};
use portcullis_control::slack::{api::Cause, deliver, message::action, show::ShowError};
use portcullis_firewall::hold::HoldStatus;
use portcullis_testkit::slack::{CHANNELS, Fault};
use serde_json::json;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_follower_tells_of_holds_as_they_come() {
    let room = Room::new().await;
    let follower = tokio::spawn(deliver::follow(room.desk.clone()));
    room.held(1).await;
    until("the request", || room.slack.posted().len() == 1).await;
    let message = room.only_message();
    assert_eq!(message.channel, CHANNELS[0]);
    assert!(
        message
            .text
            .starts_with("Approval needed: reservations.create on cluster-1")
    );
    room.press(&message, action::APPROVE, ANN).await;
    until("the end", || {
        words(&room.only_message().blocks).contains("Approved by ann")
    })
    .await;
    follower.abort();
}

#[tokio::test(start_paused = true)]
async fn the_team_is_told_of_what_nobody_was_asked() {
    let room = Room::new().await;
    assert_eq!(room.govern("report_generate", json!({})).await, None);
    assert_eq!(room.govern("data_read", json!({})).await, None);
    room.desk.catch_up().await.unwrap();
    room.desk.catch_up().await.unwrap();
    assert!(
        room.only_message()
            .text
            .ends_with("may report_generate on cluster-1")
    );
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_is_nearly_used_up_is_told_once() {
    let room = Room::new().await;
    for cost in [70, 15, 1] {
        let cost = json!({"estimated_cost_usd": cost});
        room.govern("reservations.create", cost).await.unwrap();
    }
    // However often it is looked.
    for _ in 0..2 {
        room.desk.catch_up().await.unwrap();
    }
    let posted = room.slack.posted();
    let warnings: Vec<_> = posted
        .iter()
        .filter(|message| message.text.contains("nearly used up"))
        .collect();
    assert_eq!((posted.len(), warnings.len()), (4, 1), "{posted:#?}");
    let said = words(&warnings[0].blocks);
    let sentence = "85.00 of 100.00 USD of the daily budget of the tenant are committed";
    assert!(said.contains(sentence), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_may_live_is_told_of() {
    let room = Room::new().await;
    room.leave_a_lease().await;
    for _ in 0..2 {
        room.desk.catch_up().await.unwrap();
    }
    let message = room.only_message();
    assert!(
        message
            .text
            .starts_with("A credential may live that must not: lse_")
    );
    let said = words(&message.blocks);
    assert!(said.contains("scope cluster"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn busy_and_broken_slacks_lose_no_hold() {
    let room = Room::new().await;
    for fault in [
        Fault::Busy(7),
        Fault::Status(503),
        Fault::Error("internal_error"),
        Fault::Error("ratelimited"),
        Fault::Unreachable,
        Fault::Error("invalid_auth"),
        Fault::Error("channel_not_found"),
        Fault::Status(500),
    ] {
        room.slack.fail("chat.postMessage", fault);
    }
    let follower = tokio::spawn(deliver::follow(room.desk.clone()));
    room.held(1).await;
    until("the request, after all", || room.slack.posted().len() == 1).await;
    assert_eq!(room.slack.calls().len(), 9);
    follower.abort();
}

#[tokio::test(start_paused = true)]
async fn slack_says_how_long_to_wait() {
    let room = Room::new().await;
    room.slack.fail("chat.postMessage", Fault::Busy(7));
    room.held(1).await;
    let Err(ShowError::Slack(error)) = room.desk.catch_up().await else {
        panic!("it went through");
    };
    assert_eq!(error.cause(), Cause::Busy(Duration::from_secs(7)));
    let started = tokio::time::Instant::now();
    room.slack.fail("chat.postMessage", Fault::Busy(40));
    let follower = tokio::spawn(deliver::follow(room.desk.clone()));
    until("the request", || room.slack.posted().len() == 1).await;
    assert!(started.elapsed() >= Duration::from_secs(40));
    follower.abort();
}

#[tokio::test(start_paused = true)]
async fn what_happened_during_an_outage_is_told_after_it() {
    let room = Room::new().await;
    room.slack.go_away(true);
    let holds = [room.held(1).await, room.held(2).await];
    assert!(room.desk.catch_up().await.is_err());
    room.firewall
        .kill(&carol(&room).await, &holds[0], Some("no"))
        .await
        .unwrap();
    room.slack.go_away(false);
    room.desk.catch_up().await.unwrap();
    let posted = room.slack.posted();
    assert_eq!(posted.len(), 2);
    assert!(
        words(&posted[0].blocks).contains("Rejected by carol"),
        "{}",
        posted[0].blocks
    );
    assert!(has_button(&posted[1], action::APPROVE));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_twice() {
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let calls = room.slack.calls().len();
    room.desk.catch_up().await.unwrap();
    // A gate that lost its place, and starts from the first record.
    room.firewall
        .keep_cursor(&room.tenant, "slack", 0)
        .await
        .unwrap();
    let desk = room.desk_of(room.tenant.clone(), settings());
    desk.catch_up().await.unwrap();
    assert_eq!(room.slack.calls().len(), calls);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_costs_one_message_at_most() {
    let room = Room::new().await;
    room.slack.fail("chat.postMessage", Fault::AnswerLost);
    let hold = room.held(1).await;
    assert!(room.desk.catch_up().await.is_err());
    room.desk.catch_up().await.unwrap();
    let posted = room.slack.posted();
    assert_eq!(posted.len(), 2);
    // The button of either is good, once.
    room.press(&posted[0], action::APPROVE, ANN).await;
    until("the end is shown", || room.slack.posted()[1].edits == 1).await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Released);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_fails_between_posting_and_noting_costs_no_hold() {
    let room = Room::new().await;
    room.held(1).await;
    room.ledger.fail_next(1);
    let shown = room.desk.catch_up().await;
    assert!(matches!(shown, Err(ShowError::Gate(_))), "{shown:?}");
    room.desk.catch_up().await.unwrap();
    assert!((1..=2).contains(&room.slack.posted().len()));
}

#[tokio::test(start_paused = true)]
async fn when_nobody_answers_others_are_asked_and_at_last_it_ends_refused() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.clock.advance(Duration::from_secs(1_801));
    room.firewall.sweep().await.unwrap();
    room.desk.catch_up().await.unwrap();
    let posted = room.slack.posted();
    assert_eq!(posted.len(), 2, "{posted:#?}");
    assert_eq!(
        (&*posted[0].channel, &*posted[1].channel),
        (CHANNELS[0], CHANNELS[1])
    );
    for message in &posted {
        assert!(
            message
                .text
                .starts_with("Escalated (level 2 of 2): approval needed")
        );
        assert!(has_button(message, action::APPROVE));
    }
    room.clock.advance(Duration::from_secs(4 * 3_600));
    room.firewall.sweep().await.unwrap();
    room.desk.catch_up().await.unwrap();
    assert_eq!(room.hold(&hold).await.status, HoldStatus::TimedOut);
    for message in room.slack.posted() {
        assert!(
            message
                .text
                .starts_with("Expired and refused by portcullis"),
            "{}",
            message.text
        );
        assert!(!has_button(&message, action::APPROVE));
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_cannot_be_posted_to_is_made_up_for_by_the_first() {
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.clock.advance(Duration::from_secs(1_801));
    room.firewall.sweep().await.unwrap();
    room.slack
        .fail("chat.postMessage", Fault::Error("is_archived"));
    room.desk.catch_up().await.unwrap();
    let channels: Vec<String> = room
        .slack
        .posted()
        .iter()
        .map(|m| m.channel.clone())
        .collect();
    assert_eq!(channels, [CHANNELS[0], CHANNELS[0]]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_slack_will_not_take_is_told_in_words() {
    let room = Room::new().await;
    room.slack
        .fail("chat.postMessage", Fault::Error("invalid_blocks"));
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    assert_eq!(message.blocks, json!([]));
    assert!(message.text.contains("reservations.create"));
}

#[tokio::test(start_paused = true)]
async fn a_deleted_message_is_posted_again_when_something_changes() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.slack.delete(&room.only_message().ts);
    room.firewall
        .kill(&carol(&room).await, &hold, None)
        .await
        .unwrap();
    room.desk.catch_up().await.unwrap();
    assert!(words(&room.only_message().blocks).contains("Rejected by carol"));
}

#[tokio::test(start_paused = true)]
async fn what_ended_long_ago_is_not_told_any_more() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.govern("report_generate", json!({})).await;
    room.firewall
        .kill(&carol(&room).await, &hold, None)
        .await
        .unwrap();
    room.clock.advance(Duration::from_secs(2 * 3_600));
    room.desk.catch_up().await.unwrap();
    assert!(room.slack.posted().is_empty());
}

/// Somebody who decides elsewhere.
async fn carol(room: &Room) -> portcullis_firewall::principal::Principal {
    use portcullis_firewall::{principal::Role, turn::NewKey};
    let new = NewKey::of("carol", Role::Operator);
    let (_, token) = room.firewall.issue_key(&room.architect, new).await.unwrap();
    room.firewall.authenticate(token.reveal()).unwrap()
}
