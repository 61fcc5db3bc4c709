//! `portcullis audit prove` and `checkpoint`: what convinces somebody who does not trust the gate.

use crate::{
    client::Client,
    commands::desk::Desk,
    exit,
    output::table::{Table, text_at},
    proof::{self, Inclusion},
};
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

/// How often a proof is asked for again when the log grows under it.
const TRIES: usize = 5;

/// Proves that one record is in the log, and checks the proof here.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis audit prove 512 -o json > proof.json")]
pub(super) struct Prove {
    /// The record's number.
    seq: u64,
}

/// Prints the signed state of the log, to be kept where the gate cannot reach it.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis audit checkpoint > checkpoint.txt\n  \
    KEY=$(portcullis audit checkpoint --key)"
)]
pub(super) struct Checkpoint {
    /// Prints the key that verifies checkpoints instead.
    #[arg(long)]
    key: bool,
}

/// A record, the proof that it is in the log, and the log's signed state.
#[derive(Debug)]
pub(crate) struct Proven {
    /// The record as sealed JSON.
    pub(crate) record: String,
    /// The proof.
    pub(crate) inclusion: Inclusion,
    /// The signed note.
    pub(crate) checkpoint: String,
    /// The key that verifies it.
    pub(crate) key: String,
}

impl Prove {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let proven = proven(&client, self.seq).await?;
        let value = json!({
            "record": serde_json::from_str::<serde_json::Value>(&proven.record)?,
            "inclusion": proven.inclusion,
            "checkpoint": proven.checkpoint,
            "key": proven.key,
            "valid": true,
        });
        desk.output.show(&value, |value| {
            let facts = [
                ("record", text_at(value, "inclusion.seq")),
                ("hash", text_at(value, "inclusion.record_hash")),
                (
                    "tree",
                    format!("{} records", text_at(value, "inclusion.tree_size")),
                ),
                ("root", text_at(value, "inclusion.root_hash")),
                ("proof", format!("{} hashes", proven.inclusion.hashes.len())),
                (
                    "checked",
                    "the record is in the log; the checkpoint is signed".to_owned(),
                ),
            ];
            Table::facts(facts.iter().map(|(name, value)| (*name, value.as_str()))).uncut()
        })?;
        Ok(exit::OK)
    }
}

impl Checkpoint {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let (name, text) = if self.key {
            ("key", client.text(KEY).await?)
        } else {
            ("checkpoint", client.text(CHECKPOINT).await?)
        };
        if desk.output.is_json() {
            desk.output.json(&json!({ name: text }))?;
        } else {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            desk.output.raw(&format!("{text}{end}"))?;
        }
        Ok(exit::OK)
    }
}

/// Where checkpoints are.
const CHECKPOINT: &str = "/v1/audit/checkpoint";
/// Where their key is.
const KEY: &str = "/v1/audit/key";

/// Fetches a record and everything that proves it, and checks it.
///
/// # Errors
/// When the gate does not answer, or the proof does not convince.
pub(crate) async fn proven(client: &Client, seq: u64) -> anyhow::Result<Proven> {
    let key = client.text(KEY).await?;
    let record = client.text(&format!("/v1/audit/{seq}")).await?;
    for _ in 0..TRIES {
        let text = client.text(&format!("/v1/audit/{seq}/proof")).await?;
        let inclusion: Inclusion =
            serde_json::from_str(&text).context("the proof cannot be read")?;
        let checkpoint = client.text(CHECKPOINT).await?;
        let state = proof::checkpoint(&checkpoint, &key)?;
        if state.size != inclusion.tree_size {
            continue;
        }
        inclusion.convinces(record.as_bytes(), &state)?;
        return Ok(Proven {
            record,
            inclusion,
            checkpoint,
            key,
        });
    }
    bail!("the log grows too fast to be proved against; try again")
}
