//! Secrets that somebody typed in, sealed at rest.
//!
//! One file each, `<name>.sealed`: the first line says of which form it is, which version of the
//! secret it holds and which key sealed it; then the nonce and the sealed bytes. The first line and
//! the name are sealed along (AEAD with ChaCha20-Poly1305, RFC 8439), so that no file can be put in
//! another's place, nor an old form in a new one's.

mod master;

use crate::{secret::Secret, secrets::Secrets};
use master::{Label, Master};
use portcullis_firewall::{
    outside::SecretName,
    ports::{Clock, Entropy},
};
use std::{
    fmt, fs,
    io::{
        self,
        ErrorKind::{NotADirectory, NotFound},
        Write as _,
    },
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// What a name may be made of, and how long it may be.
const NAME_MAX_BYTES: usize = 96;
/// The longest secret, in bytes: one that texts can be looked through for.
pub const SECRET_MAX_BYTES: usize = 8_192;
const ENDING: &str = ".sealed";
/// How a file ends that is being written.
const UNFINISHED: &str = "new";
/// The largest file, in bytes.
const FILE_MAX_BYTES: u64 = 16 * 1024;

/// Secrets at rest, in a folder of the gate's own.
///
/// Fails closed: a file that was changed, moved, or sealed with another key holds nothing.
#[derive(Clone)]
pub struct SealedStore {
    folder: PathBuf,
    master: SecretName,
    secrets: Secrets,
}

impl fmt::Debug for SealedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder.display();
        write!(f, "SealedStore({folder}, {:?})", self.master)
    }
}

/// What may be shown of a sealed secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    /// Its name.
    pub name: String,
    /// How often it was set, from 1.
    pub version: u64,
    /// When it was set last, in seconds since 1970.
    pub set_at: i64,
}

/// Why a secret cannot be sealed or opened. It holds no value.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SealError {
    /// The name cannot be one.
    #[error("a name has small letters, digits and `-_.@`, 96 at most")]
    Name,
    /// There is no such secret.
    #[error("there is no secret `{0}`")]
    Absent(String),
    /// The value is empty, too long, or too short to be found in texts.
    #[error("a secret has from 6 to 8192 bytes")]
    Value,
    /// The master key cannot be read, or is none.
    #[error("the master key is not usable: expected 32 bytes in hex or base64")]
    Key,
    /// It was sealed with another key.
    #[error("`{0}` was sealed with another master key")]
    OtherKey(String),
    /// The file is not what was written.
    #[error("the file of `{0}` was changed or is damaged")]
    Damaged(String),
    /// The folder cannot be read or written.
    #[error("the folder of sealed secrets cannot be used: {0}")]
    Folder(String),
    /// There is no randomness.
    #[error("no randomness is available")]
    Entropy,
}

/// What setting a secret needs of the world.
#[derive(Clone, Copy, Debug)]
pub struct Means<'m> {
    /// The time.
    pub clock: &'m dyn Clock,
    /// For the nonce.
    pub entropy: &'m dyn Entropy,
}

impl SealedStore {
    /// The secrets in a folder, under a master key: 32 bytes in hex or base64, in a variable or a file.
    #[must_use]
    pub fn new(folder: &Path, master: SecretName, secrets: Secrets) -> Self {
        Self {
            folder: folder.to_owned(),
            master,
            secrets,
        }
    }

    /// Sets a secret, in the place of what stood under the name before, and says its version.
    ///
    /// # Errors
    /// [`SealError`]; then what stood there before still does.
    pub fn set(&self, name: &str, value: &[u8], means: Means<'_>) -> Result<u64, SealError> {
        let path = self.path(name)?;
        let mut known = portcullis_screen::secrets::Secrets::new();
        known.add(value).map_err(|_| SealError::Value)?;
        let key = Master::read(&self.secrets, &self.master)?;
        let before = match self.label(name) {
            Ok(label) => label.version,
            Err(SealError::Absent(_)) => 0,
            Err(other) => return Err(other),
        };
        let label = Label {
            version: before.saturating_add(1),
            set_at: means.clock.now().as_second(),
            key: key.print(),
        };
        self.write(&path, &key.seal(name, &label, value, means.entropy)?)?;
        Ok(label.version)
    }

    /// Every secret there is, in order.
    ///
    /// # Errors
    /// [`SealError::Folder`], [`SealError::Damaged`].
    pub fn list(&self) -> Result<Vec<Sealed>, SealError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == NotFound => return Ok(Vec::new()),
            Err(error) => return Err(folder(&error)),
        };
        let mut all = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| folder(&error))?.file_name();
            let Some(name) = file.to_str().and_then(|file| file.strip_suffix(ENDING)) else {
                continue;
            };
            let Label {
                version, set_at, ..
            } = self.label(name)?;
            let name = name.to_owned();
            all.push(Sealed {
                name,
                version,
                set_at,
            });
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// Removes a secret.
    ///
    /// # Errors
    /// [`SealError::Absent`], [`SealError::Folder`].
    pub fn remove(&self, name: &str) -> Result<(), SealError> {
        fs::remove_file(self.path(name)?).map_err(|error| absent(name, &error))
    }

    /// Removes a secret for good, with what a write that was broken off may have left of it. One that
    /// is not there is fine.
    pub(crate) fn discard(&self, name: &str) -> Result<(), SealError> {
        let path = self.path(name)?;
        let mut was_there = false;
        for path in [path.with_extension(UNFINISHED), path] {
            match fs::remove_file(path) {
                Ok(()) => was_there = true,
                // Below what is no folder there is nothing either.
                Err(error) if matches!(error.kind(), NotFound | NotADirectory) => {}
                Err(error) => return Err(folder(&error)),
            }
        }
        if !was_there {
            return Ok(());
        }
        sync_folder(&self.folder).map_err(|error| folder(&error))
    }

    /// Whether the master key can be used.
    ///
    /// # Errors
    /// [`SealError::Key`].
    pub fn check_key(&self) -> Result<(), SealError> {
        Master::read(&self.secrets, &self.master).map(drop)
    }

    /// Seals everything under another master key; the versions stay. One that is under it already
    /// stays as it is, so that it can be asked for again after it stopped halfway.
    ///
    /// # Errors
    /// [`SealError`]; then some are sealed under the one key, the rest under the other.
    pub fn rotate(&self, to: &SecretName, entropy: &dyn Entropy) -> Result<usize, SealError> {
        let (old, new) = (
            Master::read(&self.secrets, &self.master)?,
            Master::read(&self.secrets, to)?,
        );
        let mut moved = 0;
        for Sealed { name, .. } in self.list()? {
            let (label, sealed) = self.load(&name)?;
            if label.key == new.print() {
                continue;
            }
            let value = old.open(&name, &label, &sealed)?;
            let label = Label {
                key: new.print(),
                ..label
            };
            self.write(
                &self.path(&name)?,
                &new.seal(&name, &label, value.bytes(), entropy)?,
            )?;
            moved += 1;
        }
        Ok(moved)
    }

    /// Makes every secret known to whatever redacts texts, without giving one away.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn register(
        &self,
        known: &mut portcullis_screen::secrets::Secrets,
    ) -> Result<(), SealError> {
        for Sealed { name, .. } in self.list()? {
            let secret = self.read(&name)?;
            known.add(secret.bytes()).map_err(|_| SealError::Value)?;
        }
        Ok(())
    }

    /// A secret in the clear.
    pub(crate) fn read(&self, name: &str) -> Result<Secret, SealError> {
        let (label, sealed) = self.load(name)?;
        Master::read(&self.secrets, &self.master)?.open(name, &label, &sealed)
    }

    fn label(&self, name: &str) -> Result<Label, SealError> {
        self.load(name).map(|(label, _)| label)
    }

    fn load(&self, name: &str) -> Result<(Label, Vec<u8>), SealError> {
        let damaged = || SealError::Damaged(name.to_owned());
        let path = self.path(name)?;
        // Looked at before it is opened: opening a pipe waits for somebody to write into it.
        let metadata = fs::metadata(&path).map_err(|error| absent(name, &error))?;
        if !metadata.is_file() || metadata.len() > FILE_MAX_BYTES {
            return Err(damaged());
        }
        let bytes = fs::read(&path).map_err(|error| absent(name, &error))?;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (line, rest) = end
            .and_then(|end| bytes.split_at_checked(end))
            .ok_or_else(damaged)?;
        let line = std::str::from_utf8(line).map_err(|_| damaged())?;
        let label = Label::of(line).ok_or_else(damaged)?;
        Ok((label, rest.get(1..).unwrap_or_default().to_vec()))
    }

    fn path(&self, name: &str) -> Result<PathBuf, SealError> {
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.@".contains(&byte)
        };
        let fits = !name.is_empty() && name.len() <= NAME_MAX_BYTES && !name.starts_with('.');
        if !fits || !name.bytes().all(plain) {
            return Err(SealError::Name);
        }
        Ok(self.folder.join(format!("{name}{ENDING}")))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SealError> {
        let written = make_folder(&self.folder).and_then(|()| place(&self.folder, path, bytes));
        written.map_err(|error| folder(&error))
    }
}

/// Makes a master key in a file that is its owner's alone, in a folder that is there; one that is
/// there already stays.
///
/// # Errors
/// [`SealError::Entropy`], [`SealError::Folder`].
pub fn make_key(path: &Path, entropy: &dyn Entropy) -> Result<(), SealError> {
    if path.exists() {
        return Ok(());
    }
    let text = Master::generate(entropy)?;
    let parent = path.parent().unwrap_or(path);
    place(parent, path, &text).map_err(|error| folder(&error))
}

/// Makes a folder of its owner's alone, and has it last, unless it is there.
fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut made = fs::DirBuilder::new();
    made.recursive(true).mode(0o700).create(path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Written beside and moved into its place, so that there is never half a file.
fn place(parent: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension(UNFINISHED);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(parent)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

fn folder(error: &io::Error) -> SealError {
    SealError::Folder(error.kind().to_string())
}

fn absent(name: &str, error: &io::Error) -> SealError {
    match error.kind() {
        NotFound => SealError::Absent(name.to_owned()),
        _ => folder(error),
    }
}
