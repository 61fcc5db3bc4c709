//! Ed25519 signatures, verified strictly: weak keys and bent encodings are refused.

use crate::digest::{HexError, hex_bytes, hex_digits, read_hex};
use ed25519_dalek::Signer as _;
use std::{fmt, str::FromStr};

hex_bytes! {
    /// An Ed25519 signature.
    Signature(64);
}

/// A secret key. It shows itself nowhere and wipes its memory when dropped.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key that grows from 32 secret bytes; the same bytes always give the same key.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Signs a message; the same message always gets the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::new(self.0.sign(message).to_bytes())
    }

    /// The key that verifies.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

/// A key that verifies; 64 lower-case hex digits as text.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`KeyError::Invalid`] when the bytes are no point of the curve, one of its weak points, or a
    /// second spelling of a point.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        if is_respelled(bytes) {
            return Err(KeyError::Invalid);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Invalid)?;
        if key.is_weak() {
            Err(KeyError::Invalid)
        } else {
            Ok(Self(key))
        }
    }

    /// The key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether this key's owner signed exactly this message.
    ///
    /// *Fails closed:* a signature in a form that more than one message could share is false.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        self.0.verify_strict(message, &signature).is_ok()
    }
}

/// Whether the coordinate, little-endian below the sign bit, is not below the field's 2^255 - 19.
fn is_respelled(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    *low >= 0xed && middle.iter().all(|b| *b == 0xff) && high | 0x80 == 0xff
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        read_hex(text, &mut bytes)?;
        Self::from_bytes(&bytes)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits: [u8; 64] = hex_digits(self.as_bytes());
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// Why bytes are not a public key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// Not the text form.
    #[error(transparent)]
    Hex(#[from] HexError),
    /// Not a point of the curve in its one spelling, or one of its weak points.
    #[error("expected an Ed25519 public key")]
    Invalid,
}
