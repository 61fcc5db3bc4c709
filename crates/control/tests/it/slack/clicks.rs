//! What a click does, and what is answered to it.

use super::room::{ANN, BOB, Room, ZOE, has_button, settings, until, words};
use portcullis_control::slack::message::action;
use portcullis_firewall::hold::HoldStatus;
use portcullis_testkit::slack::{Fault, Person};
use serde_json::json;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn one_click_releases_and_the_message_says_who() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    assert_eq!(room.press(&message, action::APPROVE, ANN).await, 200);
    until("the message changes", || room.slack.posted()[0].edits == 1).await;
    let hold = room.hold(&hold).await;
    assert_eq!(hold.status, HoldStatus::Released);
    assert_eq!(hold.approvals.len(), 1);
    let message = room.only_message();
    assert!(
        words(&message.blocks).contains("Approved by ann"),
        "{}",
        message.blocks
    );
    assert!(!has_button(&message, action::APPROVE));
    assert!(room.slack.whispers().is_empty());
}

#[tokio::test(start_paused = true)]
async fn two_people_must_press_where_two_are_asked() {
    let room = Room::new().await;
    let hold = room.held(2).await;
    room.desk.catch_up().await.unwrap();
    assert!(words(&room.only_message().blocks).contains("Dual approval needed"));
    room.press(&room.only_message(), action::APPROVE, ANN).await;
    until("the first is shown", || {
        words(&room.only_message().blocks).contains("1 of 2 approvals")
    })
    .await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    // The same person again changes nothing and hears so.
    room.press(&room.only_message(), action::APPROVE, ANN).await;
    until("an answer", || room.slack.whispers().len() == 1).await;
    assert!(
        room.slack.whispers()[0]
            .text
            .contains("another person must")
    );
    assert_eq!(room.hold(&hold).await.approvals.len(), 1);
    room.press(&room.only_message(), action::APPROVE, BOB).await;
    until("the second is shown", || {
        words(&room.only_message().blocks).contains("Approved by bob")
    })
    .await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Released);
    assert_eq!(room.refused().await, ["approval.same_person"]);
}

#[tokio::test(start_paused = true)]
async fn a_no_asks_why_and_then_counts() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.press(&room.only_message(), action::REJECT, BOB).await;
    until("a modal", || room.slack.views().len() == 1).await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    let (status, blank) = room.deliver(&room.slack.hand_in("  ", BOB)).await;
    assert_eq!(
        (status, &blank["response_action"]),
        (200, &json!("errors")),
        "{blank}"
    );
    assert_eq!(
        room.deliver(&room.slack.hand_in("too dear <@U1>", BOB))
            .await
            .0,
        200
    );
    until("the end is shown", || {
        words(&room.only_message().blocks).contains("Rejected by bob")
    })
    .await;
    let hold = room.hold(&hold).await;
    assert_eq!(hold.status, HoldStatus::Killed);
    assert_eq!(hold.decision_reason.as_deref(), Some("too dear <@U1>"));
    assert!(words(&room.only_message().blocks).contains("too dear <@U1>"));
}

#[tokio::test(start_paused = true)]
async fn who_comes_second_is_told_who_was_first() {
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let before = room.only_message();
    for who in [ANN, BOB, ANN] {
        room.press(&before, action::APPROVE, who).await;
    }
    until("both late ones are answered", || {
        room.slack.whispers().len() == 2
    })
    .await;
    for whisper in room.slack.whispers() {
        let said = words(&whisper.blocks);
        assert!(
            said.contains("This is already handled: approved by ann"),
            "{said}"
        );
        assert!(said.contains("Follow what becomes of it"), "{said}");
    }
    // A late no does not even ask why.
    room.press(&before, action::REJECT, BOB).await;
    until("the late no is answered", || {
        room.slack.whispers().len() == 3
    })
    .await;
    assert!(room.slack.views().is_empty());
    assert_eq!(room.only_message().edits, 1);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_linked_learns_how() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.press(&room.only_message(), action::APPROVE, ZOE).await;
    until("an answer", || room.slack.whispers().len() == 1).await;
    let whisper = &room.slack.whispers()[0];
    assert_eq!(whisper.user, ZOE.user);
    assert!(
        whisper
            .text
            .contains("https://gate.example.com/console/account/slack")
    );
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    let records = room.attempts().await;
    assert_eq!(records.len(), 1);
    assert_eq!(
        records[0]["actor"],
        format!("slack:{}/{}", ZOE.team, ZOE.user)
    );
    assert_eq!(records[0]["hold_id"], hold.as_str());
    assert_eq!(records[0]["code"], "auth.unauthenticated");
}

#[tokio::test(start_paused = true)]
async fn strangers_and_programs_decide_nothing() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    // Somebody of another workspace with the very id of somebody of ours.
    let twin = Person {
        user: ANN.user,
        team: "T0EVIL0001",
    };
    let foreign = room.slack.press(&message, action::APPROVE, twin);
    let mut other_app = room.slack.press(&message, action::APPROVE, ANN);
    other_app["api_app_id"] = json!("A0OTHER001");
    let mut other_team = room.slack.press(&message, action::APPROVE, ANN);
    other_team["team"]["id"] = json!("T0EVIL0001");
    let mut bot = room.slack.press(&message, action::APPROVE, ANN);
    bot["user"]["is_bot"] = json!(true);
    let mut homeless = room.slack.press(&message, action::APPROVE, ANN);
    homeless["user"]["team_id"] = json!(null);
    for (count, payload) in [foreign, other_app, other_team, bot, homeless]
        .iter()
        .enumerate()
    {
        assert_eq!(room.deliver(payload).await.0, 200);
        until("an answer", || room.slack.whispers().len() == count + 1).await;
    }
    for whisper in room.slack.whispers() {
        assert!(
            whisper.text.starts_with("This did not count: "),
            "{}",
            whisper.text
        );
    }
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    assert!(room.hold(&hold).await.approvals.is_empty());
    let codes = [
        "slack.foreign_workspace",
        "slack.foreign_app",
        "slack.foreign_workspace",
        "slack.bot",
        "slack.foreign_workspace",
    ];
    until_noted(&room, &codes).await;
    let records = room.attempts().await;
    let twin = format!("slack:T0EVIL0001/{}", ANN.user);
    assert_eq!(records[0]["actor"], twin.as_str());
    for record in records {
        assert_eq!(record["hold_id"], hold.as_str());
        assert_eq!(record["way"], "slack");
    }
}

/// Waits until all of these are on record, and nothing else.
async fn until_noted(room: &Room, codes: &[&str]) {
    for _ in 0..1_000 {
        if room.refused().await.len() >= codes.len() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(room.refused().await, codes);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_strangers_is_counted_and_does_not_fill_the_chain() {
    use portcullis_firewall::alarm::{STRANGERS_MOST, STRANGERS_PERIOD_MS};
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    let more = 40;
    for nth in 0..STRANGERS_MOST + more {
        room.press(&message, action::APPROVE, ZOE).await;
        let answered = nth as usize + 1;
        until("an answer", || room.slack.whispers().len() == answered).await;
    }
    assert_eq!(room.refused().await.len(), STRANGERS_MOST as usize);
    room.clock
        .advance(Duration::from_millis(STRANGERS_PERIOD_MS as u64));
    room.press(&message, action::APPROVE, ZOE).await;
    until("an answer", || {
        room.slack.whispers().len() > (STRANGERS_MOST + more) as usize
    })
    .await;
    let records = room.attempts().await;
    assert_eq!(records.len(), STRANGERS_MOST as usize + 1);
    assert_eq!(records.last().unwrap()["unrecorded_before"], more);
}

#[tokio::test(start_paused = true)]
async fn a_token_for_something_else_is_refused_and_on_record() {
    let room = Room::new().await;
    let (one, other) = (room.held(1).await, room.held(2).await);
    room.desk.catch_up().await.unwrap();
    let posted = room.slack.posted();
    let mut forged = room.slack.press(&posted[0], action::APPROVE, ANN);
    let token = forged["actions"][0]["value"].as_str().unwrap().to_owned();
    let (claims, _) = token.rsplit_once('.').unwrap();
    let other_token = room.slack.press(&posted[1], action::APPROVE, ANN);
    let other_token = other_token["actions"][0]["value"].as_str().unwrap();
    let signature = other_token.rsplit_once('.').unwrap().1;
    forged["actions"][0]["value"] = json!(format!("{claims}.{signature}"));
    room.deliver(&forged).await;
    until("an answer", || room.slack.whispers().len() == 1).await;
    let mut nonsense = room.slack.press(&posted[0], action::APPROVE, ANN);
    nonsense["actions"][0]["value"] = json!("pca1.x.y");
    room.deliver(&nonsense).await;
    until("an answer", || room.slack.whispers().len() == 2).await;
    for hold in [one, other] {
        assert!(room.hold(&hold).await.approvals.is_empty());
    }
    until_noted(&room, &["approval.forged", "approval.malformed"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_late_click_is_refused_and_explained() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    room.clock.advance(Duration::from_secs(3 * 3_600));
    room.press(&message, action::APPROVE, ANN).await;
    until("an answer", || room.slack.whispers().len() == 1).await;
    assert_ne!(room.hold(&hold).await.status, HoldStatus::Released);
}

#[tokio::test(start_paused = true)]
async fn details_show_everything_in_a_modal() {
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.press(&room.only_message(), action::DETAILS, ZOE).await;
    until("a modal", || room.slack.views().len() == 1).await;
    let said = words(&room.slack.views()[0]);
    assert!(
        said.contains("\"cost_usd\": 1") && said.contains("This is all of it."),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_shown_whole_is_not_approved_here() {
    let room = Room::new().await;
    room.govern(
        "reservations.create",
        json!({"cost_usd": 1, "script": "x".repeat(20_000)}),
    )
    .await;
    room.desk.catch_up().await.unwrap();
    let message = room.only_message();
    assert!(!has_button(&message, action::APPROVE));
    assert!(has_button(&message, action::REJECT));
    let said = words(&message.blocks);
    assert!(
        said.contains("bytes of this action are not shown here"),
        "{said}"
    );
    assert!(said.contains("Decide in the console"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn a_click_while_slack_is_away_counts_and_is_shown_later() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let payload = room.slack.press(&room.only_message(), action::APPROVE, ANN);
    room.slack.go_away(true);
    assert_eq!(room.deliver(&payload).await.0, 200);
    let calls = room.slack.calls().len();
    until("it is tried", || room.slack.calls().len() > calls).await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Released);
    room.slack.go_away(false);
    room.desk.catch_up().await.unwrap();
    assert!(words(&room.only_message().blocks).contains("Approved by ann"));
}

#[tokio::test(start_paused = true)]
async fn a_modal_that_cannot_open_leads_to_the_console() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.slack
        .fail("views.open", Fault::Error("expired_trigger_id"));
    room.press(&room.only_message(), action::REJECT, ANN).await;
    until("an answer", || room.slack.whispers().len() == 1).await;
    assert!(
        room.slack.whispers()[0]
            .text
            .contains(&format!("/console/approvals/{hold}"))
    );
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_in_the_channel_is_answered_by_a_message_of_their_own() {
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    room.press(
        &room.only_message(),
        action::APPROVE,
        Person::of_team("U0AWAY0001"),
    )
    .await;
    until("an answer", || room.slack.posted().len() == 2).await;
    assert_eq!(room.slack.posted()[1].channel, "D0AWAY0001");
}

#[tokio::test(start_paused = true)]
async fn another_tenants_desk_takes_no_click_for_this_one() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let other = settings();
    let elsewhere = portcullis_policy::id::TenantId::new("globex").unwrap();
    let desk = room.desk_of(elsewhere, other);
    let payload = room.slack.press(&room.only_message(), action::APPROVE, ANN);
    let click = portcullis_control::slack::envelope::read(payload.to_string().as_bytes()).unwrap();
    desk.take(&click).await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    assert_eq!(room.slack.whispers().len(), 1);
}
