//! `portcullis call`: has the gate judge an action and carry it out.

use super::{desk::Desk, govern, wish::Wish};
use crate::{
    client::{Ask, Client, escaped},
    exit, telling,
};
use anyhow::bail;
use clap::Args;
use hyper::Method;
use serde_json::{Value, json};

/// The longest that one request waits for people, in seconds.
const WAIT_AT_ONCE: u64 = 30;

/// Has the gate judge an action and carry it out, with a credential nobody here sees.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    portcullis call --action tickets.create --target helpdesk --param title='Disk full'\n  \
    portcullis call --action orders.refund --target orders --param order_id=4711 --dry-run\n  \
    portcullis call --action orders.refund --target orders --param order_id=4711 --wait 600\n  \
    portcullis call --hold esc_…\n\n\
    What the rules at hand (`portcullis rules`) are sure to refuse is refused here; nothing is sent for it.\n\
    Exit codes: 0 it was done, or its dry run passed; 1 it failed, or nobody can tell; 4 HELD, 3 BLOCKED.")]
pub(super) struct Call {
    #[command(flatten)]
    wish: Wish,
    /// Look at what it would do, and do nothing.
    #[arg(long, conflicts_with = "hold")]
    dry_run: bool,
    /// Do what this dry run looked at, if the action is the very same.
    #[arg(long, value_name = "ID", conflicts_with_all = ["hold", "dry_run"])]
    dry_run_id: Option<String>,
    /// Do what people were asked about earlier.
    #[arg(long, value_name = "ID")]
    hold: Option<String>,
    /// When people must decide first, wait for them, so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

impl Call {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        if let Some(hold) = &self.hold {
            return self.released(desk, &client, hold).await;
        }
        let mut body = self.wish.body()?;
        if let Some(refusal) = self.wish.refusal(desk, &client, &body).await {
            return govern::said(desk, &refusal);
        }
        if let (Some(id), Some(body)) = (&self.dry_run_id, body.as_object_mut()) {
            body.insert("dry_run_id".to_owned(), json!(id));
        }
        let path = if self.dry_run {
            "/v1/dry-runs"
        } else {
            "/v1/act"
        };
        let ask = Ask {
            idempotency_key: self.wish.idempotency_key(),
            ..Ask::json(&body)
        };
        let answer = client.ask(Method::POST, path, ask).await?;
        let hold = answer.pointer("/decision/hold_id").and_then(Value::as_str);
        match hold.filter(|_| self.wait > 0 && !self.dry_run) {
            Some(hold) => {
                let waiting = format!("hold {hold}: waiting for people");
                desk.output.note(&waiting)?;
                self.released(desk, &client, hold).await
            }
            None => said(desk, &answer),
        }
    }

    /// Waits for people as long as asked, and has the gate do what they released.
    async fn released(&self, desk: &Desk, client: &Client, hold: &str) -> anyhow::Result<u8> {
        if let Some(state) = undecided(client, hold, self.wait).await? {
            return ended(desk, &state);
        }
        let path = format!("/v1/holds/{}/act", escaped(hold));
        let answer = client.post(&path, &json!({})).await?;
        said(desk, &answer)
    }
}

/// Waits for people to release a hold, so many seconds at most; the hold as it is when they did
/// not.
pub(super) async fn undecided(
    client: &Client,
    hold: &str,
    seconds: u64,
) -> anyhow::Result<Option<Value>> {
    let path = format!("/v1/holds/{}", escaped(hold));
    let mut left = seconds;
    loop {
        let wait = left.min(WAIT_AT_ONCE);
        let state = client.get(&format!("{path}?wait={wait}")).await?;
        left = left.saturating_sub(wait);
        match state.get("status").and_then(Value::as_str) {
            Some("RELEASED") => return Ok(None),
            Some("HELD") if left > 0 => {}
            Some(_) => return Ok(Some(state)),
            None => bail!("the gate's answer names no status"),
        }
    }
}

/// A hold that was not released, or not yet.
fn ended(desk: &Desk, state: &Value) -> anyhow::Result<u8> {
    if desk.output.is_json() {
        desk.output.json(state)?;
    } else {
        desk.output.raw(&telling::waiting(state))?;
    }
    Ok(govern::code(state))
}

/// Prints what was done, or would be.
///
/// *Fails closed:* whatever does not say that it was done was not.
fn said(desk: &Desk, answer: &Value) -> anyhow::Result<u8> {
    if desk.output.is_json() {
        desk.output.json(answer)?;
    } else {
        desk.output.raw(&telling::done(answer))?;
    }
    let execution = answer.get("execution").filter(|one| one.is_object());
    if let Some(execution) = execution {
        let done = execution.get("ended").and_then(Value::as_str) == Some("done");
        return Ok(if done { exit::OK } else { exit::FAILED });
    }
    let run = answer.get("dry_run").filter(|one| one.is_object());
    let passed = run
        .and_then(|run| run.get("passed"))
        .and_then(Value::as_bool);
    let decision = answer.get("decision");
    let verdict = decision.map_or(exit::FAILED, govern::code);
    Ok(match (verdict, passed) {
        (exit::OK, Some(true)) => exit::OK,
        (exit::OK, _) => exit::FAILED,
        (code, _) => code,
    })
}
