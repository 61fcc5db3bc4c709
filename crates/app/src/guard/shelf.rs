//! Where a copy is kept between two commands: one file for each gate and credential.

use crate::{
    client::escaped,
    private_file::{self, Folder},
};
use jiff::Timestamp;
use portcullis_firewall::dsse::Envelope;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shelf {
    /// The highest record that a good copy named.
    pub(super) seen: u64,
    /// When the gate was asked and gave no good one.
    pub(super) asked_at: Option<Timestamp>,
    /// The tag of the copy.
    pub(super) tag: Option<String>,
    /// The copy.
    pub(super) envelope: Option<Envelope>,
}

impl Shelf {
    /// Reads it; empty when there is none, or none that can be read.
    ///
    /// # Errors
    /// When there is no folder to keep anything in: then there is no copy at all.
    pub(super) fn read(url: &str, key: &str) -> anyhow::Result<Self> {
        let path = path(url, key)?;
        let text = private_file::read(&path).ok().flatten();
        let shelf = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(shelf.unwrap_or_default())
    }

    /// Keeps it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn keep(&self, url: &str, key: &str) -> anyhow::Result<()> {
        private_file::write(&path(url, key)?, &serde_json::to_string(self)?)
    }
}

fn path(url: &str, key: &str) -> anyhow::Result<PathBuf> {
    Folder::Cache.file(&format!("rules/{}/{key}.json", escaped(url)))
}
