//! The keys that gates sign with, each learnt once.

use crate::{
    client::{Client, ClientError},
    private_file::{self, Folder},
};
use anyhow::Context;
use portcullis_firewall::sign::PublicKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf};

/// Where a gate tells its key.
const KEY: &str = "/v1/permits/key";
/// The file's name.
const FILE: &str = "gates.json";

/// What is known of gates.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gates {
    /// Their public keys, by address.
    keys: BTreeMap<String, String>,
}

/// A gate signs with another key than the one that is known of it.
#[derive(Debug, thiserror::Error)]
#[error(
    "the gate at `{url}` signs with another key than the one known of it; if it was really given a new one, run `portcullis rules trust KEY`"
)]
pub(crate) struct KeyChanged {
    url: String,
}

impl KeyChanged {
    /// The stable code.
    pub(crate) const CODE: &str = "rules.key_changed";

    pub(super) fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
        }
    }
}

impl Gates {
    /// The key that is known of a gate.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub(crate) fn key_of(url: &str) -> anyhow::Result<Option<PublicKey>> {
        let known = Self::kept()?.keys.remove(url);
        let key = known.map(|key| key.parse::<PublicKey>()).transpose();
        key.with_context(|| format!("`{}` holds what is no key", shown()))
    }

    /// Asks a gate for its key, and keeps it when none is known. It must be the one that is known,
    /// and the one that is `named`.
    ///
    /// # Errors
    /// [`KeyChanged`], [`ClientError`], or when it cannot be kept.
    pub(crate) async fn meet(
        client: &Client,
        named: Option<PublicKey>,
    ) -> anyhow::Result<PublicKey> {
        let url = client.url();
        let answer = client.get(KEY).await?;
        let key = answer.get("public_key").and_then(Value::as_str);
        let key = key.and_then(|key| key.parse::<PublicKey>().ok());
        let key = key.ok_or_else(|| ClientError::Unreadable("expected a public key".to_owned()))?;
        let known = named.map_or_else(|| Self::key_of(url), |named| Ok(Some(named)))?;
        match known {
            Some(known) if known != key => return Err(KeyChanged::at(url).into()),
            Some(_) => {}
            None => Self::trust(url, &key)?,
        }
        Ok(key)
    }

    /// Keeps a gate's key in place of another.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub(crate) fn trust(url: &str, key: &PublicKey) -> anyhow::Result<()> {
        let mut gates = Self::kept()?;
        gates.keys.insert(url.to_owned(), key.to_string());
        private_file::write(&path()?, &serde_json::to_string_pretty(&gates)?)
    }

    fn kept() -> anyhow::Result<Self> {
        let Some(text) = private_file::read(&path()?)? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&text).with_context(|| format!("`{}` cannot be read", shown()))
    }
}

fn path() -> anyhow::Result<PathBuf> {
    Folder::Config.file(FILE)
}

fn shown() -> String {
    path().map_or_else(|_| FILE.to_owned(), |path| path.display().to_string())
}
