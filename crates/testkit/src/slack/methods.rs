//! The methods of the Web API.

use super::{
    APP_TOKEN, BOT_TOKEN, CHANNELS, Fault, Posted, SECOND_NAME, StandInSlack, State, Whisper,
    limits,
};
use serde_json::{Value, json};

/// What a call is answered with; `None` when nobody answers.
pub(super) type Answered = Option<(u16, Vec<(String, String)>, Value)>;

impl StandInSlack {
    /// Takes a call with its bearer token; `link` is where lines are dialled.
    pub(super) fn call(&self, method: &str, token: &str, body: &Value, link: &str) -> Answered {
        let mut state = self.state();
        state.calls.push(method.to_owned());
        if state.away {
            return None;
        }
        let fault = state
            .script
            .get_mut(method)
            .and_then(std::collections::VecDeque::pop_front);
        match fault {
            None => Some((200, Vec::new(), state.run(method, token, body, link))),
            Some(Fault::Busy(seconds)) => {
                let wait = ("retry-after".to_owned(), seconds.to_string());
                Some((429, vec![wait], refused("ratelimited")))
            }
            Some(Fault::Status(status)) => Some((status, Vec::new(), Value::Null)),
            Some(Fault::Error(error)) => Some((200, Vec::new(), refused(error))),
            Some(Fault::Unreachable) => None,
            Some(Fault::AnswerLost) => {
                state.run(method, token, body, link);
                None
            }
        }
    }
}

fn refused(error: &str) -> Value {
    json!({"ok": false, "error": error})
}

impl State {
    fn run(&mut self, method: &str, token: &str, body: &Value, link: &str) -> Value {
        let wanted = if method == "apps.connections.open" {
            APP_TOKEN
        } else {
            BOT_TOKEN
        };
        if token.is_empty() {
            return refused("not_authed");
        }
        if token != wanted {
            let foreign = [APP_TOKEN, BOT_TOKEN].contains(&token);
            return refused(if foreign {
                "not_allowed_token_type"
            } else {
                "invalid_auth"
            });
        }
        let done = match method {
            "auth.test" => Ok(json!({"ok": true, "team_id": super::TEAM, "bot_id": "B0GATE0001"})),
            "chat.postMessage" => self.post(body),
            "chat.update" => self.update(body),
            "chat.postEphemeral" => self.whisper(body),
            "views.open" => self.open(body),
            "apps.connections.open" => {
                let ticket = self.next_id();
                self.tickets.insert(ticket.clone());
                Ok(json!({"ok": true, "url": format!("{link}?ticket={ticket}")}))
            }
            _ => Err("unknown_method"),
        };
        done.unwrap_or_else(refused)
    }

    /// Something that was never given before.
    pub(super) fn next_id(&mut self) -> String {
        self.clock = self.clock.saturating_add(1);
        format!("1775831521.{:06}", self.clock)
    }

    fn post(&mut self, body: &Value) -> Result<Value, &'static str> {
        let channel = match text_of(body, "channel") {
            name if name == SECOND_NAME => CHANNELS[1].to_owned(),
            id => id,
        };
        let is_person = channel.starts_with('U');
        if !is_person && !CHANNELS.contains(&channel.as_str()) {
            return Err("channel_not_found");
        }
        let (text, blocks) = content(body)?;
        let posted = Posted {
            channel: channel.replacen('U', "D", usize::from(is_person)),
            ts: self.next_id(),
            text,
            blocks,
            edits: 0,
        };
        let answer = json!({"ok": true, "channel": posted.channel, "ts": posted.ts});
        self.posted.push(posted);
        Ok(answer)
    }

    fn update(&mut self, body: &Value) -> Result<Value, &'static str> {
        let (channel, ts) = (text_of(body, "channel"), text_of(body, "ts"));
        let (text, blocks) = content(body)?;
        let is_it = |message: &&mut Posted| message.channel == channel && message.ts == ts;
        let message = self
            .posted
            .iter_mut()
            .find(is_it)
            .ok_or("message_not_found")?;
        message.text = text;
        message.blocks = blocks;
        message.edits = message.edits.saturating_add(1);
        Ok(json!({"ok": true, "channel": channel, "ts": ts}))
    }

    fn whisper(&mut self, body: &Value) -> Result<Value, &'static str> {
        let (channel, user) = (text_of(body, "channel"), text_of(body, "user"));
        if !CHANNELS.contains(&channel.as_str()) {
            return Err("channel_not_found");
        }
        if user.starts_with("U0AWAY") {
            return Err("user_not_in_channel");
        }
        let (text, blocks) = content(body)?;
        self.whispers.push(Whisper {
            channel,
            user,
            text,
            blocks,
        });
        Ok(json!({"ok": true, "message_ts": self.next_id()}))
    }

    fn open(&mut self, body: &Value) -> Result<Value, &'static str> {
        if !self.triggers.remove(&text_of(body, "trigger_id")) {
            return Err("invalid_trigger_id");
        }
        let view = body.get("view").cloned().unwrap_or_default();
        if limits::view_breach(&view).is_some() {
            return Err("invalid_arguments");
        }
        self.views.push(view);
        Ok(json!({"ok": true, "view": {"id": "V0000001"}}))
    }
}

fn text_of(body: &Value, name: &str) -> String {
    body.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn content(body: &Value) -> Result<(String, Value), &'static str> {
    let (text, blocks) = (
        text_of(body, "text"),
        body.get("blocks").cloned().unwrap_or_default(),
    );
    let none = blocks.as_array().is_none_or(Vec::is_empty);
    if text.is_empty() && none {
        return Err("no_text");
    }
    if text.chars().count() > 40_000 {
        return Err("msg_too_long");
    }
    if !none && limits::breach(&blocks, limits::MESSAGE_BLOCKS).is_some() {
        return Err("invalid_blocks");
    }
    Ok((text, blocks))
}
