//! `portcullis audit verify`: whether the chain holds.

use crate::{
    client::Query,
    commands::desk::{self, Desk},
    exit,
    output::{painted, style, table::text_at, with},
    progress::Progress,
    proof, wire,
};
use anyhow::{Context, bail};
use clap::Args;
use portcullis_firewall::principal::Principal;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Verifies the chain of records: at the gate, in an exported file, or in a data directory.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis audit verify\n  \
    portcullis audit verify --file audit.jsonl --checkpoint checkpoint.txt --key \"$KEY\"\n  \
    portcullis audit verify --data ./data\n\n\
    The exit code is 3 when the chain is broken. A file is checked without asking any gate; a data\n\
    directory must not be in use.")]
pub(super) struct Verify {
    /// An export as JSON lines, checked offline.
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    file: Option<PathBuf>,
    /// A checkpoint kept elsewhere that the file must fit.
    #[arg(long, value_name = "FILE", requires_all = ["file", "key"])]
    checkpoint: Option<PathBuf>,
    /// The key of the checkpoint, as `audit checkpoint --key` prints it.
    #[arg(long, requires = "checkpoint")]
    key: Option<String>,
    /// A data directory whose gate is not running.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The first record to look at.
    #[arg(long, value_name = "RECORD", conflicts_with = "file")]
    from: Option<u64>,
    /// The last record to look at.
    #[arg(long, value_name = "RECORD", conflicts_with = "file")]
    to: Option<u64>,
}

impl Verify {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let found = if let Some(path) = &self.file {
            vec![self.in_file(path)?]
        } else if let Some(data) = &self.data {
            self.in_data(data).await?
        } else {
            let query = Query::of("/v1/audit/verify")
                .and("from", self.from)
                .and("to", self.to);
            vec![desk.client()?.get(query.as_str()).await?]
        };
        if desk.output.is_json() {
            match found.as_slice() {
                [one] => desk.output.json(one)?,
                several => desk.output.json(&json!({ "tenants": several }))?,
            }
        } else {
            desk.output
                .raw(&found.iter().map(told).collect::<String>())?;
        }
        // Fails closed: what does not say that it is good is not.
        Ok(if found.iter().all(is_good) {
            exit::OK
        } else {
            exit::REFUSED
        })
    }

    fn in_file(&self, path: &Path) -> anyhow::Result<Value> {
        let checkpoint = match (&self.checkpoint, &self.key) {
            (Some(note), Some(key)) => Some(proof::checkpoint(&desk::read(note)?, key)?),
            _ => None,
        };
        let mut progress = Progress::of("verifying");
        let walk = proof::walk_file(path, checkpoint.as_ref(), |done, all| {
            progress.at(done, all)
        })?;
        // As the gate says it, so that one word tells all.
        Ok(with(
            serde_json::to_value(&walk)?,
            json!({ "valid": walk.is_good() }),
        ))
    }

    /// Opens a house that nobody uses, and walks every tenant's chain.
    async fn in_data(&self, data: &Path) -> anyhow::Result<Vec<Value>> {
        let file = data.join(wire::LEDGER_FILE);
        if !file.exists() {
            bail!("there is no ledger in `{}`", data.display());
        }
        let opened = wire::open(data).await?;
        opened.ledger.check().context("the file is damaged")?;
        let mut found = Vec::new();
        for tenant in opened.firewall.tenants() {
            let reader = Principal::local(tenant);
            let mut progress = Progress::of("verifying");
            let span = (self.from, self.to);
            let verification = opened
                .firewall
                .verify(&reader, span, &mut |done, all| progress.at(done, all))
                .await?;
            let said = json!({ "valid": verification.is_good(), "tenant": reader.tenant.as_str() });
            found.push(with(serde_json::to_value(&verification)?, said));
        }
        opened.close().await?;
        Ok(found)
    }
}

fn is_good(found: &Value) -> bool {
    found.get("valid") == Some(&Value::Bool(true))
        && found.get("truncated") != Some(&Value::Bool(true))
}

fn told(found: &Value) -> String {
    let tenant = found.get("tenant").and_then(Value::as_str);
    let whose = tenant.map_or_else(String::new, |tenant| format!("tenant `{tenant}`: "));
    let count = text_at(found, "records_checked");
    if is_good(found) {
        let (first, last) = (text_at(found, "first_seq"), text_at(found, "last_seq"));
        let mut text = format!(
            "{}  {whose}{count} records, {first} to {last}\n",
            painted(style::GOOD, "valid")
        );
        text.push_str(&format!("       head {}\n", text_at(found, "head_hash")));
        if found.get("checkpoint_fits") == Some(&Value::Bool(true)) {
            text.push_str("       the checkpoint fits\n");
        }
        return text;
    }
    let why = if let Some(line) = found.get("unreadable").and_then(Value::as_str) {
        line.to_owned()
    } else if found.get("first_invalid_seq").is_some_and(Value::is_u64) {
        let (seq, kind) = (
            text_at(found, "first_invalid_seq"),
            text_at(found, "error_kind"),
        );
        format!("record {seq} does not fit: {kind}")
    } else if found.get("checkpoint_fits") == Some(&Value::Bool(false)) {
        "the checkpoint does not fit: records are missing or others".to_owned()
    } else {
        "records at the end are missing".to_owned()
    };
    format!(
        "{}  {whose}{}\n",
        painted(style::BAD, "invalid"),
        crate::output::clean::one_line(&why)
    )
}
