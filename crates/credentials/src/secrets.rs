//! Where secrets come from: the environment, files, and what was minted.

use crate::{
    secret::Secret,
    strongbox::{self, Strongbox},
};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use portcullis_firewall::outside::{Keyring, OutsideError, SecretName};
use sha2::Sha256;
use std::{fs, io::Read, os::unix::fs::PermissionsExt, path::Path};
use zeroize::Zeroizing;

/// The longest secret, in bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// The mode bits that let everybody read or write a file.
const EVERYBODY: u32 = 0o006;

/// Reads secrets by their names, at every use, so that a changed secret holds from the next use on.
///
/// `env:NAME` is a variable of the process. `file:/path` is the content of a file without one
/// trailing line break; a container's secret has to be mounted so that not everybody may read it.
/// `lease:<id>/<part>` is what a [`Strongbox`] keeps, for those that were given one.
///
/// Fails closed: a secret that is empty, too long, or open to everybody is none.
///
/// ```
/// use portcullis_credentials::Secrets;
/// use portcullis_firewall::outside::{Keyring, SecretName};
///
/// let absent = SecretName::new("env:NOBODY_SETS_THIS");
/// assert!(Secrets::new().mac(&absent, b"message").is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    strongbox: Option<Strongbox>,
}

/// Why a secret cannot be had. It names no value, and no name of a form that it does not know:
/// that might be the secret itself, put in the wrong place.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SecretFault {
    /// The name is of no known form.
    #[error("a secret is named `env:NAME` or `file:/path`")]
    Form,
    /// There is no such variable or file, or it may not be read.
    #[error("it is not there, or may not be read")]
    Absent,
    /// The file is a folder, a pipe or a device.
    #[error("it is not a file")]
    Kind,
    /// Everybody on the machine may read or write the file.
    #[error("everybody may read or write the file: take those rights away")]
    Open,
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// It is longer than 64 KiB.
    #[error("it is longer than 64 KiB")]
    Length,
    /// It cannot be found in texts.
    #[error("it cannot be redacted: {0}")]
    Unscreened(#[from] portcullis_screen::secrets::SecretError),
}

impl SecretFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form => "secret.form",
            Self::Absent => "secret.absent",
            Self::Kind => "secret.kind",
            Self::Open => "secret.open",
            Self::Empty => "secret.empty",
            Self::Length => "secret.length",
            Self::Unscreened(fault) => fault.code(),
        }
    }
}

impl Secrets {
    /// The secrets of this process.
    #[must_use]
    pub const fn new() -> Self {
        Self { strongbox: None }
    }

    /// The same, and what was minted.
    #[must_use]
    pub const fn with(strongbox: Strongbox) -> Self {
        Self {
            strongbox: Some(strongbox),
        }
    }

    /// Whether a secret can be read now, for telling it at the start.
    ///
    /// # Errors
    /// [`SecretFault`].
    pub fn check(&self, name: &SecretName) -> Result<(), SecretFault> {
        self.find(name.as_str()).map(drop)
    }

    /// Makes a secret known to whatever redacts texts, without giving it away.
    ///
    /// # Errors
    /// [`SecretFault`]: it cannot be read, or is too short to be told from harmless text.
    pub fn register(
        &self,
        name: &SecretName,
        known: &mut portcullis_screen::secrets::Secrets,
    ) -> Result<(), SecretFault> {
        let secret = self.find(name.as_str())?;
        Ok(known.add(secret.bytes())?)
    }

    /// The time, for whoever signs what it sends; only those who know of minted secrets do.
    pub(crate) fn now(&self) -> Option<Timestamp> {
        self.strongbox.as_ref().map(Strongbox::now)
    }

    fn find(&self, name: &str) -> Result<Secret, SecretFault> {
        if !name.starts_with(strongbox::SCHEME) {
            return read(name);
        }
        let strongbox = self.strongbox.as_ref().ok_or(SecretFault::Form)?;
        strongbox.read(name).ok_or(SecretFault::Absent)
    }

    pub(crate) fn read(&self, name: &SecretName) -> Result<Secret, OutsideError> {
        self.find(name.as_str()).map_err(|fault| {
            let known = known_name(name, &fault);
            tracing::warn!(secret = known, code = fault.code(), %fault, "a secret cannot be read");
            OutsideError::NoSecret(known.to_owned())
        })
    }
}

impl Keyring for Secrets {
    fn mac(&self, secret: &SecretName, message: &[u8]) -> Result<[u8; 32], OutsideError> {
        let key = self.read(secret)?;
        // INVARIANT: HMAC takes keys of any length, so that this never fails.
        let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes())
            .map_err(|_| OutsideError::NoSecret(secret.as_str().to_owned()))?;
        mac.update(message);
        Ok(mac.finalize().into_bytes().into())
    }
}

fn known_name<'a>(name: &'a SecretName, fault: &SecretFault) -> &'a str {
    match fault {
        SecretFault::Form => "neither env: nor file:",
        _ => name.as_str(),
    }
}

fn read(name: &str) -> Result<Secret, SecretFault> {
    let found = if let Some(variable) = name.strip_prefix("env:") {
        variable_value(variable)?
    } else if let Some(path) = name.strip_prefix("file:") {
        file_content(Path::new(path))?
    } else {
        return Err(SecretFault::Form);
    };
    if found.is_empty() {
        return Err(SecretFault::Empty);
    }
    Ok(Secret::new(found))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a secret is read at its use, and by this crate alone"
)]
fn variable_value(variable: &str) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if variable.is_empty() || !variable.bytes().all(plain) {
        return Err(SecretFault::Form);
    }
    let value = std::env::var(variable).map_err(|_| SecretFault::Absent)?;
    let value = Zeroizing::new(value.into_bytes());
    if value.len() as u64 > MOST_BYTES {
        return Err(SecretFault::Length);
    }
    Ok(value)
}

fn file_content(path: &Path) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
    if !path.is_absolute() {
        return Err(SecretFault::Form);
    }
    // Looked at before it is opened: opening a pipe waits for somebody to write into it.
    let before = fs::metadata(path).map_err(|_| SecretFault::Absent)?;
    if !before.is_file() {
        return Err(SecretFault::Kind);
    }
    let mut file = fs::File::open(path).map_err(|_| SecretFault::Absent)?;
    let metadata = file.metadata().map_err(|_| SecretFault::Absent)?;
    if !metadata.is_file() {
        return Err(SecretFault::Kind);
    }
    if metadata.permissions().mode() & EVERYBODY != 0 {
        return Err(SecretFault::Open);
    }
    // One allocation, so that no half of a secret stays behind in a smaller one.
    let capacity = usize::try_from(metadata.len().min(MOST_BYTES) + 2).unwrap_or(0);
    let mut content = Zeroizing::new(Vec::with_capacity(capacity));
    let mut bounded = Read::take(&mut file, MOST_BYTES + 1);
    bounded
        .read_to_end(&mut content)
        .map_err(|_| SecretFault::Absent)?;
    if content.len() as u64 > MOST_BYTES {
        return Err(SecretFault::Length);
    }
    trim_line_break(&mut content);
    Ok(content)
}

fn trim_line_break(content: &mut Vec<u8>) {
    if content.last() == Some(&b'\n') {
        content.pop();
        if content.last() == Some(&b'\r') {
            content.pop();
        }
    }
}
