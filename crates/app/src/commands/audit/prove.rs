//! `portcullis audit prove` and `checkpoint`: what convinces somebody who does not trust the gate.

use crate::{
    commands::desk::Desk,
    exit,
    output::table::{Table, text_at},
    proof::fetch,
};
use clap::Args;
use serde_json::json;

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

impl Prove {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let proven = fetch::proven(&client, self.seq).await?;
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
            Table::facts(facts.iter().map(|(name, value)| (*name, value.as_str())))
        })?;
        Ok(exit::OK)
    }
}

impl Checkpoint {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let (name, text) = if self.key {
            ("key", client.text(fetch::KEY).await?)
        } else {
            ("checkpoint", client.text(fetch::CHECKPOINT).await?)
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
