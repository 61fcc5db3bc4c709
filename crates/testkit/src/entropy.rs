//! Entropy that is always the same.

use portcullis_firewall::ports::{Entropy, EntropyError};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Bytes that look random and depend on the seed alone; the generator is SplitMix64.
#[derive(Debug)]
pub struct SeededEntropy {
    state: AtomicU64,
    dry: AtomicBool,
}

impl SeededEntropy {
    /// The same seed gives the same bytes.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            state: AtomicU64::new(seed),
            dry: AtomicBool::new(false),
        }
    }

    /// From now on there is none to give, or there is again.
    pub fn run_dry(&self, dry: bool) {
        self.dry.store(dry, Ordering::SeqCst);
    }

    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let z = self
            .state
            .fetch_add(STEP, Ordering::SeqCst)
            .wrapping_add(STEP);
        mix(z)
    }
}

/// Spreads every bit of a number over all of it.
const fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Default for SeededEntropy {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        if self.dry.load(Ordering::SeqCst) {
            return Err(EntropyError);
        }
        for chunk in bytes.chunks_mut(8) {
            for (byte, random) in chunk.iter_mut().zip(self.next().to_le_bytes()) {
                *byte = random;
            }
        }
        Ok(())
    }
}
