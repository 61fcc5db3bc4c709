//! A served gate whose people are in Slack.

use super::{
    browser::{self, Browser},
    premises::{Premises, now_s, until},
};
use portcullis_testkit::{
    StandInSlack,
    slack::{
        APP, APP_TOKEN, BOT_TOKEN, CHANNELS, CLIENT_ID, CLIENT_SECRET, Person, Posted,
        SIGNING_SECRET, SlackServer, TEAM,
    },
};
use serde_json::Value;
use std::{cell::Cell, ops::Deref};
use tokio::runtime::Runtime;

/// Ann and Bo decide; Oda could, but owns the agent.
pub(super) const ANN: Person = Person::of_team("U0ANN00001");
pub(super) const BO: Person = Person::of_team("U0BOB00001");
pub(super) const ODA: Person = Person::of_team("U0ODA00001");

/// How clicks come to the gate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Delivery {
    /// Slack calls the gate.
    Http,
    /// The gate calls Slack, and keeps the line.
    SocketMode,
}

/// The gate and the stand-in.
pub(super) struct Room {
    pub(super) slack: StandInSlack,
    pub(super) premises: Premises,
    delivery: Delivery,
    envelopes: Cell<usize>,
    _server: SlackServer,
    // Last, for it drives the stand-in.
    _runtime: Runtime,
}

impl Room {
    pub(super) fn open(delivery: Delivery) -> Self {
        let runtime = Runtime::new().unwrap();
        let slack = StandInSlack::new();
        let server = runtime.block_on(slack.serve());
        let secrets = [("client", CLIENT_SECRET), ("signing", SIGNING_SECRET)];
        let environment = [("BOT_TOKEN", BOT_TOKEN), ("APP_TOKEN", APP_TOKEN)];
        let premises = Premises::open(&secrets, &environment, |here| {
            config(here, delivery, &server.base_url)
        });
        let room = Self {
            slack,
            premises,
            delivery,
            envelopes: Cell::new(0),
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
        let sent = browser.get("/console/account/slack");
        assert_eq!(sent.status, 303, "{sent:?}");
        let back = self.slack.consent(sent.location(), who, now_s());
        let linked = browser.get(&back);
        assert_eq!(linked.status, 303, "{linked:?}");
        let account = browser.get(linked.location());
        assert!(account.text.contains(who.user), "{}", account.text);
        // What came back is good once.
        assert_eq!(browser.get(&back).status, 409);
    }

    /// In Socket Mode: waits until the gate has opened a line.
    fn hear(&self) {
        if self.delivery == Delivery::SocketMode {
            until("a line", || (self.slack.open_lines() == 1).then_some(()));
        }
    }

    /// The gate dies, and is started again.
    pub(super) fn restart(self) -> Self {
        let lines_end = || {
            until("the line ends", || {
                (self.slack.open_lines() == 0).then_some(())
            });
        };
        let room = Self {
            premises: self.premises.restart(lines_end),
            ..self
        };
        room.hear();
        room
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
}

impl Deref for Room {
    type Target = Premises;

    fn deref(&self) -> &Premises {
        &self.premises
    }
}

/// Secrets by reference: two in files, the others in the environment.
fn config(here: &str, delivery: Delivery, base_url: &str) -> String {
    let clicks = match delivery {
        Delivery::Http => format!("signing_secret: 'file:{here}/signing'"),
        Delivery::SocketMode => "app_token: env:APP_TOKEN".to_owned(),
    };
    let [first, second] = CHANNELS;
    format!(
        "public_url: http://127.0.0.1:8088\ntenants:\n  default:\n    slack:\n      \
         team: {TEAM}\n      app_id: {APP}\n      channel: {first}\n      \
         escalation_channel: {second}\n      bot_token: env:BOT_TOKEN\n      {clicks}\n      \
         client_id: '{CLIENT_ID}'\n      client_secret: 'file:{here}/client'\n      \
         base_url: {base_url}\n      reach: anywhere\n"
    )
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
