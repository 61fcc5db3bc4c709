//! `portcullis exec`: has the gate run a command inside of walls.

use super::{call, desk::Desk, rules::GateKey};
use crate::{
    client::{Answer, Client, Events, escaped},
    exit,
    guard::Guard,
    telling,
};
use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};
use std::io::{self, Write};

/// The action type.
const COMMAND: &str = "command.run";
/// The exit code of a command that was not run, as `env` and `docker` have it.
const NOT_RUN: u8 = 126;

/// Has the gate run a command inside of walls, with a credential that only this command gets.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    portcullis exec --session ses_… --scope shop-read -- kubectl get pods\n  \
    portcullis exec --session ses_… --scope shop --wait 600 -- kubectl delete pod web-1\n  \
    portcullis exec --session ses_… --line 'kubectl get pods && kubectl get nodes'\n\n\
    What it says is shown as it comes, screened. Ctrl-C interrupts it.\n\
    Exit codes: the command's own; 126 when it was not run.")]
pub(super) struct Exec {
    /// The session whose directory it runs in.
    #[arg(long, value_name = "ID")]
    session: String,
    /// The scope its credential is minted from; without one it gets none.
    #[arg(long, value_name = "NAME")]
    scope: Option<String>,
    /// What it acts on; the scope unless given, or the program's name without one.
    #[arg(long)]
    target: Option<String>,
    /// Where; `production` unless given.
    #[arg(long)]
    environment: Option<String>,
    /// The workspace, when the session's is to be named.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// The agent; a key that belongs to one agent needs none.
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// Why.
    #[arg(long)]
    reasoning: Option<String>,
    /// When people must decide first, wait for them, so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
    /// A line to take apart and judge piece by piece, in place of arguments.
    #[arg(long, value_name = "TEXT", conflicts_with = "argv")]
    line: Option<String>,
    #[command(flatten)]
    gate_key: GateKey,
    /// The program and its arguments, taken as they are.
    #[arg(last = true, required_unless_present = "line", value_name = "COMMAND")]
    argv: Vec<String>,
}

impl Exec {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let body = self.body();
        if let Some(guard) = Guard::new(&client, desk.output, self.gate_key.named())
            && let Some(refusal) = guard.refusal(&body).await
        {
            return not_run(desk, &refusal);
        }
        let answer = heard(desk, client.hear("/v1/act", &body).await?).await?;
        let held = answer.value.pointer("/decision/hold_id");
        match held.and_then(Value::as_str).filter(|_| self.wait > 0) {
            Some(hold) => {
                desk.output
                    .note(&format!("hold {hold}: waiting for people"))?;
                self.released(desk, &client, hold).await
            }
            None => answer.said(desk),
        }
    }

    async fn released(&self, desk: &Desk, client: &Client, hold: &str) -> anyhow::Result<u8> {
        if let Some(state) = call::undecided(client, hold, self.wait).await? {
            desk.output.aside(&telling::waiting(&state))?;
            return Ok(NOT_RUN);
        }
        let path = format!("/v1/holds/{}/act", escaped(hold));
        let answer = client.hear(&path, &json!({})).await?;
        heard(desk, answer).await?.said(desk)
    }

    fn body(&self) -> Value {
        let parameters = match &self.line {
            Some(line) => json!({ "line": line }),
            None => json!({ "argv": self.argv }),
        };
        let program = self.argv.first().map_or("command", String::as_str);
        let target = self.target.as_deref().or(self.scope.as_deref());
        let mut body = json!({
            "action_type": COMMAND,
            "target_service": target.unwrap_or(program),
            "session_id": self.session,
            "parameters": parameters,
        });
        let more = [
            ("agent_id", &self.agent),
            ("environment", &self.environment),
            ("reasoning", &self.reasoning),
            ("scope", &self.scope),
            ("workspace_id", &self.workspace),
        ];
        for (name, text) in more {
            if let (Some(text), Some(body)) = (text, body.as_object_mut()) {
                body.insert(name.to_owned(), json!(text));
            }
        }
        body
    }
}

/// What was answered at last.
struct Ended {
    value: Value,
    /// What the last command that ran ended with.
    code: Option<u8>,
    /// Whether what was said has been shown.
    shown: bool,
}

impl Ended {
    /// Shows what is left to show.
    ///
    /// *Fails closed:* an answer that does not say that the command was done is no success.
    fn said(&self, desk: &Desk) -> anyhow::Result<u8> {
        let Some(execution) = self.value.get("execution").filter(|one| one.is_object()) else {
            return not_run(desk, self.value.get("decision").unwrap_or(&self.value));
        };
        if desk.output.is_json() {
            desk.output.json(&self.value)?;
        } else if !self.shown
            && let Some(output) = execution.get("output").and_then(Value::as_str)
        {
            desk.output.raw(output)?;
        }
        let done = execution.get("ended").and_then(Value::as_str) == Some("done");
        let code = self.code.filter(|code| (*code == exit::OK) == done);
        let code = code.unwrap_or(if done { exit::OK } else { exit::FAILED });
        if !done && let Some(why) = execution.get("summary").and_then(Value::as_str) {
            desk.output.note(why)?;
        }
        Ok(code)
    }
}

fn not_run(desk: &Desk, decision: &Value) -> anyhow::Result<u8> {
    if desk.output.is_json() {
        desk.output.json(decision)?;
    } else {
        desk.output.aside(&telling::verdict(decision))?;
    }
    Ok(NOT_RUN)
}

async fn heard(desk: &Desk, answer: Answer) -> anyhow::Result<Ended> {
    match answer {
        Answer::Whole(value) => Ok(Ended {
            value,
            code: None,
            shown: false,
        }),
        Answer::Events(events) => to_its_end(desk, events).await,
    }
}

/// Shows what the command says, until it has ended.
async fn to_its_end(desk: &Desk, mut events: Events) -> anyhow::Result<Ended> {
    let mut code = None;
    while let Some(event) = events.next().await? {
        let text = |name: &str| event.data.get(name).and_then(Value::as_str);
        match event.name.as_str() {
            "output" if !desk.output.is_json() => {
                let said = text("text").unwrap_or_default().as_bytes();
                if text("stream") == Some("err") {
                    io::stderr().write_all(said)?;
                } else {
                    let mut out = io::stdout();
                    out.write_all(said)?;
                    out.flush()?;
                }
            }
            "ended" => {
                let number = event.data.get("code").and_then(Value::as_u64);
                code = number.and_then(|number| u8::try_from(number).ok());
            }
            "missed" => desk
                .output
                .note("some of what it said came too fast to be shown")?,
            "answer" => {
                return Ok(Ended {
                    value: event.data,
                    code,
                    shown: true,
                });
            }
            "error" => {
                let message = event.data.pointer("/error/message").and_then(Value::as_str);
                bail!("{}", message.unwrap_or("the gate failed while it acted"));
            }
            _ => {}
        }
    }
    bail!("the gate's answer broke off: nobody here can tell what became of the command")
}
