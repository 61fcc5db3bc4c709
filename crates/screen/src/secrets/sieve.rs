//! A quick look that says where no fixed string can begin.
//!
//! Three bits for each short gram of the strings, all in one word (Putze, Sanders and Singler, "Cache-,
//! hash- and space-efficient Bloom filters", 2007): one fetch tells whether a gram may be one of them.
//! When every string has several grams at its beginning in here, a text is looked at in strides.

use super::wiped;
use zeroize::Zeroizing;

/// The bytes of a gram: with fewer, too much of any hex would be looked at twice.
pub(super) const GRAM: usize = 5;

/// The bits for each gram.
const BITS: usize = 10;

/// The most words: what still fits beside other things in the cache of a core.
const MOST_WORDS: usize = 1 << 16;

pub(super) struct Sieve {
    words: Zeroizing<Vec<u64>>,
}

impl Sieve {
    /// Room for so many grams.
    pub(super) fn new(grams: usize) -> Self {
        let words = (grams * BITS).div_ceil(64).clamp(2, MOST_WORDS);
        Self {
            words: wiped(vec![0; words]),
        }
    }

    pub(super) fn insert(&mut self, gram: u64) {
        let (place, bits) = self.place(gram);
        if let Some(word) = self.words.get_mut(place) {
            *word |= bits;
        }
    }

    /// Whether this may be one of the grams.
    pub(super) fn holds(&self, gram: u64) -> bool {
        let (place, bits) = self.place(gram);
        let word = self.words.get(place).copied();
        word.unwrap_or(u64::MAX) & bits == bits
    }

    /// The first of `from`, `from + stride`, … where one of the grams may stand.
    pub(super) fn next(&self, text: &[u8], from: usize, stride: usize) -> Option<usize> {
        let mut at = from;
        while !self.holds(gram(text, at)?) {
            at += stride;
        }
        Some(at)
    }

    /// The word of a gram, and its bits there.
    fn place(&self, gram: u64) -> (usize, u64) {
        let hash = gram.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = hash ^ hash >> 29;
        let bits = 1 << (mixed & 63) | 1 << (mixed >> 6 & 63) | 1 << (mixed >> 12 & 63);
        let word = ((hash >> 32) * self.words.len() as u64) >> 32;
        (usize::try_from(word).unwrap_or(usize::MAX), bits)
    }
}

/// The bytes of the gram at `at`, in the upper part of a number.
pub(super) fn gram(text: &[u8], at: usize) -> Option<u64> {
    let rest = text.get(at..)?;
    if let Some(eight) = rest.first_chunk() {
        return Some(u64::from_le_bytes(*eight) << 24);
    }
    let [a, b, c, d, e] = *rest.first_chunk::<GRAM>()?;
    Some(u64::from_le_bytes([0, 0, 0, a, b, c, d, e]))
}
