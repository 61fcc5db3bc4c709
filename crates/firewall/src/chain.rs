//! The chain of sealed records: each names the one before by its hash.
//!
//! `hash = SHA-256(payload || prev)`, where `payload` is the record's canonical JSON without its
//! hashes and `prev` is the previous hash as lower-case hex, `0` for the first record. Numbers
//! start at 1 and have no gaps. Changing, removing, swapping or repeating a record shows.

mod sealed;
mod verify;

pub use sealed::{Sealed, SealedError, join, split};
pub use verify::{Break, BreakKind, Verifier, Walk};

use crate::digest::hex_bytes;
use sha2::{Digest, Sha256};

hex_bytes! {
    /// The hash of a sealed record.
    Hash(32);
}

/// What stands for the hash before the first record.
pub const FIRST_PREV: &str = "0";

/// The hash of a record with this payload after the record with that hash.
#[must_use]
pub fn seal(payload: &[u8], prev: Option<&Hash>) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(payload);
    match prev {
        Some(prev) => hasher.update(prev.to_hex()),
        None => hasher.update(FIRST_PREV),
    }
    Hash::new(hasher.finalize().into())
}
