//! `portcullis govern`: asks whether an action may happen.

use super::{desk::Desk, wish::Wish};
use crate::{client::Ask, exit, telling};
use clap::Args;
use hyper::Method;
use serde_json::{Value, json};

/// Asks whether an action may happen, and says why or why not.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    portcullis govern --agent agt_… --action workloads.submit --target pool_train \\\n    \
    --param gpus=4 --param team=ml-research --reasoning \"the nightly run failed on one node\"\n  \
    portcullis govern --json action.json --permit -o json\n\n\
    What the rules at hand (`portcullis rules`) are sure to refuse is refused here; nothing is sent for it.\n\
    The exit code is the verdict: 0 CLEARED, 4 HELD, 3 BLOCKED; 5 when there is none.")]
pub(super) struct Govern {
    #[command(flatten)]
    wish: Wish,
    /// Ask for a permit as well.
    #[arg(long)]
    permit: bool,
}

impl Govern {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let mut body = self.wish.body()?;
        if self.permit
            && let Some(body) = body.as_object_mut()
        {
            body.insert("permit".to_owned(), json!(true));
        }
        if let Some(refusal) = self.wish.refusal(desk, &client, &body).await {
            return said(desk, &refusal);
        }
        let ask = Ask {
            idempotency_key: self.wish.idempotency_key(),
            ..Ask::json(&body)
        };
        let answer = client.ask(Method::POST, "/v1/govern", ask).await?;
        said(desk, &answer)
    }
}

/// Prints an answer; the exit code is its verdict.
pub(super) fn said(desk: &Desk, answer: &Value) -> anyhow::Result<u8> {
    if desk.output.is_json() {
        desk.output.json(answer)?;
    } else {
        desk.output.raw(&telling::verdict(answer))?;
    }
    Ok(code(answer))
}

/// The exit code of a verdict.
///
/// *Fails closed:* a verdict that is not understood is none.
pub(super) fn code(answer: &Value) -> u8 {
    match answer.get("verdict").and_then(Value::as_str) {
        Some("CLEARED") => exit::OK,
        Some("HELD") => exit::HELD,
        Some("BLOCKED") => exit::REFUSED,
        _ => exit::UNAVAILABLE,
    }
}
