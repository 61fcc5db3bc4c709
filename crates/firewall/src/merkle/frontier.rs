//! The right edge of the tree: all it takes to add a leaf and to know the root.

use crate::{
    chain::Hash,
    merkle::{NodeHash, empty_root, leaf, node},
};
use serde::{Deserialize, Serialize};

/// The roots of the complete subtrees from left to right; at most 64 of them.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Kept")]
pub struct Frontier {
    size: u64,
    // INVARIANT: one for each one bit of the size.
    peaks: Vec<NodeHash>,
}

/// A frontier as it was kept, not yet trusted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    size: u64,
    peaks: Vec<NodeHash>,
}

impl TryFrom<Kept> for Frontier {
    type Error = FrontierError;

    fn try_from(kept: Kept) -> Result<Self, FrontierError> {
        let Kept { size, peaks } = kept;
        let expected = size.count_ones() as usize;
        if peaks.len() == expected {
            Ok(Self { size, peaks })
        } else {
            Err(FrontierError {
                size,
                expected,
                got: peaks.len(),
            })
        }
    }
}

/// A kept frontier whose hashes do not make a tree of its size.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected {expected} peaks for a tree of {size} leaves, not {got}")]
pub struct FrontierError {
    size: u64,
    expected: usize,
    got: usize,
}

impl Frontier {
    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the leaf of a record.
    pub fn push(&mut self, record: &Hash) {
        self.push_leaf(leaf(record));
    }

    /// Adds a leaf.
    pub fn push_leaf(&mut self, leaf: NodeHash) {
        let mut carry = leaf;
        // Each one bit at the end of the size is a complete subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                carry = node(&left, &carry);
            }
        }
        self.peaks.push(carry);
        self.size += 1;
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> NodeHash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return empty_root();
        };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}
