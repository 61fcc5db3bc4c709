//! What people do, as Slack tells apps of it.

use super::{APP, Posted, SIGNING_SECRET, StandInSlack, TEAM};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Somebody who clicks.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The user.
    pub user: &'static str,
    /// The workspace they belong to.
    pub team: &'static str,
}

impl Person {
    /// Somebody of the workspace.
    #[must_use]
    pub const fn of_team(user: &'static str) -> Self {
        Self { user, team: TEAM }
    }
}

impl StandInSlack {
    /// Somebody presses a button of a message: the payload that the app is sent.
    ///
    /// # Panics
    /// When there is no such button.
    #[must_use]
    pub fn press(&self, message: &Posted, action_id: &str, who: Person) -> Value {
        let is_it = |button: &&Value| button["action_id"] == action_id;
        let actions = message.blocks.as_array().into_iter().flatten();
        let buttons = actions
            .filter_map(|block| block["elements"].as_array())
            .flatten();
        let mut pressed = buttons
            .clone()
            .find(is_it)
            .expect("the button is there")
            .clone();
        pressed["action_ts"] = json!("1775831521.000001");
        let trigger = self.trigger();
        json!({
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {
                "id": who.user, "username": "somebody", "name": "somebody", "team_id": who.team
            },
            "api_app_id": APP,
            "token": "an old way to check requests",
            "container": {
                "type": "message", "message_ts": message.ts, "channel_id": message.channel,
                "is_ephemeral": false
            },
            "trigger_id": trigger,
            "channel": {"id": message.channel, "name": "ops"},
            "message": {
                "type": "message", "ts": message.ts, "text": message.text, "blocks": message.blocks
            },
            "enterprise": null,
            "is_enterprise_install": false,
            "state": {"values": {}},
            "response_url": "https://hooks.slack.example/actions/T0/1/2",
            "actions": [pressed],
        })
    }

    /// Somebody fills in the modal that was opened last, and hands it in.
    ///
    /// # Panics
    /// When no modal was opened.
    #[must_use]
    pub fn hand_in(&self, answer: &str, who: Person) -> Value {
        let mut view = self.views().pop().expect("a modal was opened");
        let blocks = view["blocks"].as_array().cloned().unwrap_or_default();
        let input = blocks
            .iter()
            .find(|block| block["type"] == "input")
            .expect("a question");
        let (block, field) = (&input["block_id"], &input["element"]["action_id"]);
        let (block, field) = (
            block.as_str().expect("an id"),
            field.as_str().expect("an id"),
        );
        view["state"] = json!({"values": {block: {
            field: {"type": "plain_text_input", "value": answer}
        }}});
        json!({
            "type": "view_submission",
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": who.user, "username": "somebody", "team_id": who.team},
            "api_app_id": APP,
            "trigger_id": self.trigger(),
            "view": view,
            "response_urls": [],
        })
    }

    fn trigger(&self) -> String {
        let mut state = self.state();
        let trigger = state.next_id();
        state.triggers.insert(trigger.clone());
        trigger
    }
}

/// The form that Slack sends a payload in.
#[must_use]
pub(super) fn form(payload: &Value) -> String {
    let mut form = "payload=".to_owned();
    for byte in payload.to_string().bytes() {
        if byte.is_ascii_alphanumeric() {
            form.push(char::from(byte));
        } else {
            write!(form, "%{byte:02X}").expect("a string takes it");
        }
    }
    form
}

impl StandInSlack {
    /// A payload as Slack sends it at a moment, in seconds: timestamp, signature, body.
    #[must_use]
    pub fn signed(payload: &Value, at: i64) -> (String, String, String) {
        let body = form(payload);
        let base = format!("v0:{at}:{body}");
        let mut signature = "v0=".to_owned();
        for byte in mac(SIGNING_SECRET.as_bytes(), base.as_bytes()) {
            write!(signature, "{byte:02x}").expect("a string takes it");
        }
        (at.to_string(), signature, body)
    }
}

/// HMAC-SHA-256 (RFC 2104), for secrets of up to 64 bytes.
///
/// # Panics
/// When the secret is longer.
#[must_use]
pub fn mac(secret: &[u8], message: &[u8]) -> [u8; 32] {
    assert!(secret.len() <= 64, "a short secret");
    let pad = |with: u8| {
        let mut block = [with; 64];
        for (byte, key) in block.iter_mut().zip(secret) {
            *byte ^= key;
        }
        block
    };
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(pad(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}
