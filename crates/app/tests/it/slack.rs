//! The whole story in Slack: from linking to one execution, by the real binary, over both ways in
//! which clicks arrive.

use crate::{
    bin::{Gate, Ran, portcullis},
    http::Wire,
    visitor::Visitor,
};
use portcullis_testkit::{
    StandInSlack,
    slack::{
        APP, APP_TOKEN, BOT_TOKEN, CHANNELS, CLIENT_ID, CLIENT_SECRET, Fault, Person, Posted,
        SIGNING_SECRET, SlackServer, TEAM,
    },
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const ANN: Person = Person::of_team("U0ANN00001");
const BO: Person = Person::of_team("U0BO000001");
const STRANGER: Person = Person::of_team("U0ZOE00001");
const FOREIGNER: Person = Person {
    user: "U0ANN00001",
    team: "T0EVIL0001",
};
/// The buttons.
const APPROVE: &str = "portcullis.approve";
const REJECT: &str = "portcullis.reject";

const PASSWORD: &str = "correct horse battery staple";

const POLICY: &str = "version: 1\ntenant: default\ndefault: deny\n\
    actions:\n  - { action: data.wipe }\n\
    catalogue:\n  - { action: data.wipe, tier: 4, free: true }\n";

/// How clicks arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Way {
    Http,
    Socket,
}

/// A gate that is joined to the stand-in.
struct Room {
    slack: StandInSlack,
    way: Way,
    gate: Gate,
    agent: String,
    admin: String,
    clicks: usize,
    _server: SlackServer,
}

impl Room {
    fn new(way: Way, folder: &Path, server: SlackServer, slack: StandInSlack) -> Self {
        let (policy, config) = (folder.join("policy.yaml"), folder.join("portcullis.yaml"));
        fs::write(&policy, POLICY).unwrap();
        let delivery = match way {
            Way::Http => "signing_secret: env:SLACK_SIGNING_SECRET",
            Way::Socket => "app_token: env:SLACK_APP_TOKEN",
        };
        let text = format!(
            "public_url: http://localhost\ntenants:\n  default:\n    slack:\n      team: {TEAM}\n      app_id: {APP}\n      \
             channel: {}\n      bot_token: env:SLACK_BOT_TOKEN\n      {delivery}\n      \
             client_id: '{CLIENT_ID}'\n      client_secret: env:SLACK_CLIENT_SECRET\n      \
             base_url: {}\n      reach: anywhere\n",
            CHANNELS[0], server.base_url
        );
        fs::write(&config, text).unwrap();
        let data = folder.join("data");
        let mut init = portcullis();
        init.args(["init", "-o", "json", "--policy"])
            .arg(&policy)
            .arg("--data")
            .arg(&data);
        let founded = Ran::of(&mut init).json(0);
        let credential = |name: &str| founded[name].as_str().unwrap().to_owned();
        Self {
            slack,
            way,
            gate: serve(&data, &config),
            agent: credential("agent_key"),
            admin: credential("admin_token"),
            clicks: 0,
            _server: server,
        }
    }

    /// Makes somebody known, who chooses a password and links their user in Slack.
    fn join(&self, name: &str, who: Person) {
        let ask = |args: &[&str]| {
            self.gate
                .ask(&self.admin, &[args, &["-o", "json"]].concat())
        };
        ask(&["people", "add", name, "--role", "operator"]).json(0);
        let invitation = ask(&["people", "invite", name]).json(0);
        let mut wire = Wire::open(self.gate.address(), "").unwrap();
        let taken = json!({"code": invitation["code"], "password": PASSWORD});
        let (status, answer) = wire.post("/v1/invitations/accept", None, &taken).unwrap();
        assert_eq!(status, 201, "{answer}");
        let mut visitor = Visitor::new(&self.gate);
        visitor.sign_in(name, PASSWORD);
        let led = visitor.get("/console/account/slack");
        assert_eq!(led.status, 303, "{}", led.text);
        let back = self.slack.consent(&led.location, who, now());
        let linked = visitor.get(&back);
        assert_eq!(
            (linked.status, linked.location.as_str()),
            (303, "/console/account")
        );
        let account = visitor.get("/console/account");
        assert!(account.text.contains(who.user), "{}", account.text);
        // The same way back again links nobody.
        assert_eq!(visitor.get(&back).status, 409);
    }

    fn held(&self, table: &str) -> String {
        let wish = [
            "govern",
            "--action",
            "data.wipe",
            "--target",
            table,
            "--environment",
            "production",
            "--reasoning",
            "it is old",
            "-o",
            "json",
        ];
        let held = self.gate.ask(&self.agent, &wish).json(4);
        held["hold_id"].as_str().unwrap().to_owned()
    }

    fn message(&self, place: usize) -> Posted {
        self.slack.posted()[place].clone()
    }

    fn press(&mut self, message: &Posted, action: &str, who: Person) {
        let payload = self.slack.press(message, action, who);
        self.deliver(&payload);
    }

    /// Hands a click over as Slack does.
    fn deliver(&mut self, payload: &Value) {
        self.clicks += 1;
        match self.way {
            Way::Http => {
                let (at, signature, body) = StandInSlack::signed(payload, now());
                assert_eq!(knock(&self.gate, (&at, &signature), &body), 200);
            }
            Way::Socket => {
                let id = format!("envelope-{}", self.clicks);
                until("a line", || self.slack.send_envelope(&id, payload));
                until("an acknowledgement", || {
                    let known = self.slack.acknowledged();
                    known.iter().any(|said| said["envelope_id"] == id.as_str())
                });
            }
        }
    }

    /// The codes of the clicks that were refused, on record.
    fn refused(&self) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("audit.jsonl");
        let args = ["audit", "export", "--to", file.to_str().unwrap()];
        self.gate.ask(&self.admin, &args).ended(0);
        let text = fs::read_to_string(file).unwrap();
        let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let records: Vec<Value> = records.collect();
        let refused = records
            .iter()
            .filter(|one| one["refused_because"].is_string());
        refused
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn serve(data: &Path, config: &Path) -> Gate {
    let environment = [
        ("SLACK_BOT_TOKEN", BOT_TOKEN),
        ("SLACK_APP_TOKEN", APP_TOKEN),
        ("SLACK_SIGNING_SECRET", SIGNING_SECRET),
        ("SLACK_CLIENT_SECRET", CLIENT_SECRET),
    ];
    Gate::serve_by(data, &environment, Some(config))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// Knocks at the door for clicks; the status.
fn knock(gate: &Gate, (at, signature): (&str, &str), body: &str) -> u16 {
    let request = format!(
        "POST /slack/interactivity HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\
         X-Slack-Request-Timestamp: {at}\r\nX-Slack-Signature: {signature}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(gate.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Waits for what happens beside: long, as machines may be busy.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came: {what}");
}

/// What a message says.
fn says(message: &Posted, words: &str) -> bool {
    message.blocks.to_string().contains(words)
}

fn two_people_approve(way: Way) {
    let folder = tempfile::tempdir().unwrap();
    let slack = StandInSlack::new();
    let serving = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = serving.block_on(slack.serve());
    let mut room = Room::new(way, folder.path(), server, slack.clone());
    room.join("Ann", ANN);
    room.join("Bo", BO);

    // Slack is away and then busy when it is asked; the hold does not get lost.
    slack.go_away(true);
    let hold = room.held("old");
    let calls = slack.calls().len();
    until("it is tried", || slack.calls().len() > calls);
    slack.fail("chat.postMessage", Fault::Busy(1));
    slack.go_away(false);
    until("the message", || slack.posted().len() == 1);
    assert!(says(&room.message(0), "Dual approval needed"));

    room.press(&room.message(0), APPROVE, ANN);
    until("the first approval", || {
        says(&room.message(0), "1 of 2 approvals")
    });
    for (count, who) in [ANN, STRANGER, FOREIGNER].into_iter().enumerate() {
        room.press(&room.message(0), APPROVE, who);
        until("an answer", || slack.whispers().len() == count + 1);
    }
    let early = room.gate.ask(&room.agent, &["permits", "claim", &hold]);
    assert_eq!(early.code, 1, "{}", early.out);
    let before = room.message(0);
    room.press(&before, APPROVE, BO);
    until("the second approval", || {
        says(&room.message(0), "Approved by")
    });
    room.press(&before, APPROVE, BO);
    until("an answer", || slack.whispers().len() == 4);
    assert!(
        slack.whispers()[3]
            .blocks
            .to_string()
            .contains("already handled")
    );

    let permit = room
        .gate
        .ask(&room.agent, &["permits", "claim", &hold])
        .ended(0);
    assert_eq!(
        room.gate
            .ask(&room.agent, &["permits", "claim", &hold])
            .code,
        1
    );
    let redeem = ["permits", "redeem", permit.trim()];
    room.gate.ask(&room.agent, &redeem).ended(0);
    assert_eq!(room.gate.ask(&room.agent, &redeem).code, 1);

    somebody_says_no(&mut room);
    room.gate.ask(&room.admin, &["audit", "verify"]).ended(0);
    let refused = room.refused();
    let wanted = [
        "approval.same_person",
        "auth.unauthenticated",
        "slack.foreign_workspace",
        "hold.already_decided",
    ];
    assert_eq!(refused, wanted);
    assert!(room.gate.stop().success());
}

/// A no is asked why, and ends it.
fn somebody_says_no(room: &mut Room) {
    let slack = room.slack.clone();
    let other = room.held("new");
    until("the message", || slack.posted().len() == 2);
    room.press(&room.message(1), REJECT, BO);
    until("the question why", || slack.views().len() == 1);
    let answer = slack.hand_in("not on a Friday", BO);
    room.deliver(&answer);
    until("the end", || says(&room.message(1), "Rejected by"));
    assert!(says(&room.message(1), "not on a Friday"));
    assert_eq!(
        room.gate
            .ask(&room.agent, &["permits", "claim", &other])
            .code,
        1
    );
}

#[test]
fn two_people_approve_in_slack_over_http() {
    two_people_approve(Way::Http);
}

#[test]
fn two_people_approve_in_slack_over_socket_mode() {
    two_people_approve(Way::Socket);
}
