//! Answering one event.

use super::{ENTRYPOINT_HEADER, ENTRYPOINT_VARIABLE};
use crate::{
    client::{Ask, Query},
    commands::desk::Desk,
};
use anyhow::{Context, ensure};
use hyper::Method;
use serde_json::Value;
use std::io::Read;

/// The largest event, in bytes: what the gate takes.
const EVENT_MAX_BYTES: u64 = 1 << 20;
/// The exit code that refuses a tool use; the client passes over every other failure.
const BLOCKED: u8 = 2;
/// The variable by which the client says that somebody is at its terminal.
const ATTENDED_VARIABLE: &str = "CLAUDE_CODE_SESSION_ATTENDED";
/// The words that are answers.
const WORDS: [&str; 4] = ["allow", "deny", "ask", "defer"];

/// Hands an event from standard input to the gate, and its answer to standard output.
///
/// Fails closed: without an answer of the gate the tool use is refused, and the model reads why.
pub(super) async fn answer(desk: &Desk, key: Option<&str>, query: &Query) -> u8 {
    match asked(desk, key, query).await {
        Ok(()) => crate::exit::OK,
        Err(error) => {
            let why = format!("refused, as the gate gives no answer: {error:#}");
            // The exit code refuses, whether or not anybody reads why.
            let _ = desk.output.note(&why);
            BLOCKED
        }
    }
}

async fn asked(desk: &Desk, key: Option<&str>, query: &Query) -> anyhow::Result<()> {
    let mut event = String::new();
    let mut input = std::io::stdin().lock().take(EVENT_MAX_BYTES + 1);
    input
        .read_to_string(&mut event)
        .context("the event cannot be read")?;
    ensure!(
        event.len() as u64 <= EVENT_MAX_BYTES,
        "the event is larger than 1 MiB"
    );
    let start = start();
    let headers: Vec<_> = start
        .as_deref()
        .map(|start| (ENTRYPOINT_HEADER, start))
        .into_iter()
        .collect();
    let ask = Ask {
        body: Some(event),
        headers: &headers,
        ..Ask::default()
    };
    let client = match key {
        Some(key) => desk.client_of(&desk.address()?, Some(key))?,
        None => desk.client()?,
    };
    let answer = client.ask(Method::POST, query.as_str(), ask).await?;
    ensure!(is_answer(&answer), "what answers is not the gate");
    Ok(desk.output.raw(&format!("{answer}\n"))?)
}

/// How the client was started, unless somebody is at its terminal: where it was started in turn by
/// another client, the variable that says how may be that one's.
fn start() -> Option<String> {
    let is_attended = std::env::var_os(ATTENDED_VARIABLE).is_some_and(|word| word != "0");
    let start = std::env::var_os(ENTRYPOINT_VARIABLE)?.into_string().ok()?;
    (!is_attended).then_some(start)
}

/// Whether the client would take it as a decision: anything else lets the tool run.
fn is_answer(answer: &Value) -> bool {
    let word = answer
        .pointer("/hookSpecificOutput/permissionDecision")
        .and_then(Value::as_str);
    word.is_some_and(|word| WORDS.contains(&word))
        || answer.get("decision").and_then(Value::as_str) == Some("block")
}
