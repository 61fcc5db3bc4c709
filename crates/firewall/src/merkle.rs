//! The Merkle tree of RFC 6962 over a tenant's records, so that anyone can check offline that a
//! record is in the log and that the log only grew.
//!
//! A leaf is `SHA-256(0x00 || record hash)`, a node `SHA-256(0x01 || left || right)`; the empty
//! tree's root is the SHA-256 of nothing.

mod frontier;
mod proof;

pub use frontier::{Frontier, FrontierError};
pub use proof::{ProofError, consistency, inclusion, root, verify_consistency, verify_inclusion};

use crate::{chain::Hash, digest::hex_bytes};
use sha2::{Digest, Sha256};

hex_bytes! {
    /// The hash of a node of the tree.
    NodeHash(32);
}

/// The leaf of a record.
#[must_use]
pub fn leaf(record: &Hash) -> NodeHash {
    leaf_of(record.as_bytes())
}

/// The leaf of any bytes, as RFC 6962 has it.
#[must_use]
pub fn leaf_of(bytes: &[u8]) -> NodeHash {
    digest(&[&[0], bytes])
}

/// The node over two nodes.
#[must_use]
pub fn node(left: &NodeHash, right: &NodeHash) -> NodeHash {
    digest(&[&[1], left.as_bytes(), right.as_bytes()])
}

/// The root of a tree without leaves.
#[must_use]
pub fn empty_root() -> NodeHash {
    digest(&[])
}

fn digest(parts: &[&[u8]]) -> NodeHash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    NodeHash::new(hasher.finalize().into())
}
