//! An action as it is written on the command line.

use super::{
    desk::{self, Desk},
    rules::GateKey,
};
use crate::{client::Client, guard::Guard};
use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// What an agent wants to do.
#[derive(Args, Debug)]
pub(super) struct Wish {
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
    /// The workspace it happens in.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// The session it belongs to, as `sessions open` named it.
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// The scope of that session whose credentials it is to be done with.
    #[arg(long, value_name = "NAME")]
    scope: Option<String>,
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
    /// Makes asking again safe: the same key gets the same answer.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// A request as JSON, `-` for standard input; other options are laid over it.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    #[command(flatten)]
    gate_key: GateKey,
}

impl Wish {
    /// What the rules at hand are sure to refuse; nothing is sent for it.
    pub(super) async fn refusal(
        &self,
        desk: &Desk,
        client: &Client,
        body: &Value,
    ) -> Option<Value> {
        let guard = Guard::new(client, desk.output, self.gate_key.named())?;
        guard.refusal(body).await
    }

    /// What makes asking again safe.
    pub(super) fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    /// The action as the gate reads it.
    pub(super) fn body(&self) -> anyhow::Result<Value> {
        let mut body = self.written()?;
        for (name, text) in [
            ("agent_id", &self.agent),
            ("action_type", &self.action),
            ("target_service", &self.target),
            ("environment", &self.environment),
            ("workspace_id", &self.workspace),
            ("session_id", &self.session),
            ("scope", &self.scope),
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
        if self.emergency {
            body.insert("emergency".to_owned(), json!(true));
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
