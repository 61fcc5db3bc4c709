//! The login that is kept between two commands: which gate, and the token for it.
//!
//! *Fails closed:* a file that others may read is refused, and the token goes to the gate it was
//! given by alone.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::{
    env, fs,
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::PathBuf,
};

/// The file's name in the user's folder for settings.
const FILE: &str = "portcullis/login.json";

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
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read `{}`", path.display()));
            }
        };
        if metadata.mode() & 0o077 != 0 {
            bail!(
                "`{}` may be read by others; run `chmod 600` on it",
                path.display()
            );
        }
        let text = fs::read_to_string(&path)?;
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
        let path = path()?;
        let folder = path.parent().context("there is no folder for settings")?;
        crate::wire::make_private_folder(folder)?;
        let new = path.with_extension("new");
        let cannot = || format!("cannot write `{}`", new.display());
        // What a crash has left behind is not written into.
        let _ = fs::remove_file(&new);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)
            .with_context(cannot)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(cannot)?;
        fs::rename(&new, &path).with_context(cannot)
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

#[expect(clippy::disallowed_methods, reason = "the app reads the environment")]
fn path() -> anyhow::Result<PathBuf> {
    let folder = |name: &str| {
        let path = env::var(name).ok().map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let settings = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
    let settings = settings.context("neither XDG_CONFIG_HOME nor HOME names a folder")?;
    Ok(settings.join(FILE))
}
