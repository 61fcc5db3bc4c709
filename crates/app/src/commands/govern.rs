//! `portcullis govern`: asks whether an action may happen.

use super::{
    desk::{self, Desk},
    rules::GateKey,
};
use crate::{client::Ask, exit, guard::Guard, telling};
use anyhow::{Context, bail};
use clap::Args;
use hyper::Method;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Asks whether an action may happen, and says why or why not.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    portcullis govern --agent agt_… --action workloads.submit --target pool_train \\\n    \
    --param gpus=4 --param team=ml-research --reasoning \"the nightly run failed on one node\"\n  \
    portcullis govern --json action.json --permit -o json\n\n\
    What the rules at hand (`portcullis rules`) are sure to refuse is refused here; nothing is sent for it.\n\
    The exit code is the verdict: 0 CLEARED, 4 HELD, 3 BLOCKED; 5 when there is none.")]
pub(super) struct Govern {
    /// The agent; a key that belongs to one agent needs none.
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// The action type, e.g. `workloads.submit`.
    #[arg(long, value_name = "TYPE")]
    action: Option<String>,
    /// What it acts on.
    #[arg(long)]
    target: Option<String>,
    /// Where; `production` unless given.
    #[arg(long)]
    environment: Option<String>,
    /// A parameter; JSON where it can be read as JSON, else text; may be given again.
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Why the agent wants it.
    #[arg(long)]
    reasoning: Option<String>,
    /// How sure it is: `incident=0.9,fix=0.8,containment=0.7`, any of them.
    #[arg(long, value_name = "NAME=0..1")]
    confidence: Option<String>,
    /// A class of data it touches, e.g. `PHI`; may be given again.
    #[arg(long = "data-class", value_name = "CLASS")]
    data_classes: Vec<String>,
    /// A piece of evidence; may be given again.
    #[arg(long, value_name = "TEXT")]
    evidence: Vec<String>,
    /// It is an emergency; change windows that say so let it pass, on record.
    #[arg(long)]
    emergency: bool,
    /// Ask for a permit as well.
    #[arg(long)]
    permit: bool,
    /// Makes asking again safe: the same key gets the same answer.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// A request as JSON, `-` for standard input; other options are laid over it.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    gate_key: GateKey,
}

impl Govern {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let body = self.body()?;
        let guard = Guard::new(&client, desk.output, self.gate_key.named());
        if let Some(guard) = guard
            && let Some(refusal) = guard.refusal(&body).await
        {
            return said(desk, &refusal);
        }
        let ask = Ask {
            idempotency_key: self.idempotency_key.as_deref(),
            ..Ask::json(&body)
        };
        let answer = client.ask(Method::POST, "/v1/govern", ask).await?;
        said(desk, &answer)
    }

    fn body(&self) -> anyhow::Result<Value> {
        let mut body = self.written()?;
        for (name, text) in [
            ("agent_id", &self.agent),
            ("action_type", &self.action),
            ("target_service", &self.target),
            ("environment", &self.environment),
            ("reasoning", &self.reasoning),
        ] {
            if let Some(text) = text {
                body.insert(name.to_owned(), json!(text));
            }
        }
        for (name, list) in [
            ("data_classes", &self.data_classes),
            ("evidence", &self.evidence),
        ] {
            if !list.is_empty() {
                body.insert(name.to_owned(), json!(list));
            }
        }
        for (name, flag) in [("emergency", self.emergency), ("permit", self.permit)] {
            if flag {
                body.insert(name.to_owned(), json!(true));
            }
        }
        if let Some(confidence) = &self.confidence {
            body.insert("confidence".to_owned(), dimensions(confidence)?);
        }
        self.add_parameters(&mut body)?;
        Ok(Value::Object(body))
    }

    /// The request from `--json`; empty without it.
    fn written(&self) -> anyhow::Result<Map<String, Value>> {
        let Some(path) = &self.json else {
            return Ok(Map::new());
        };
        let name = path.display().to_string();
        match desk::json(&desk::read(path)?, &name)? {
            Value::Object(map) => Ok(map),
            _ => bail!("`{name}` is not a JSON object"),
        }
    }

    fn add_parameters(&self, body: &mut Map<String, Value>) -> anyhow::Result<()> {
        if self.params.is_empty() {
            return Ok(());
        }
        let place = if body.contains_key("metadata") {
            "metadata"
        } else {
            "parameters"
        };
        let place = body.entry(place).or_insert_with(|| json!({}));
        let place = place
            .as_object_mut()
            .context("the parameters in the file are no object")?;
        for pair in &self.params {
            let (name, value) = pair
                .split_once('=')
                .with_context(|| format!("expected `name=value`, not `{pair}`"))?;
            place.insert(name.to_owned(), typed(value));
        }
        Ok(())
    }
}

/// Prints an answer; the exit code is its verdict.
///
/// *Fails closed:* a verdict that is not understood is none.
fn said(desk: &Desk, answer: &Value) -> anyhow::Result<u8> {
    if desk.output.is_json() {
        desk.output.json(answer)?;
    } else {
        desk.output.raw(&telling::verdict(answer))?;
    }
    Ok(match answer.get("verdict").and_then(Value::as_str) {
        Some("CLEARED") => exit::OK,
        Some("HELD") => exit::HELD,
        Some("BLOCKED") => exit::REFUSED,
        _ => exit::UNAVAILABLE,
    })
}

/// A value as JSON where it is JSON, else as text.
fn typed(value: &str) -> Value {
    serde_json::from_str(value).unwrap_or_else(|_| json!(value))
}

/// Reads `incident=0.9,fix=0.8`. Names and bounds are the gate's to check.
fn dimensions(text: &str) -> anyhow::Result<Value> {
    let mut dimensions = Map::new();
    for pair in text.split(',') {
        let read = pair.split_once('=').and_then(|(name, number)| {
            Some((name.trim().to_owned(), number.trim().parse::<f64>().ok()?))
        });
        let (name, number) =
            read.with_context(|| format!("expected `name=number`, not `{}`", pair.trim()))?;
        dimensions.insert(name, json!(number));
    }
    Ok(Value::Object(dimensions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_type() {
        assert_eq!(typed("4"), json!(4));
        assert_eq!(typed("true"), json!(true));
        assert_eq!(typed("[1,2]"), json!([1, 2]));
        assert_eq!(typed("\"4\""), json!("4"));
        assert_eq!(typed("ml-research"), json!("ml-research"));
        assert_eq!(typed(""), json!(""));
    }

    #[test]
    fn dimensions_are_numbers() {
        assert_eq!(
            dimensions("incident=.9, fix=1").unwrap(),
            json!({ "incident": 0.9, "fix": 1.0 })
        );
        assert!(dimensions("incident").is_err());
        assert!(dimensions("incident=high").is_err());
    }
}
