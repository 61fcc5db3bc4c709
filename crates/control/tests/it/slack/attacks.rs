//! Getting round two people: by two accounts, two places, or rights of yesterday.

use super::room::{ANN, BOB, Room, ZOE, until, words};
use portcullis_control::slack::message::action;
use portcullis_firewall::{
    approval::{Choice, Way},
    click::Click,
    error::GateError,
    hold::{Hold, HoldStatus},
    passkey::Passkey,
    ports::Clock,
    turn::PersonPatch,
};
use portcullis_testkit::slack::Person;

/// A room with a hold for two people that Ann has approved in Slack.
async fn half_approved() -> (Room, String) {
    let room = Room::new().await;
    let hold = room.held(2).await;
    room.desk.catch_up().await.unwrap();
    room.press(&room.only_message(), action::APPROVE, ANN).await;
    until("the first is shown", || {
        words(&room.only_message().blocks).contains("1 of 2 approvals")
    })
    .await;
    (room, hold)
}

/// Presses the button once more; it is answered and changes nothing.
async fn in_vain(room: &Room, who: Person, hold: &str) {
    let before = (room.slack.whispers().len(), room.hold(hold).await);
    let message = room.slack.posted().into_iter().next_back().unwrap();
    room.press(&message, action::APPROVE, who).await;
    until("an answer", || room.slack.whispers().len() > before.0).await;
    let after = room.hold(hold).await;
    assert_eq!(after.approvals, before.1.approvals);
    assert_eq!(after.status, before.1.status);
}

/// Ann approves at the console.
async fn at_the_console(room: &Room, hold: &str) -> Result<Hold, GateError> {
    let ann = &room.people[0];
    let request = room.firewall.request(ann, hold, Choice::Approve).await;
    let click = Click {
        choice: Choice::Approve,
        reason: None,
        way: Way::Console,
        token: Some(request.unwrap().1),
        presence: None,
    };
    room.firewall.decide(ann, hold, click).await
}

#[tokio::test(start_paused = true)]
async fn one_person_in_two_places_is_one_person() {
    let (room, hold) = half_approved().await;
    let again = at_the_console(&room, &hold).await;
    assert_eq!(again.expect_err("no second").code(), "approval.same_person");
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    assert_eq!(room.refused().await, ["approval.same_person"]);
    // And the other way round.
    let other = Room::new().await;
    let hold = other.held(2).await;
    other.desk.catch_up().await.unwrap();
    at_the_console(&other, &hold).await.expect("the first");
    in_vain(&other, ANN, &hold).await;
    assert_eq!(other.refused().await, ["approval.same_person"]);
}

#[tokio::test(start_paused = true)]
async fn one_person_with_two_accounts_is_one_person() {
    let (room, hold) = half_approved().await;
    let [ann, bob] = [&room.people[0], &room.people[1]];
    let second = room.link(ann, ZOE).await;
    assert_eq!(second.expect_err("has one").code(), "slack.linked");
    let taken = room.link(bob, ANN).await;
    assert_eq!(taken.expect_err("Ann's").code(), "slack.linked");
    // Moving to another account makes nobody a second person.
    let id = ann.person.clone().unwrap().id;
    room.firewall.unlink_slack(ann, id.as_str()).await.unwrap();
    room.link(ann, ZOE).await.unwrap();
    in_vain(&room, ZOE, &hold).await;
    assert_eq!(room.refused().await, ["approval.same_person"]);
    in_vain(&room, ANN, &hold).await;
}

#[tokio::test(start_paused = true)]
async fn who_has_left_decides_nothing() {
    let room = Room::new().await;
    let hold = room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let change = async |who: usize, patch| {
        let id = room.people[who].person.clone().unwrap().id;
        let changed = room
            .firewall
            .update_person(&room.architect, id.as_str(), patch);
        changed.await.unwrap();
    };
    let gone = PersonPatch {
        active: Some(false),
        ..PersonPatch::default()
    };
    change(0, gone).await;
    in_vain(&room, ANN, &hold).await;
    let without_role = PersonPatch {
        grants: Some(Vec::new()),
        ..PersonPatch::default()
    };
    change(1, without_role).await;
    in_vain(&room, BOB, &hold).await;
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Held);
    let wanted = ["auth.unauthenticated", "auth.forbidden"];
    assert_eq!(room.refused().await, wanted);
}

#[tokio::test(start_paused = true)]
async fn whose_passkey_is_due_is_led_to_where_it_can_be_asked_for() {
    let room = Room::new().await;
    let passkey = Passkey {
        credential_id: "AAAA".to_owned(),
        public_key: "AAAA".to_owned(),
        algorithm: -7,
        sign_count: 0,
        user_verified: true,
        backup_eligible: false,
        name: "laptop".to_owned(),
        at: room.clock.now(),
    };
    let registered = room.firewall.add_passkey(&room.people[0], passkey).await;
    registered.unwrap();
    let hold = room.held(2).await;
    room.desk.catch_up().await.unwrap();
    in_vain(&room, ANN, &hold).await;
    let said = room.slack.whispers()[0].text.clone();
    assert!(
        said.contains(&format!("/console/approvals/{hold}")),
        "{said}"
    );
    assert_eq!(room.refused().await, ["approval.passkey_due"]);
}

#[tokio::test(start_paused = true)]
async fn a_yes_after_a_no_counts_for_nothing() {
    let (room, hold) = half_approved().await;
    let before = room.only_message();
    room.press(&before, action::REJECT, BOB).await;
    until("a modal", || room.slack.views().len() == 1).await;
    room.deliver(&room.slack.hand_in("no", BOB)).await;
    until("the end is shown", || {
        words(&room.only_message().blocks).contains("Rejected by bob")
    })
    .await;
    for who in [ANN, BOB] {
        let answered = room.slack.whispers().len();
        room.press(&before, action::APPROVE, who).await;
        until("an answer", || room.slack.whispers().len() > answered).await;
    }
    assert_eq!(room.hold(&hold).await.status, HoldStatus::Killed);
    assert_eq!(room.refused().await, ["hold.already_decided"; 2]);
}
