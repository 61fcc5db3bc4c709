//! Proofs that a record is in the tree, and that one tree is the beginning of another.

use crate::{
    chain::Hash,
    merkle::{NodeHash, empty_root, leaf, node},
};

/// Why a proof does not convince.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofError {
    /// The record or size is not inside the tree.
    #[error("the proof is for another tree size")]
    OutOfRange,
    /// Hashes are missing or left over.
    #[error("the proof has the wrong length")]
    WrongLength,
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    WrongRoot,
}

impl ProofError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OutOfRange => "proof.out_of_range",
            Self::WrongLength => "proof.wrong_length",
            Self::WrongRoot => "proof.wrong_root",
        }
    }
}

/// The root of the tree over these records.
#[must_use]
pub fn root(records: &[Hash]) -> NodeHash {
    match records {
        [] => empty_root(),
        [only] => leaf(only),
        _ => {
            let (left, right) = records.split_at(split(records.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The proof that the record at `index` (from 0) is in the tree over these records.
#[must_use]
pub fn inclusion(records: &[Hash], index: usize) -> Vec<NodeHash> {
    if records.len() <= 1 || index >= records.len() {
        return Vec::new();
    }
    let at = split(records.len());
    let (left, right) = records.split_at(at);
    let (mut path, sibling) = if index < at {
        (inclusion(left, index), root(right))
    } else {
        (inclusion(right, index.saturating_sub(at)), root(left))
    };
    path.push(sibling);
    path
}

/// The proof that the tree over the first `size` of these records is the beginning of the tree
/// over all of them.
#[must_use]
pub fn consistency(records: &[Hash], size: usize) -> Vec<NodeHash> {
    if size == 0 || size >= records.len() {
        Vec::new()
    } else {
        part(records, size, true)
    }
}

/// The steps of RFC 6962, 2.1.2; `whole` while the old tree is a subtree of what is looked at.
fn part(records: &[Hash], size: usize, whole: bool) -> Vec<NodeHash> {
    if size == records.len() {
        return if whole {
            Vec::new()
        } else {
            vec![root(records)]
        };
    }
    let at = split(records.len());
    let (left, right) = records.split_at(at);
    let (mut path, sibling) = if size <= at {
        (part(left, size, whole), root(right))
    } else {
        (part(right, size.saturating_sub(at), false), root(left))
    };
    path.push(sibling);
    path
}

/// The largest power of two below a length of at least 2.
const fn split(len: usize) -> usize {
    1 << (usize::BITS - 1 - len.saturating_sub(1).leading_zeros())
}

/// Checks that a record is at `index` (from 0) of the tree with `size` leaves and this root.
///
/// # Errors
/// [`ProofError`] when it does not convince.
pub fn verify_inclusion(
    record: &Hash,
    (index, size): (u64, u64),
    proof: &[NodeHash],
    expected: &NodeHash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange);
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = leaf(record);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if place % 2 == 1 || place == last {
            hash = node(sibling, &hash);
            while place % 2 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    if last != 0 {
        return Err(ProofError::WrongLength);
    }
    if hash == *expected {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}

/// Checks that the tree with `old.0` leaves and the root `old.1` is the beginning of the tree
/// `new`.
///
/// # Errors
/// [`ProofError`] when it does not convince.
pub fn verify_consistency(
    old: (u64, &NodeHash),
    new: (u64, &NodeHash),
    proof: &[NodeHash],
) -> Result<(), ProofError> {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return Err(ProofError::OutOfRange);
    }
    if old_size == new_size || old_size == 0 {
        let same = if old_size == 0 {
            *old_root == empty_root()
        } else {
            old_root == new_root
        };
        return match (proof.is_empty(), same) {
            (false, _) => Err(ProofError::WrongLength),
            (true, false) => Err(ProofError::WrongRoot),
            (true, true) => Ok(()),
        };
    }
    let (mut place, mut last) = (old_size - 1, new_size - 1);
    while place % 2 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    let mut hashes = proof.iter();
    // An old tree that is a complete subtree is its own first hash.
    let first = if place == 0 {
        *old_root
    } else {
        *hashes.next().ok_or(ProofError::WrongLength)?
    };
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in hashes {
        if last == 0 {
            return Err(ProofError::WrongLength);
        }
        if place % 2 == 1 || place == last {
            old_hash = node(sibling, &old_hash);
            new_hash = node(sibling, &new_hash);
            while place % 2 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            new_hash = node(&new_hash, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    if last != 0 {
        return Err(ProofError::WrongLength);
    }
    if old_hash == *old_root && new_hash == *new_root {
        Ok(())
    } else {
        Err(ProofError::WrongRoot)
    }
}
