//! Many fixed strings, found wherever they stand.
//!
//! A table of shifts (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994) skips
//! what cannot be the start of any of them; what is left is compared. It holds the strings once, in
//! memory that is wiped, which a general automaton could not promise. Every start is looked at, and
//! the longest string there counts; the parts found are joined afterwards, so that no tail of an
//! overlapping string is left.

use crate::secrets::wiped;
use zeroize::Zeroizing;

/// The most bytes of the window that is slid along a text.
const WINDOW: usize = 12;

/// The bytes that the table of shifts is asked for.
const BLOCK: usize = 4;

/// How many bits of a hash the index of the strings is asked for.
const UPPER_BITS: u32 = 14;

/// Fixed strings, each at least [`LEAST_BYTES`](super::LEAST_BYTES) long.
pub(crate) struct Needles {
    arena: Zeroizing<Vec<u8>>,
    /// Where each string lies in the arena, by the hash of its first window.
    places: Zeroizing<Vec<Place>>,
    /// Where the places of a hash begin, by its upper bits.
    firsts: Zeroizing<Vec<u32>>,
    shifts: Zeroizing<Vec<u8>>,
    bits: u32,
    window: usize,
    longest: usize,
}

#[derive(Clone, Copy, Default)]
struct Place {
    hash: u32,
    at: usize,
    len: usize,
}

impl zeroize::DefaultIsZeroes for Place {}

/// What stands at one place of a text.
enum Here {
    Nothing,
    Found(usize),
    /// More text is needed to tell.
    Undecided,
}

impl Needles {
    pub(crate) fn new(strings: &[Zeroizing<Vec<u8>>]) -> Self {
        let window = strings.iter().map(|one| one.len()).min();
        let window = window.unwrap_or(WINDOW).clamp(BLOCK, WINDOW);
        let blocks = strings.len() * (window - BLOCK + 1);
        let bits = (blocks * 16).next_power_of_two().ilog2().clamp(8, 18);
        let far = u8::try_from(window - BLOCK + 1).unwrap_or(1);
        let mut needles = Self {
            arena: wiped(Vec::with_capacity(
                strings.iter().map(|one| one.len()).sum(),
            )),
            places: wiped(Vec::with_capacity(strings.len())),
            firsts: wiped(Vec::with_capacity((1 << UPPER_BITS) + 1)),
            shifts: wiped(vec![far; 1 << bits]),
            bits,
            window,
            longest: strings.iter().map(|one| one.len()).max().unwrap_or(0),
        };
        for string in strings {
            needles.insert(string);
        }
        needles.places.sort_unstable_by_key(|place| place.hash);
        needles.index();
        needles
    }

    fn insert(&mut self, string: &[u8]) {
        let Some(head) = string.get(..self.window) else {
            return;
        };
        let (at, len) = (self.arena.len(), string.len());
        self.arena.extend_from_slice(string);
        self.places.push(Place {
            hash: window_hash(head),
            at,
            len,
        });
        let last = self.window - BLOCK;
        for (block, offset) in head.array_windows_of_block().zip(0..) {
            let shift = u8::try_from(last - offset).unwrap_or(0);
            let slot = block_hash(block, self.bits);
            if let Some(known) = self.shifts.get_mut(slot) {
                *known = shift.min(*known);
            }
        }
    }

    fn index(&mut self) {
        let mut place = 0;
        for upper in 0..=1_u32 << UPPER_BITS {
            let begins = |place: &Place| place.hash >> (32 - UPPER_BITS) >= upper;
            while self.places.get(place).is_some_and(|known| !begins(known)) {
                place += 1;
            }
            self.firsts.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
    }

    /// The strings that may begin with a window of this hash.
    fn alike(&self, hash: u32) -> &[Place] {
        let upper = (hash >> (32 - UPPER_BITS)) as usize;
        let bound = |at: usize| self.firsts.get(at).map_or(0, |first| *first as usize);
        self.places
            .get(bound(upper)..bound(upper + 1))
            .unwrap_or_default()
    }

    pub(crate) const fn longest(&self) -> usize {
        self.longest
    }

    /// Looks at every start from `from` on, and returns the first that more text could change.
    pub(crate) fn scan(
        &self,
        text: &[u8],
        from: usize,
        over: bool,
        found: &mut impl FnMut(usize, usize),
    ) -> usize {
        let mut start = from;
        while let Some(window) = text.get(start..start + self.window) {
            let shift = self.shift(window);
            if shift > 0 {
                start += shift;
                continue;
            }
            match self.here(text, start, window, over) {
                Here::Undecided => return start,
                Here::Found(len) => found(start, len),
                Here::Nothing => {}
            }
            start += 1;
        }
        if over {
            text.len()
        } else {
            start.min(text.len())
        }
    }

    /// Whether any string stands in `text`, or may begin at its end unless it is `over`; else the
    /// first start that more text could change.
    pub(crate) fn clean_until(&self, text: &[u8], from: usize, over: bool) -> Option<usize> {
        let mut start = from;
        while let Some(window) = text.get(start..start + self.window) {
            let shift = self.shift(window);
            if shift > 0 {
                start += shift;
                continue;
            }
            if !matches!(self.here(text, start, window, over), Here::Nothing) {
                return None;
            }
            start += 1;
        }
        Some(start.min(text.len()))
    }

    fn shift(&self, window: &[u8]) -> usize {
        let Some(block) = window.last_chunk::<BLOCK>() else {
            return 1;
        };
        let shift = self.shifts.get(block_hash(block, self.bits));
        usize::from(shift.copied().unwrap_or(0))
    }

    fn here(&self, text: &[u8], start: usize, window: &[u8], over: bool) -> Here {
        let hash = window_hash(window);
        let rest = text.get(start..).unwrap_or_default();
        let mut best = 0;
        for place in self.alike(hash).iter().filter(|place| place.hash == hash) {
            let string = self.arena.get(place.at..place.at + place.len);
            let string = string.unwrap_or_default();
            if rest.starts_with(string) {
                best = best.max(string.len());
            } else if !over && string.len() > rest.len() && string.starts_with(rest) {
                return Here::Undecided;
            }
        }
        if best > 0 {
            Here::Found(best)
        } else {
            Here::Nothing
        }
    }
}

/// The blocks of a window, in their order.
trait Blocks {
    fn array_windows_of_block(&self) -> impl Iterator<Item = &[u8; BLOCK]>;
}

impl Blocks for [u8] {
    fn array_windows_of_block(&self) -> impl Iterator<Item = &[u8; BLOCK]> {
        self.windows(BLOCK).filter_map(|block| block.first_chunk())
    }
}

fn block_hash(block: &[u8; BLOCK], bits: u32) -> usize {
    (u32::from_le_bytes(*block).wrapping_mul(0x9e37_79b1) >> (32 - bits)) as usize
}

/// Of its first and last bytes, which overlap in a short window.
fn window_hash(window: &[u8]) -> u32 {
    let half =
        |block: Option<&[u8; BLOCK]>| u64::from(u32::from_le_bytes(*block.unwrap_or(&[0; BLOCK])));
    let both = half(window.first_chunk()) << 32 | half(window.last_chunk());
    (both.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}
