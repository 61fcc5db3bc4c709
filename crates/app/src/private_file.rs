//! Files for their owner alone, in the user's own folders.

use anyhow::{Context, bail};
use std::{
    env, fs,
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// One of the user's folders (XDG Base Directory Specification 0.8).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Folder {
    /// For settings.
    Config,
    /// For what can be had again.
    Cache,
}

impl Folder {
    /// The place of a file in it.
    ///
    /// # Errors
    /// When the environment names no folder.
    #[expect(clippy::disallowed_methods, reason = "the app reads the environment")]
    pub(crate) fn file(self, name: &str) -> anyhow::Result<PathBuf> {
        let (own, usual) = match self {
            Self::Config => ("XDG_CONFIG_HOME", ".config"),
            Self::Cache => ("XDG_CACHE_HOME", ".cache"),
        };
        let folder = |name: &str| {
            let path = env::var(name).ok().map(PathBuf::from);
            path.filter(|path| path.is_absolute())
        };
        let found = folder(own).or_else(|| Some(folder("HOME")?.join(usual)));
        let found = found.with_context(|| format!("neither {own} nor HOME names a folder"))?;
        Ok(found.join("portcullis").join(name))
    }
}

/// The text of a file; `None` when it is not there.
///
/// *Fails closed:* a file that others may read is refused.
///
/// # Errors
/// When it cannot be read, or others may read it.
pub(crate) fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let metadata = match fs::metadata(path) {
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
    Ok(Some(fs::read_to_string(path)?))
}

/// Writes a file in place of another, all of it or nothing.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("there is no folder for it")?;
    crate::wire::make_private_folder(folder)?;
    let cannot = || format!("cannot write `{}`", path.display());
    // A temporary file is its owner's alone from the beginning.
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(())
}
