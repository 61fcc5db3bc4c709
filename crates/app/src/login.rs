//! The login that is kept between two commands: which gate, and the token for it.
//!
//! *Fails closed:* a file that others may read is refused, and the token goes to the gate it was
//! given by alone.

use crate::private_file::{self, Folder};
use serde::{Deserialize, Serialize};
use std::{fs, io, path::PathBuf};

/// The file's name in the user's folder for settings.
const FILE: &str = "login.json";

/// A gate, and the token for it. The token is never printed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The gate's address.
    pub(crate) url: String,
    /// The token.
    pub(crate) token: String,
    /// When it ends by itself.
    pub(crate) expires_at: Option<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Login {
    /// The login that is kept, if there is one.
    ///
    /// # Errors
    /// When the file cannot be read, or others may read it.
    pub(crate) fn kept() -> anyhow::Result<Option<Self>> {
        let Ok(path) = path() else {
            return Ok(None);
        };
        let Some(text) = private_file::read(&path)? else {
            return Ok(None);
        };
        let login = serde_json::from_str(&text);
        login.map(Some).map_err(|_| {
            anyhow::anyhow!(
                "`{}` is no login; run `portcullis logout` and sign in again",
                path.display()
            )
        })
    }

    /// Keeps it in place of another, for its owner alone.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self) -> anyhow::Result<()> {
        private_file::write(&path()?, &serde_json::to_string_pretty(self)?)
    }

    /// Forgets what is kept.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub(crate) fn forget() -> anyhow::Result<()> {
        match fs::remove_file(path()?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

fn path() -> anyhow::Result<PathBuf> {
    Folder::Config.file(FILE)
}
