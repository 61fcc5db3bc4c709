//! Checkpoints: the size and root of a tree as a signed note (C2SP signed-note, tlog-checkpoint).
//!
//! ```text
//! <origin>
//! <size>
//! <root, base64>
//!
//! — <key name> <base64 of key hash (4 bytes) and signature>
//! ```

use crate::{
    merkle::NodeHash,
    sign::{PublicKey, Signature, SigningKey},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// The algorithm byte of Ed25519.
const ED25519: u8 = 1;

/// The state of a tree.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    /// The log's name, e.g. `portcullis/audit/acme`.
    pub origin: String,
    /// How many records.
    pub size: u64,
    /// The root over them.
    pub root: NodeHash,
}

/// Why a text is not a checkpoint of this log.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a signed checkpoint.
    #[error("expected a signed checkpoint")]
    Malformed,
    /// No signature by the key.
    #[error("the checkpoint is not signed by the expected key")]
    Unsigned,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.as_bytes()))
    }

    /// The signed note; the key is named after the origin.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let signature = key.sign(text.as_bytes());
        let mut bytes = key_hash(&self.origin, &key.public_key()).to_vec();
        bytes.extend_from_slice(signature.as_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.origin, STANDARD.encode(bytes))
    }

    /// Reads a note and checks that this key signed it for its origin.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn verify(note: &str, key: &PublicKey) -> Result<Self, NoteError> {
        let (text, signatures) = note.split_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = format!("{text}\n");
        let checkpoint = read(&text).ok_or(NoteError::Malformed)?;
        let expected = key_hash(&checkpoint.origin, key);
        if !signatures.ends_with('\n') {
            return Err(NoteError::Malformed);
        }
        for line in signatures.lines() {
            let (name, bytes) = signature(line).ok_or(NoteError::Malformed)?;
            let Some((hash, raw)) = bytes.split_first_chunk::<4>() else {
                return Err(NoteError::Malformed);
            };
            // Signatures by others, of other kinds, are theirs to check.
            if name != checkpoint.origin || *hash != expected {
                continue;
            }
            let raw = <[u8; 64]>::try_from(raw).map_err(|_| NoteError::Malformed)?;
            if key.verifies(text.as_bytes(), &Signature::new(raw)) {
                return Ok(checkpoint);
            }
        }
        Err(NoteError::Unsigned)
    }
}

/// The key as verifiers are told it: `<name>+<key hash>+<base64 of algorithm and key>`.
#[must_use]
pub fn verifier_key(name: &str, key: &PublicKey) -> String {
    let hash = hex::encode(key_hash(name, key));
    let mut bytes = vec![ED25519];
    bytes.extend_from_slice(key.as_bytes());
    format!("{name}+{hash}+{}", STANDARD.encode(bytes))
}

/// Reads a key in the form of [`verifier_key`]: the name and the key.
///
/// # Errors
/// [`NoteError::Malformed`] when it is not one, or its hash is not its own.
pub fn read_verifier_key(text: &str) -> Result<(String, PublicKey), NoteError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteError::Malformed);
    };
    let bytes = STANDARD.decode(encoded).map_err(|_| NoteError::Malformed)?;
    let Some((&ED25519, raw)) = bytes.split_first() else { return Err(NoteError::Malformed) };
    let raw = <[u8; 32]>::try_from(raw).map_err(|_| NoteError::Malformed)?;
    let key = PublicKey::from_bytes(&raw).map_err(|_| NoteError::Malformed)?;
    if hash != hex::encode(key_hash(name, &key)) {
        return Err(NoteError::Malformed);
    }
    Ok((name.to_owned(), key))
}

fn read(text: &str) -> Option<Checkpoint> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    // Further lines are extensions, which this gate does not write.
    if lines.next().is_some() || origin.is_empty() || origin.chars().any(char::is_control) {
        return None;
    }
    let number: u64 = size.parse().ok()?;
    let root = <[u8; 32]>::try_from(STANDARD.decode(root).ok()?).ok()?;
    (number.to_string() == size).then(|| Checkpoint {
        origin: origin.to_owned(),
        size: number,
        root: NodeHash::new(root),
    })
}

fn signature(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    Some((name, STANDARD.decode(encoded).ok()?))
}

/// The first four bytes of `SHA-256(name || 0x0A || algorithm || key)`.
fn key_hash(name: &str, key: &PublicKey) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name);
    hasher.update([b'\n', ED25519]);
    hasher.update(key.as_bytes());
    let hash: [u8; 32] = hasher.finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}
