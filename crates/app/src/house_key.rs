//! The gate's signing key, kept in the data directory for its owner alone.

use anyhow::{Context, bail, ensure};
use portcullis_firewall::{ports::Entropy, sign::SigningKey};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// The file's name.
pub(crate) const FILE: &str = "house.key";

/// Reads the key, or makes one when the house is new.
///
/// Fails closed: a key that others may read is refused, and so is a missing key in a house that
/// is not new, since records were signed with it.
///
/// # Errors
/// When the file cannot be read or written, or is not a key.
pub(crate) fn open(
    data: &Path,
    house_is_new: bool,
    entropy: &dyn Entropy,
) -> anyhow::Result<SigningKey> {
    let path = data.join(FILE);
    if path.exists() {
        return read(&path);
    }
    ensure!(
        house_is_new,
        "`{}` is missing; restore it from a backup",
        path.display()
    );
    let mut seed = Zeroizing::new([0_u8; 32]);
    entropy
        .fill(&mut *seed)
        .context("cannot make a signing key")?;
    write(&path, &*seed)?;
    Ok(SigningKey::from_seed(&seed))
}

/// Copies a key to a new file for its owner alone.
///
/// # Errors
/// When the key cannot be read, others may read it, or the new file cannot be written.
pub(crate) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    read(from)?;
    write(to, &Zeroizing::new(fs::read(from)?))
}

fn write(path: &Path, seed: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(cannot)?;
    file.write_all(seed)
        .and_then(|()| file.sync_all())
        .with_context(cannot)
}

fn read(path: &Path) -> anyhow::Result<SigningKey> {
    let metadata = fs::metadata(path);
    let mode = metadata
        .with_context(|| format!("cannot read `{}`", path.display()))?
        .mode();
    if mode & 0o077 != 0 {
        bail!(
            "`{}` may be read by others; run `chmod 600` on it",
            path.display()
        );
    }
    let bytes = Zeroizing::new(fs::read(path)?);
    let seed = <[u8; 32]>::try_from(bytes.as_slice())
        .with_context(|| format!("`{}` is not a key of 32 bytes", path.display()))?;
    Ok(SigningKey::from_seed(&seed))
}
