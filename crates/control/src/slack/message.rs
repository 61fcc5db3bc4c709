//! What people read in Slack, one file for each kind of message.

mod details;
mod ended;
mod facts;
mod notice;
mod reason;
mod reply;
mod request;
mod unended;
mod warning;

pub use details::details;
pub use ended::ended;
pub use notice::{Notice, notice};
pub use reason::{Carried, ask_reason};
pub use reply::Reply;
pub use request::request;
pub use unended::unended;
pub use warning::warning;

use super::{
    blocks::Block,
    text::{escape, fit},
};
use portcullis_firewall::{firewall::Buttons, hold::HoldStatus, sight::Sight};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// What the buttons of messages are called.
pub mod action {
    /// Says yes.
    pub const APPROVE: &str = "portcullis.approve";
    /// Says no, after a reason.
    pub const REJECT: &str = "portcullis.reject";
    /// Shows everything.
    pub const DETAILS: &str = "portcullis.details";
    /// Opens a page; nothing is to be done.
    pub const OPEN: &str = "portcullis.open";
    /// The modal that asks for a reason.
    pub const REASON: &str = "portcullis.reason";
    /// The modal with everything.
    pub const ALL: &str = "portcullis.all";
}

/// The longest text that stands in for the blocks, e.g. in a notification.
const FALLBACK_MAX: usize = 600;

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    text: String,
    blocks: Vec<Block>,
}

impl Message {
    /// Blocks, and the words that stand in for them; the words may be anybody's.
    #[must_use]
    pub fn new(words: &str, blocks: Vec<Block>) -> Self {
        Self {
            text: escape(&fit(words, FALLBACK_MAX).text),
            blocks,
        }
    }

    /// The words alone: for when Slack does not take the blocks.
    #[must_use]
    pub fn without_blocks(&self) -> Self {
        Self {
            text: self.text.clone(),
            blocks: Vec::new(),
        }
    }

    /// The members of the call that sends it. Nothing in it is looked for names or links.
    #[must_use]
    pub fn members(&self) -> Map<String, Value> {
        let members = json!({
            "text": self.text,
            "blocks": self.blocks,
            "mrkdwn": false,
            "parse": "none",
            "link_names": false,
            "unfurl_links": false,
            "unfurl_media": false,
        });
        match members {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// Names what it shows: two messages with the same digest look the same.
    #[must_use]
    pub fn digest(&self) -> String {
        let bytes = serde_json::to_vec(&self.members()).unwrap_or_default();
        hex::encode(Sha256::digest(bytes))
    }
}

/// What a hold looks like now: a request while it waits, then how it ended.
#[must_use]
pub fn of_hold(sight: &Sight, buttons: Option<&Buttons>, links: &super::links::Links) -> Message {
    match sight.status {
        HoldStatus::Held => request(sight, buttons, links),
        HoldStatus::Released
        | HoldStatus::Killed
        | HoldStatus::TimedOut
        | HoldStatus::Superseded => ended(sight, links),
    }
}
