//! A stand-in for Slack: one workspace with its Web API, its buttons and its Socket Mode.
//!
//! It keeps to what Slack documents: tokens, limits of Block Kit, addresses of lines that are good
//! once, triggers that are good once, acknowledgements. It fails on demand. Published clients of
//! Slack work with it, which is what makes it believable.

mod clicks;
mod courier;
mod identity;
mod limits;
mod lines;
mod methods;
mod server;

pub use clicks::{Person, mac};
pub use courier::SlackCourier;
pub use identity::{CLIENT_ID, CLIENT_SECRET};
pub use limits::breach;
pub use server::SlackServer;

use lines::Lines;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

/// The workspace.
pub const TEAM: &str = "T0ACME0001";
/// The app.
pub const APP: &str = "A0GATE0001";
/// The bot's token.
pub const BOT_TOKEN: &str = "xoxb-stand-in-bot";
/// The app-level token.
pub const APP_TOKEN: &str = "xapp-stand-in-app";
/// What requests are signed with.
pub const SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
/// The channels there are.
pub const CHANNELS: [&str; 2] = ["C0OPS00001", "C0LEAD0001"];
/// The name of the second.
pub const SECOND_NAME: &str = "#gpu-leads";

/// The stand-in. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct StandInSlack {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    consents: HashMap<String, identity::Consent>,
    clock: u64,
    posted: Vec<Posted>,
    whispers: Vec<Whisper>,
    views: Vec<Value>,
    calls: Vec<String>,
    script: BTreeMap<String, VecDeque<Fault>>,
    away: bool,
    triggers: BTreeSet<String>,
    tickets: BTreeSet<String>,
    lines: Lines,
}

/// A message in a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Posted {
    /// Where.
    pub channel: String,
    /// Names it there.
    pub ts: String,
    /// Its words.
    pub text: String,
    /// Its blocks.
    pub blocks: Value,
    /// How often it was changed.
    pub edits: usize,
}

/// A message that one person sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Whisper {
    /// Where.
    pub channel: String,
    /// Who sees it.
    pub user: String,
    /// Its words.
    pub text: String,
    /// Its blocks.
    pub blocks: Value,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// 429 with so many seconds to wait.
    Busy(u64),
    /// A status without an answer.
    Status(u16),
    /// `ok: false` with this error.
    Error(&'static str),
    /// Nobody answers; nothing is done.
    Unreachable,
    /// It is done, and the answer is lost.
    AnswerLost,
}

impl StandInSlack {
    /// An empty workspace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test has panicked in here")
    }

    /// The next call of a method goes wrong like this; faults of one method queue up.
    pub fn fail(&self, method: &str, fault: Fault) {
        self.state()
            .script
            .entry(method.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// From now on nobody answers at all, or somebody does again.
    pub fn go_away(&self, away: bool) {
        self.state().away = away;
    }

    /// The messages in all channels, oldest first.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        self.state().posted.clone()
    }

    /// The messages that single people saw.
    #[must_use]
    pub fn whispers(&self) -> Vec<Whisper> {
        self.state().whispers.clone()
    }

    /// The modals that were opened.
    #[must_use]
    pub fn views(&self) -> Vec<Value> {
        self.state().views.clone()
    }

    /// The methods that were called, in order, whatever became of them.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// Somebody deletes a message.
    pub fn delete(&self, ts: &str) {
        self.state().posted.retain(|message| message.ts != ts);
    }
}
