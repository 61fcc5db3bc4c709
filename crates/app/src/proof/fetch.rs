//! Fetching what proves a record, and checking it.

use super::Inclusion;
use crate::client::Client;
use anyhow::{Context, bail};

/// Where checkpoints are.
pub(crate) const CHECKPOINT: &str = "/v1/audit/checkpoint";
/// Where their key is.
pub(crate) const KEY: &str = "/v1/audit/key";
/// How often a proof is asked for again when the log grows under it.
const TRIES: usize = 5;

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
        let note = client.text(CHECKPOINT).await?;
        let state = super::checkpoint(&note, &key)?;
        if state.size != inclusion.tree_size {
            continue;
        }
        inclusion.convinces(record.as_bytes(), &state)?;
        return Ok(Proven {
            record,
            inclusion,
            checkpoint: note,
            key,
        });
    }
    bail!("the log grows too fast to be proved against; try again")
}
