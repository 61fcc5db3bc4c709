//! Slack's published Python packages as judges: of our signatures and messages, of the stand-in.

use super::{
    golden::{messages, views},
    room::{ANN, Room},
};
use portcullis_control::slack::message::action;
use portcullis_testkit::{
    StandInSlack,
    slack::{APP_TOKEN, BOT_TOKEN, CHANNELS, SIGNING_SECRET, SlackCourier},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, process::Stdio, time::Duration};
use tokio::io::AsyncWriteExt;

/// How long a client may take; it is a program that waits for us.
const PATIENCE: Duration = Duration::from_secs(60);

const MISSING: &str = "PORTCULLIS_PYTHON names no Python that has the packages: run `make test`, or
  python3 -m venv venv && venv/bin/pip install slack_sdk slack_bolt
  PORTCULLIS_PYTHON=$PWD/venv/bin/python cargo test -p portcullis-control";

/// The Python that has Slack's packages.
async fn python() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "where `make` has put the packages"
    )]
    let python = std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| panic!("{MISSING}"));
    let mut looking = tokio::process::Command::new(&python);
    looking.args(["-c", "import slack_sdk, slack_bolt"]);
    let looked = looking.output().await;
    let found = looked.is_ok_and(|looked| looked.status.success());
    assert!(found, "{MISSING}");
    python
}

/// Runs the judge on one question; what it answers.
async fn judge(question: &str, given: &Value) -> Value {
    let mut client = tokio::process::Command::new(python().await);
    client
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/slack/clients.py"
        ))
        .arg(question)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    for proxy in ["http_proxy", "https_proxy", "all_proxy"] {
        client.env_remove(proxy).env_remove(proxy.to_uppercase());
    }
    let mut client = client.spawn().unwrap();
    let mut given_to = client.stdin.take().unwrap();
    given_to
        .write_all(given.to_string().as_bytes())
        .await
        .unwrap();
    drop(given_to);
    let ended = tokio::time::timeout(PATIENCE, client.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    assert!(ended.status.success(), "{question}: {ended:?}");
    serde_json::from_slice(&ended.stdout).unwrap()
}

#[tokio::test]
async fn every_message_is_one_that_slacks_own_models_take() {
    let given = json!({
        "messages": messages().into_iter().collect::<BTreeMap<_, _>>(),
        "views": views().into_iter().collect::<BTreeMap<_, _>>(),
    });
    assert_eq!(judge("models", &given).await, json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn slacks_sdk_and_the_gate_agree_about_signatures() {
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let payload = room.slack.press(&room.only_message(), action::DETAILS, ANN);
    let ours = StandInSlack::signed(&payload, room.now());
    let body = "payload=%7B%22type%22%3A%22shortcut%22%2C%22api_app_id%22%3A%22A0GATE0001%22%2C\
                %22user%22%3A%7B%22id%22%3A%22U1%22%2C%22team_id%22%3A%22T0ACME0001%22%7D%7D";
    let given = json!({
        "secret": SIGNING_SECRET, "now": room.now(), "ours": [ours.0, ours.1, ours.2],
        "to_sign": body,
    });
    let judged = judge("signatures", &given).await;
    assert_eq!(judged["accepts_ours"], true);
    let theirs = judged["theirs"].as_str().unwrap();
    let at = room.now().to_string();
    assert_eq!(room.send(&at, theirs, body).await.0, 200);
    for (at, signature, accepted) in [
        (room.now() + 300, "at_300", true),
        (room.now() + 301, "at_301", false),
        (room.now() - 301, "at_minus_301", false),
    ] {
        let signature = &judged[signature];
        let reply = room
            .send(&at.to_string(), signature[0].as_str().unwrap(), body)
            .await;
        assert_eq!(reply.0 == 200, accepted, "{at}");
        assert_eq!(signature[1], accepted, "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slacks_bolt_reads_the_same_clicks() {
    let room = Room::new().await;
    room.held(1).await;
    room.desk.catch_up().await.unwrap();
    let payload = room.slack.press(&room.only_message(), action::APPROVE, ANN);
    let (at, signature, body) = StandInSlack::signed(&payload, room.now());
    let given = json!({
        "secret": SIGNING_SECRET, "token": BOT_TOKEN, "now": room.now(),
        "action": action::APPROVE, "headers": [at, signature], "body": body,
    });
    let judged = judge("bolt", &given).await;
    assert_eq!(judged["status"], 200);
    assert_eq!(judged["value"], payload["actions"][0]["value"]);
    assert_eq!(
        (&judged["user"], &judged["team"]),
        (&json!(ANN.user), &json!(ANN.team))
    );
    assert_eq!(judged["forged"], 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn slacks_sdk_works_with_the_stand_in() {
    let slack = StandInSlack::new();
    let server = slack.serve().await;
    let given = json!({
        "base_url": server.base_url, "bot": BOT_TOKEN, "app": APP_TOKEN, "channel": CHANNELS[0],
    });
    let talking = tokio::spawn(async move { judge("stand_in", &given).await });
    // A client that has ended is not waited for: it says below what it met.
    let ended = || talking.is_finished();
    super::room::until("the client's line", || ended() || slack.open_lines() == 1).await;
    slack.send_envelope("e-1", &json!({"type": "block_actions", "actions": []}));
    let acknowledged = || ended() || !slack.acknowledged().is_empty();
    super::room::until("its acknowledgement", acknowledged).await;
    let judged = talking.await.unwrap();
    assert_eq!(judged["wrong_token"], "invalid_auth");
    assert_eq!(judged["too_many_blocks"], "invalid_blocks");
    assert_eq!(judged["heard"], json!({"id": "e-1", "type": "interactive"}));
    assert_eq!(slack.posted().len(), 1);
    assert_eq!(
        (slack.posted()[0].text.as_str(), slack.posted()[0].edits),
        ("changed", 1)
    );
    // The stand-in without sockets is the same one.
    drop(SlackCourier(slack));
}
