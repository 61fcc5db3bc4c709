//! Socket Mode.

use super::StandInSlack;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The lines that are open, and what was acknowledged over them.
#[derive(Debug, Default)]
pub(super) struct Lines {
    open: BTreeMap<usize, UnboundedSender<String>>,
    made: usize,
    acknowledged: Vec<Value>,
}

impl StandInSlack {
    /// Opens a line with the ticket of its address, once, and greets.
    pub(super) fn open_line(&self, ticket: &str) -> Option<(usize, UnboundedReceiver<String>)> {
        let mut state = self.state();
        if !state.tickets.remove(ticket) {
            return None;
        }
        let (say, hear) = unbounded_channel();
        let hello = json!({
            "type": "hello", "num_connections": 1, "connection_info": {"app_id": super::APP},
            "debug_info": {"host": "stand-in", "approximate_connection_time": 18_060},
        });
        say.send(hello.to_string()).expect("the other end is here");
        state.lines.made = state.lines.made.saturating_add(1);
        let id = state.lines.made;
        state.lines.open.insert(id, say);
        Some((id, hear))
    }

    /// An app says something.
    pub(super) fn hear(&self, text: &str) {
        let said = serde_json::from_str(text).expect("apps speak JSON");
        self.state().lines.acknowledged.push(said);
    }

    /// A line is gone.
    pub(super) fn forget_line(&self, id: usize) {
        self.state().lines.open.remove(&id);
    }

    /// Sends an interaction over the oldest line that is open, and says whether there is one. The
    /// same id again is a second delivery of the same thing.
    pub fn send_envelope(&self, id: &str, payload: &Value) -> bool {
        self.say_on_line(&json!({
            "envelope_id": id, "type": "interactive", "accepts_response_payload": true,
            "payload": payload,
        }))
    }

    /// Says anything over the oldest line that is open, and says whether there is one.
    pub fn say_on_line(&self, message: &Value) -> bool {
        let state = self.state();
        let line = state.lines.open.values().next();
        line.is_some_and(|line| line.send(message.to_string()).is_ok())
    }

    /// Hangs up the oldest line.
    pub fn hang_up(&self) {
        self.state().lines.open.pop_first();
    }

    /// How many lines are open.
    #[must_use]
    pub fn open_lines(&self) -> usize {
        self.state().lines.open.len()
    }

    /// How many lines were ever opened.
    #[must_use]
    pub fn lines_made(&self) -> usize {
        self.state().lines.made
    }

    /// What apps acknowledged, in order.
    #[must_use]
    pub fn acknowledged(&self) -> Vec<Value> {
        self.state().lines.acknowledged.clone()
    }
}
