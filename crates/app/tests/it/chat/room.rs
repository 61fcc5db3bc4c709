//! A served gate whose people are in Slack.

use super::browser::{self, Browser, apart};
use crate::{
    bin::{Gate, House, Ran},
    desk::{desk, join},
    http::Wire,
};
use portcullis_testkit::{
    StandInSlack,
    slack::{
        APP, APP_TOKEN, BOT_TOKEN, CHANNELS, CLIENT_ID, CLIENT_SECRET, Person, Posted,
        SIGNING_SECRET, SlackServer, TEAM,
    },
};
use serde_json::{Value, json};
use std::{
    cell::Cell,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::runtime::Runtime;

const POLICY: &str = "version: 1\ntenant: default\ndefault: deny\n\
    actions:\n  - { action: data.wipe }\n\
    catalogue:\n  - { action: data.wipe, tier: 4, free: true }\n\
    approvals:\n  tier4: { approvers: [\"group:leads\"], required: 2 }\n";

/// Ann and Bo decide; Oda could, but owns the agent.
pub(super) const ANN: Person = Person::of_team("U0ANN00001");
pub(super) const BO: Person = Person::of_team("U0BOB00001");
pub(super) const ODA: Person = Person::of_team("U0ODA00001");

/// How long something may take on a busy machine, in looks.
const LOOKS: usize = 6_000;
const LOOK: Duration = Duration::from_millis(30);

/// How clicks come to the gate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Delivery {
    /// Slack calls the gate.
    Http,
    /// The gate calls Slack, and keeps the line.
    SocketMode,
}

/// The gate, the stand-in and an agent that Oda owns.
pub(super) struct Room {
    pub(super) slack: StandInSlack,
    pub(super) gate: Gate,
    delivery: Delivery,
    agent_key: String,
    envelopes: Cell<usize>,
    house: House,
    _server: SlackServer,
    // Last, for it drives the stand-in.
    _runtime: Runtime,
}

impl Room {
    pub(super) fn open(delivery: Delivery) -> Self {
        let runtime = Runtime::new().unwrap();
        let slack = StandInSlack::new();
        let server = runtime.block_on(slack.serve());
        let folder = tempfile::tempdir().unwrap();
        let policy = folder.path().join("policy.yaml");
        fs::write(&policy, POLICY).unwrap();
        let house = House::new(policy.to_str().unwrap());
        write_config(house.folder.path(), delivery, &server.base_url);
        let gate = serve(&house);
        let agent_key = people_and_agent(&house, &gate);
        let room = Self {
            slack,
            gate,
            delivery,
            agent_key,
            envelopes: Cell::new(0),
            house,
            _server: server,
            _runtime: runtime,
        };
        for (name, who) in [("Ann", ANN), ("Bo", BO), ("Oda", ODA)] {
            room.link(name, who);
        }
        room.hear();
        room
    }

    /// Somebody links their user in Slack, in a browser.
    fn link(&self, name: &str, who: Person) {
        let mut browser = Browser::signed_in(self.gate.address(), name);
        self.slack.signed_in(who);
        let sent = browser.get("/console/account/slack");
        assert_eq!(sent.status, 303, "{sent:?}");
        let (there, page) = apart(sent.location());
        let back = browser::send(there, ("GET", page), &[], "");
        assert_eq!(back.status, 302, "{back:?}");
        let (_, page) = apart(back.location());
        let linked = browser.get(page);
        assert_eq!(linked.status, 303, "{linked:?}");
        let account = browser.get(linked.location());
        assert!(account.text.contains(who.user), "{}", account.text);
        // What came back is good once.
        assert_eq!(browser.get(page).status, 409);
    }

    /// In Socket Mode: waits until the gate has opened one line more than it had.
    fn hear(&self) {
        if self.delivery == Delivery::SocketMode {
            until("a line", || (self.slack.open_lines() == 1).then_some(()));
        }
    }

    /// The gate dies, and is started again.
    pub(super) fn restart(self) -> Self {
        self.gate.kill();
        if self.delivery == Delivery::SocketMode {
            until("the line ends", || {
                (self.slack.open_lines() == 0).then_some(())
            });
        }
        let room = Self {
            gate: serve(&self.house),
            ..self
        };
        room.hear();
        room
    }

    /// The agent asks, and is held.
    pub(super) fn ask(&self) -> Value {
        let wish = [
            "govern",
            "--action",
            "data.wipe",
            "--target",
            "db",
            "-o",
            "json",
        ];
        self.agent(&wish).json(4)
    }

    /// The agent runs a command.
    pub(super) fn agent(&self, args: &[&str]) -> Ran {
        self.gate.ask(&self.agent_key, args)
    }

    /// The agent claims what was approved and acts on it, once.
    #[track_caller]
    pub(super) fn act_once(&self, held: &Value) {
        let hold = held["hold_id"].as_str().unwrap();
        let permit = self.agent(&["permits", "claim", hold]).ended(0);
        let again = self.agent(&["permits", "claim", hold]);
        assert_eq!(again.code, 1, "{again:?}");
        self.agent(&["permits", "redeem", permit.trim()]).ended(0);
        let again = self.agent(&["permits", "redeem", permit.trim()]);
        assert_eq!(again.code, 1, "{again:?}");
        let mut wire = Wire::open(self.gate.address(), &self.agent_key).unwrap();
        let path = format!("/v1/actions/{}/outcome", held["seq"]);
        let sealed = wire
            .post(&path, None, &json!({"result": "succeeded"}))
            .unwrap();
        assert_eq!(sealed.0, 200, "{sealed:?}");
    }

    /// The message about the newest hold, once it holds.
    #[track_caller]
    pub(super) fn message(&self, what: &str, holds: impl Fn(&Posted) -> bool) -> Posted {
        until(what, || self.slack.posted().pop().filter(&holds))
    }

    /// What one person alone was told, once there is so much.
    #[track_caller]
    pub(super) fn whisper(&self, who: Person, nth: usize) -> String {
        until("a whisper", || {
            let all = self.slack.whispers().into_iter();
            let mut own = all.filter(|whisper| whisper.user == who.user);
            own.nth(nth).map(|whisper| whisper.text)
        })
    }

    /// Somebody presses a button of a message.
    pub(super) fn press(&self, message: &Posted, button: &str, who: Person) -> Value {
        self.deliver(&self.slack.press(message, button, who))
    }

    /// Brings a payload to the gate as Slack does; what is answered at once.
    pub(super) fn deliver(&self, payload: &Value) -> Value {
        match self.delivery {
            Delivery::Http => {
                let answer = self.post(payload, now_s());
                assert_eq!(answer.0, 200, "{answer:?}");
                answer.1
            }
            Delivery::SocketMode => {
                let id = format!("envelope-{}", self.envelopes.get());
                self.envelopes.set(self.envelopes.get() + 1);
                assert!(self.slack.send_envelope(&id, payload));
                let answer = until("an acknowledgement", || {
                    let mut all = self.slack.acknowledged().into_iter();
                    all.find(|said| said["envelope_id"] == id.as_str())
                });
                answer["payload"].clone()
            }
        }
    }

    /// Posts a payload that was signed at a moment, in seconds.
    pub(super) fn post(&self, payload: &Value, at: i64) -> (u16, Value) {
        let (at, signature, body) = StandInSlack::signed(payload, at);
        self.post_signed(&at, &signature, &body)
    }

    /// Posts anything.
    pub(super) fn post_signed(&self, at: &str, signature: &str, body: &str) -> (u16, Value) {
        let headers = [
            ("x-slack-request-timestamp", at),
            ("x-slack-signature", signature),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let route = ("POST", "/slack/interactivity");
        let page = browser::send(self.gate.address(), route, &headers, body);
        let said = serde_json::from_str(&page.text).unwrap_or_default();
        (page.status, said)
    }

    /// The status of a hold.
    pub(super) fn status(&self, held: &Value) -> Value {
        let hold = held["hold_id"].as_str().unwrap();
        let args = ["holds", "show", hold, "-o", "json"];
        self.admin(&args).json(0)["status"].clone()
    }

    /// Somebody who may do everything runs a command.
    pub(super) fn admin(&self, args: &[&str]) -> Ran {
        self.gate.ask(self.house.credential("admin_token"), args)
    }

    /// The records of a kind, of a chain that verifies.
    pub(super) fn records(&self, kind: &str) -> Vec<Value> {
        self.admin(&["audit", "verify"]).ended(0);
        let file = self.house.folder.path().join("export.jsonl");
        let _ = fs::remove_file(&file);
        let args = ["audit", "export", "--to", file.to_str().unwrap()];
        self.admin(&args).ended(0);
        let text = fs::read_to_string(&file).unwrap();
        let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
        records
            .filter(|record: &Value| record["record_type"] == kind)
            .collect()
    }

    /// What the gate tells of itself.
    pub(super) fn metrics(&self) -> String {
        browser::send(self.gate.address(), ("GET", "/metrics"), &[], "").text
    }

    /// The codes of what was refused on record.
    pub(super) fn refused(&self) -> Vec<String> {
        let records = self.records("decision_refused");
        let code = |record: &Value| record["code"].as_str().unwrap().to_owned();
        records.iter().map(code).collect()
    }
}

/// Secrets by reference: two in files, the others in the environment.
fn write_config(folder: &Path, delivery: Delivery, base_url: &str) {
    for (name, secret) in [("client", CLIENT_SECRET), ("signing", SIGNING_SECRET)] {
        let file = folder.join(name);
        fs::write(&file, secret).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let here = folder.display();
    let clicks = match delivery {
        Delivery::Http => format!("signing_secret: 'file:{here}/signing'"),
        Delivery::SocketMode => "app_token: env:APP_TOKEN".to_owned(),
    };
    let [first, second] = CHANNELS;
    let text = format!(
        "public_url: http://127.0.0.1:8088\ntenants:\n  default:\n    slack:\n      \
         team: {TEAM}\n      app_id: {APP}\n      channel: {first}\n      \
         escalation_channel: {second}\n      bot_token: env:BOT_TOKEN\n      {clicks}\n      \
         client_id: '{CLIENT_ID}'\n      client_secret: 'file:{here}/client'\n      \
         base_url: {base_url}\n      reach: anywhere\n"
    );
    fs::write(folder.join("portcullis.yaml"), text).unwrap();
}

fn serve(house: &House) -> Gate {
    let file = house.folder.path().join("portcullis.yaml");
    let environment = [
        ("PORTCULLIS_CONFIG", file.to_str().unwrap()),
        ("BOT_TOKEN", BOT_TOKEN),
        ("APP_TOKEN", APP_TOKEN),
    ];
    Gate::serve_with(&house.data(), &environment)
}

/// Ann, Bo and Oda come; Oda gets an agent. The agent's key.
fn people_and_agent(house: &House, gate: &Gate) -> String {
    let path = house.folder.path();
    let admin = desk(gate, path, "first");
    let code = house.credential("invitation");
    let password = "correct horse battery\n";
    admin
        .run(&["login", "--invitation", code], password)
        .ended(0);
    admin.json(&["groups", "add", "leads"]);
    for name in ["Ann", "Bo", "Oda"] {
        join(&admin, path, name);
    }
    let oda = admin.json(&["people", "show", "Oda"])["id"].clone();
    let mut wire = Wire::open(gate.address(), house.credential("admin_token")).unwrap();
    let agent = json!({"name": "cleaner", "owner": oda});
    let (status, agent) = wire.post("/v1/agents", None, &agent).unwrap();
    assert_eq!(status, 201, "{agent}");
    let id = agent["id"].as_str().unwrap();
    let key = admin.json(&["keys", "issue", "cleaner", "--role", "agent", "--agent", id]);
    key["token"].as_str().unwrap().to_owned()
}

/// The first thing that is there, looked for until it is.
#[track_caller]
pub(super) fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(LOOK);
    }
    panic!("it never came: {what}");
}

/// The time, as Slack signs it.
pub(super) fn now_s() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs().try_into().unwrap()
}

/// Whether a message has a button.
pub(super) fn has_button(message: &Posted, button: &str) -> bool {
    let named = format!("\"action_id\":\"{button}\"");
    message.blocks.to_string().contains(&named)
}

/// The text of every piece of a message, in order.
pub(super) fn words(blocks: &Value) -> String {
    match blocks {
        Value::Array(list) => list.iter().map(words).collect(),
        Value::Object(members) => {
            let text = members.get("text").and_then(Value::as_str);
            let inner = members.values().filter(|value| !value.is_string());
            text.unwrap_or_default().to_owned() + &inner.map(words).collect::<String>()
        }
        _ => String::new(),
    }
}
