//! The file of a key.

use super::KeystoreError;
use aes::{
    Aes128,
    cipher::{KeyIvInit, StreamCipher},
};
use ctr::Ctr128BE;
use serde::Deserialize;
use sha2::Sha256;
use sha3::{Digest, Keccak256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The most memory that opening a key may take, in bytes.
const MEMORY_MAX: u64 = 512 << 20;
/// The most rounds of PBKDF2.
const ROUNDS_MAX: u32 = 2_000_000;

/// A keystore of version 3.
#[derive(Debug, Deserialize)]
pub(super) struct Sealed {
    version: u8,
    #[serde(alias = "Crypto")]
    crypto: Crypto,
}

#[derive(Debug, Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    #[serde(flatten)]
    stretch: Stretch,
    mac: String,
}

#[derive(Debug, Deserialize)]
struct CipherParams {
    iv: String,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kdf", content = "kdfparams", rename_all = "lowercase")]
enum Stretch {
    Scrypt {
        n: u64,
        r: u32,
        p: u32,
        dklen: usize,
        salt: String,
    },
    Pbkdf2 {
        c: u32,
        prf: String,
        dklen: usize,
        salt: String,
    },
}

impl Sealed {
    pub(super) fn read(text: &[u8]) -> Result<Self, KeystoreError> {
        let sealed: Self = serde_json::from_slice(text)
            .map_err(|_| KeystoreError::Form("a member is missing or strange"))?;
        if sealed.version != 3 {
            return Err(KeystoreError::Form("its version is another"));
        }
        if sealed.crypto.cipher != "aes-128-ctr" {
            return Err(KeystoreError::Form("its cipher is another"));
        }
        Ok(sealed)
    }

    /// The key in the clear.
    pub(super) fn open(&self, password: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        let crypto = &self.crypto;
        let stretched = crypto.stretch.key(password)?;
        let Some((cipher_key, mac_key)) = stretched.split_first_chunk::<16>() else {
            return Err(KeystoreError::Form("its derived key is too short"));
        };
        let sealed = bytes(&crypto.ciphertext)?;
        let mut digest = Keccak256::new();
        digest.update(mac_key.get(..16).unwrap_or_default());
        digest.update(&sealed);
        let (found, said): ([u8; 32], _) = (digest.finalize().into(), bytes(&crypto.mac)?);
        if !bool::from(found.as_slice().ct_eq(&said)) {
            return Err(KeystoreError::Locked);
        }
        let iv: [u8; 16] = bytes(&crypto.cipherparams.iv)?
            .try_into()
            .map_err(|_| KeystoreError::Form("its `iv` has not 16 bytes"))?;
        let key: [u8; 32] = sealed.try_into().map_err(|_| KeystoreError::Key)?;
        let mut key = Zeroizing::new(key);
        Ctr128BE::<Aes128>::new(cipher_key.into(), &iv.into()).apply_keystream(key.as_mut());
        Ok(key)
    }
}

impl Stretch {
    fn key(&self, password: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Self::Scrypt {
                n,
                r,
                p,
                dklen: 32,
                salt,
            } => {
                let memory = n.saturating_mul(128).saturating_mul(u64::from(*r));
                if !n.is_power_of_two() || memory > MEMORY_MAX || *p > 16 {
                    return Err(KeystoreError::Form("it costs too much to open"));
                }
                let log_n = u8::try_from(n.ilog2()).unwrap_or(u8::MAX);
                let params = scrypt::Params::new(log_n, *r, *p)
                    .map_err(|_| KeystoreError::Form("its parameters are none"))?;
                scrypt::scrypt(password, &bytes(salt)?, &params, key.as_mut())
                    .map_err(|_| KeystoreError::Form("its parameters are none"))?;
            }
            Self::Pbkdf2 {
                c,
                prf,
                dklen: 32,
                salt,
            } => {
                if prf != "hmac-sha256" || *c == 0 || *c > ROUNDS_MAX {
                    return Err(KeystoreError::Form("its parameters are none"));
                }
                pbkdf2::pbkdf2_hmac::<Sha256>(password, &bytes(salt)?, *c, key.as_mut());
            }
            Self::Scrypt { .. } | Self::Pbkdf2 { .. } => {
                return Err(KeystoreError::Form("its derived key has not 32 bytes"));
            }
        }
        Ok(key)
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, KeystoreError> {
    hex::decode(text).map_err(|_| KeystoreError::Form("a member is not in hex"))
}
