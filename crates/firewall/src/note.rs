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
/// The longest note, in bytes.
const NOTE_MAX_BYTES: usize = 1 << 16;

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
    /// Not the form of a verifier key.
    #[error("expected a verifier key of the form `name+hash+key`")]
    Key,
    /// No signature by the key, or one that is not genuine.
    #[error("the checkpoint is not signed by the expected key")]
    Unsigned,
}

impl NoteError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "note.malformed",
            Self::Key => "note.key",
            Self::Unsigned => "note.unsigned",
        }
    }
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root.as_bytes())
        )
    }

    /// The signed note; the key is named after the origin.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let signature = key.sign(text.as_bytes());
        let mut bytes = key_hash(&self.origin, &key.public_key()).to_vec();
        bytes.extend_from_slice(signature.as_bytes());
        format!(
            "{text}\n\u{2014} {} {}\n",
            self.origin,
            STANDARD.encode(bytes)
        )
    }

    /// Reads a note and checks that this key signed it for its origin.
    ///
    /// *Fails closed:* one signature in the key's name that is not genuine refuses the note, even
    /// beside one that is.
    ///
    /// # Errors
    /// [`NoteError::Malformed`], [`NoteError::Unsigned`].
    pub fn verify(note: &str, key: &PublicKey) -> Result<Self, NoteError> {
        let (text, signatures) = take_apart(note).ok_or(NoteError::Malformed)?;
        let checkpoint = read(text).ok_or(NoteError::Malformed)?;
        let expected = key_hash(&checkpoint.origin, key);
        let mut signed = false;
        for line in signatures.split('\n') {
            let (name, hash, raw) = signature(line).ok_or(NoteError::Malformed)?;
            // Signatures by others, of other kinds, are theirs to check.
            if name != checkpoint.origin || hash != expected {
                continue;
            }
            let raw = <[u8; 64]>::try_from(raw).map_err(|_| NoteError::Malformed)?;
            if !key.verifies(text.as_bytes(), &Signature::new(raw)) {
                return Err(NoteError::Unsigned);
            }
            signed = true;
        }
        if signed {
            Ok(checkpoint)
        } else {
            Err(NoteError::Unsigned)
        }
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
/// [`NoteError::Key`] when it is not one, or its hash is not its own.
pub fn read_verifier_key(text: &str) -> Result<(String, PublicKey), NoteError> {
    let (name, key) = named_key(text).ok_or(NoteError::Key)?;
    // One key has one spelling.
    if verifier_key(name, &key) == text {
        Ok((name.to_owned(), key))
    } else {
        Err(NoteError::Key)
    }
}

fn named_key(text: &str) -> Option<(&str, PublicKey)> {
    let (name, rest) = text.split_once('+').filter(|(name, _)| is_name(name))?;
    let bytes = STANDARD.decode(rest.split_once('+')?.1).ok()?;
    let (&ED25519, raw) = bytes.split_first()? else {
        return None;
    };
    Some((name, PublicKey::from_bytes(raw.try_into().ok()?).ok()?))
}

/// Whether a text can name a key.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text
            .chars()
            .any(|c| c == '+' || c.is_whitespace() || c.is_control())
}

/// The signed text, with its last line break, and the signature lines without theirs.
fn take_apart(note: &str) -> Option<(&str, &str)> {
    if note.len() > NOTE_MAX_BYTES {
        return None;
    }
    let body = note.strip_suffix('\n')?;
    let (text, signatures) = note.split_at_checked(body.rfind("\n\n")?.checked_add(1)?)?;
    Some((text, signatures.strip_prefix('\n')?.strip_suffix('\n')?))
}

fn read(text: &str) -> Option<Checkpoint> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    let read = Checkpoint {
        origin: origin.to_owned(),
        size: size.parse().ok()?,
        root: NodeHash::new(STANDARD.decode(root).ok()?.try_into().ok()?),
    };
    // Only the one spelling, without further lines, is what this gate signs.
    (is_name(origin) && read.text() == text).then_some(read)
}

fn signature(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (hash, raw) = bytes.split_first_chunk::<4>()?;
    is_name(name).then(|| (name, *hash, raw.to_vec()))
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
