//! The right edge of the tree: all it takes to add a leaf and to know the root.

use super::{NodeHash, empty_root, leaf, node};
use crate::chain::Hash;
use serde::{Deserialize, Serialize};

/// The roots of the complete subtrees from left to right; at most 64 of them.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Frontier {
    size: u64,
    peaks: Vec<NodeHash>,
}

impl Frontier {
    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the leaf of a record.
    pub fn push(&mut self, record: &Hash) {
        let mut carry = leaf(record);
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
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}
