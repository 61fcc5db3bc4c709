//! Keys of accounts, encrypted at rest, and signing with them.
//!
//! Source: Web3 Secret Storage, version 3: the key is encrypted with AES-128 in counter mode under a key
//! that scrypt (RFC 7914) or PBKDF2 (RFC 8018) makes of a password.

mod sealed;

use crate::secrets::{SecretFault, Secrets};
use k256::ecdsa::SigningKey;
use portcullis_firewall::outside::{Awaited, OutsideError, SecretName, Signer};
use sealed::Sealed;
use sha3::{Digest, Keccak256};
use std::{collections::BTreeMap, fmt, fs, path::PathBuf, sync::Arc};
use tokio::sync::OnceCell;

/// The largest file of a key, in bytes.
const FILE_MAX_BYTES: u64 = 16_384;

/// Where a key is, and how it is opened.
#[derive(Clone, Debug)]
pub struct Keystore {
    /// The file.
    pub file: PathBuf,
    /// The password.
    pub password: SecretName,
}

/// Why a key cannot be used. It names no value.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeystoreError {
    /// There is no such file, or it is too large.
    #[error("the file of the key cannot be read")]
    File,
    /// It is not a keystore of version 3, or one that costs too much to open.
    #[error("this is no keystore of version 3 that is opened here: {0}")]
    Form(&'static str),
    /// Its password cannot be had.
    #[error("its password cannot be had: {0}")]
    Password(#[from] SecretFault),
    /// The password does not open it.
    #[error("the password does not open it")]
    Locked,
    /// What is in it is no key.
    #[error("what is in it is no key")]
    Key,
}

/// Keys by their names. Each is opened when it is first used, and held in memory from then on.
#[derive(Clone, Default)]
pub struct Keystores {
    keys: Arc<BTreeMap<String, Key>>,
}

struct Key {
    keystore: Keystore,
    opened: OnceCell<SigningKey>,
}

impl fmt::Debug for Keystores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.keys()).finish()
    }
}

impl Keystore {
    /// Opens it, which takes a while on purpose, and says whose address the key has.
    ///
    /// # Errors
    /// [`KeystoreError`].
    pub fn address(&self, secrets: &Secrets) -> Result<[u8; 20], KeystoreError> {
        Ok(address(&self.open(secrets)?))
    }

    fn open(&self, secrets: &Secrets) -> Result<SigningKey, KeystoreError> {
        let length = fs::metadata(&self.file).map_err(|_| KeystoreError::File)?;
        if length.len() > FILE_MAX_BYTES {
            return Err(KeystoreError::File);
        }
        let text = fs::read(&self.file).map_err(|_| KeystoreError::File)?;
        secrets.check(&self.password)?;
        let password = secrets.read(&self.password);
        let password = password.map_err(|_| SecretFault::Absent)?;
        let key = Sealed::read(&text)?.open(password.bytes())?;
        SigningKey::from_slice(key.as_ref()).map_err(|_| KeystoreError::Key)
    }
}

impl Keystores {
    /// Keys by their names.
    #[must_use]
    pub fn new(keys: BTreeMap<String, Keystore>) -> Self {
        let keys = keys.into_iter().map(|(name, keystore)| {
            let opened = OnceCell::new();
            (name, Key { keystore, opened })
        });
        Self {
            keys: Arc::new(keys.collect()),
        }
    }
}

impl Signer for Keystores {
    fn sign<'a>(&'a self, key: &'a str, message: &'a [u8]) -> Awaited<'a, [u8; 65]> {
        Box::pin(async move {
            let none = || OutsideError::NoSecret(key.to_owned());
            let known = self.keys.get(key).ok_or_else(none)?;
            let opening = || async {
                let keystore = known.keystore.clone();
                let opened = tokio::task::spawn_blocking(move || keystore.open(&Secrets::new()));
                match opened.await {
                    Ok(Ok(opened)) => Ok(opened),
                    Ok(Err(error)) => {
                        tracing::error!(key, %error, "a key cannot be used");
                        Err(none())
                    }
                    Err(_) => Err(none()),
                }
            };
            let opened = known.opened.get_or_try_init(opening).await?;
            let digest: [u8; 32] = Keccak256::digest(message).into();
            let signed = opened.sign_prehash_recoverable(&digest);
            let (signature, parity) = signed.map_err(|_| none())?;
            let mut bytes = [0; 65];
            let (start, end) = bytes.split_at_mut(64);
            start.copy_from_slice(&signature.to_bytes());
            end.fill(parity.to_byte());
            Ok(bytes)
        })
    }
}

/// The last 20 bytes of the digest of the public point.
fn address(key: &SigningKey) -> [u8; 20] {
    let point = key.verifying_key().to_encoded_point(false);
    address_of(point.as_bytes().get(1..).unwrap_or_default())
}

/// The same of a public point, both coordinates of it.
pub(crate) fn address_of(point: &[u8]) -> [u8; 20] {
    let digest: [u8; 32] = Keccak256::digest(point).into();
    let mut address = [0; 20];
    for (to, from) in address.iter_mut().zip(digest.iter().skip(12)) {
        *to = *from;
    }
    address
}

#[cfg(test)]
mod tests;
