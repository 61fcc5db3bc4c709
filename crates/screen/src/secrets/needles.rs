//! Many fixed strings, found wherever they stand.
//!
//! A [sieve](super::sieve) passes over most of a text; where it stops, the strings that begin with
//! the bytes there are compared, which a search by halves finds. The strings are held once, in memory
//! that is wiped, which a general automaton could not promise. Every start is looked at, and the
//! longest string there counts; the parts found are joined afterwards, so that no tail of an
//! overlapping string is left.

use super::{
    encode::{Form, Way},
    sieve::{GRAM, Sieve, gram},
    wiped,
};
use zeroize::Zeroizing;

/// The most bytes by which strings are told apart before they are compared.
const WINDOW: usize = 12;

/// The most places in a row of which the sieve looks at one.
const STRIDE: usize = 4;

/// Stands for no string.
const NONE: u32 = u32::MAX;

/// Fixed strings, each at least [`LEAST_BYTES`](super::LEAST_BYTES) long.
pub(crate) struct Needles {
    arena: Zeroizing<Vec<u8>>,
    /// The strings by the hash of their first bytes, then in their order.
    needles: Zeroizing<Vec<Needle>>,
    /// Where the strings of a hash begin, by its upper bits.
    firsts: Zeroizing<Vec<u32>>,
    /// How many upper bits these are.
    bits: u32,
    sieve: Sieve,
    /// The windows of all strings.
    keys: Sieve,
    window: usize,
    stride: usize,
}

#[derive(Clone, Copy, Default)]
struct Needle {
    at: usize,
    len: usize,
    hash: u32,
    /// The longest other one that this one begins with.
    within: u32,
    /// How texts are read in which it is looked for.
    ways: u8,
}

impl zeroize::DefaultIsZeroes for Needle {}

/// A text that is looked through.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub text: &'a [u8],
    /// The first start that is looked at.
    pub from: usize,
    /// Whether nothing comes after it.
    pub over: bool,
    pub way: Way,
}

/// What stands at one place of a text.
pub(crate) enum Here {
    Nothing,
    Found(usize),
    /// More text is needed to tell.
    Undecided,
}

impl Needles {
    /// These strings, ready to be looked for everywhere in a text that is read `way`, and at single
    /// places in others.
    pub(super) fn new<'f>(forms: impl Iterator<Item = &'f Form> + Clone, way: Way) -> Self {
        let lengths = forms.clone().map(|form| form.bytes.len());
        let window = lengths.clone().min().unwrap_or(WINDOW).clamp(GRAM, WINDOW);
        let stride = (window - GRAM + 1).min(STRIDE);
        let count = forms.clone().count();
        let scanned = forms.clone().filter(|form| form.ways & way.bit() != 0);
        let bits = count.next_power_of_two().ilog2().clamp(4, 20);
        let mut needles = Self {
            arena: wiped(Vec::with_capacity(lengths.sum())),
            needles: wiped(Vec::with_capacity(count)),
            firsts: wiped(Vec::with_capacity((1 << bits) + 1)),
            bits,
            sieve: Sieve::new(scanned.count() * stride),
            keys: Sieve::new(count),
            window,
            stride,
        };
        forms.for_each(|form| needles.insert(form, way));
        needles.sort();
        needles
    }

    fn insert(&mut self, form: &Form, way: Way) {
        let Some(window) = form.bytes.get(..self.window) else {
            return;
        };
        let stride = if form.ways & way.bit() == 0 {
            0
        } else {
            self.stride
        };
        let grams = (0..stride).filter_map(|place| gram(window, place));
        grams.for_each(|gram| self.sieve.insert(gram));
        self.keys.insert(key(window));
        self.needles.push(Needle {
            at: self.arena.len(),
            len: form.bytes.len(),
            hash: hash(key(window)),
            within: NONE,
            ways: form.ways,
        });
        self.arena.extend_from_slice(&form.bytes);
    }

    /// Puts the strings in their order, and finds which begin with which.
    fn sort(&mut self) {
        let arena = &self.arena;
        let order = |one: &Needle| (one.hash, text_of(arena, one));
        self.needles
            .sort_unstable_by(|one, other| order(one).cmp(&order(other)));
        self.needles.dedup_by(|one, other| {
            let same = order(one) == order(other);
            other.ways |= if same { one.ways } else { 0 };
            same
        });
        let mut open: Vec<u32> = Vec::new();
        for at in 0..self.needles.len() {
            let Some(one) = self.needles.get(at).copied() else {
                return;
            };
            let begins = |other: &Needle| {
                one.hash == other.hash && text_of(arena, &one).starts_with(text_of(arena, other))
            };
            while let Some(last) = open.last() {
                if self.needles.get(*last as usize).is_some_and(begins) {
                    break;
                }
                open.pop();
            }
            if let Some(one) = self.needles.get_mut(at) {
                one.within = open.last().copied().unwrap_or(NONE);
            }
            open.push(u32::try_from(at).unwrap_or(NONE));
        }
        let upper = |one: &Needle| one.hash >> (32 - self.bits);
        for wanted in 0..=1_u32 << self.bits {
            let first = self.needles.partition_point(|one| upper(one) < wanted);
            self.firsts.push(u32::try_from(first).unwrap_or(NONE));
        }
    }

    /// The strings that may begin with a window of this hash.
    fn alike(&self, hash: u32) -> &[Needle] {
        let upper = (hash >> (32 - self.bits)) as usize;
        let bound = |at: usize| self.firsts.get(at).map_or(0, |first| *first as usize);
        let some = self.needles.get(bound(upper)..bound(upper + 1));
        let some = some.unwrap_or_default();
        let from = some.partition_point(|one| one.hash < hash);
        let some = some.get(from..).unwrap_or_default();
        let until = some.partition_point(|one| one.hash == hash);
        some.get(..until).unwrap_or_default()
    }

    /// How long the longest of those for `way` is.
    pub(crate) fn longest(&self, way: Way) -> usize {
        let some = self.needles.iter().filter(|one| one.ways & way.bit() != 0);
        some.map(|one| one.len).max().unwrap_or(0)
    }

    /// Looks at every start, and returns the first that more text could change.
    pub(crate) fn scan(&self, stretch: Stretch<'_>, found: &mut impl FnMut(usize, usize)) -> usize {
        let Stretch { text, from, .. } = stretch;
        let mut next = from;
        while let Some(place) = self.sieve.next(text, next, self.stride) {
            for start in (place + 1).saturating_sub(self.stride).max(from)..=place {
                match self.here(stretch, start) {
                    Here::Undecided => return start,
                    Here::Found(len) => found(start, len),
                    Here::Nothing => {}
                }
            }
            next = place + self.stride;
        }
        if stretch.over {
            return text.len();
        }
        let room = text.len().checked_sub(from + GRAM);
        room.map_or(from, |room| from + room / self.stride * self.stride + 1)
    }

    /// What stands at `start`. The strings that the text there begins with come before it in their
    /// order, the longest of them last, and those that begin with it follow.
    pub(crate) fn here(&self, stretch: Stretch<'_>, start: usize) -> Here {
        let Stretch {
            text, over, way, ..
        } = stretch;
        let rest = text.get(start..).unwrap_or_default();
        let Some(key) = rest.get(..self.window).map(key) else {
            return if over { Here::Nothing } else { Here::Undecided };
        };
        if !self.keys.holds(key) {
            return Here::Nothing;
        }
        let is_wanted = |one: &Needle| one.ways & way.bit() != 0;
        let (before, behind) = split_at_text(self.alike(hash(key)), &self.arena, rest);
        let mut longer = behind
            .iter()
            .take_while(|one| text_of(&self.arena, one).starts_with(rest));
        if !over && longer.any(is_wanted) {
            return Here::Undecided;
        }
        let mut best = before.last();
        while let Some(one) = best {
            if is_wanted(one) && rest.starts_with(text_of(&self.arena, one)) {
                return Here::Found(one.len);
            }
            best = self.needles.get(one.within as usize);
        }
        Here::Nothing
    }
}

/// Those that come before `rest` or are it, and those behind.
fn split_at_text<'n>(
    needles: &'n [Needle],
    arena: &[u8],
    rest: &[u8],
) -> (&'n [Needle], &'n [Needle]) {
    let place = needles.partition_point(|one| text_of(arena, one) <= rest);
    needles.split_at_checked(place).unwrap_or((needles, &[]))
}

fn text_of<'a>(arena: &'a [u8], needle: &Needle) -> &'a [u8] {
    let text = arena.get(needle.at..needle.at + needle.len);
    text.unwrap_or_default()
}

/// The first and last bytes of a window, which overlap in a short one.
fn key(window: &[u8]) -> u64 {
    let first = gram(window, 0).unwrap_or(0);
    let last = gram(window, window.len().saturating_sub(GRAM)).unwrap_or(0);
    first ^ last.rotate_right(16)
}

fn hash(key: u64) -> u32 {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::{Needles, Stretch};
    use crate::secrets::encode::{Form, Way};
    use proptest::{collection::vec, prelude::*};

    fn forms(strings: &[(String, u8)]) -> Vec<Form> {
        let form = |(string, ways): &(String, u8)| Form {
            bytes: string.clone().into_bytes().into(),
            ways: *ways,
        };
        strings.iter().map(form).collect()
    }

    fn scan(needles: &Needles, stretch: Stretch<'_>) -> (Vec<(usize, usize)>, usize) {
        let mut found = Vec::new();
        let until = needles.scan(stretch, &mut |at, length| found.push((at, length)));
        (found, until)
    }

    proptest! {
        #[test]
        fn the_longest_at_every_start_is_found_in_one_go_or_two(
            strings in vec(("[ab]{6,9}|[ab]{9,18}c?", 1_u8..4), 1..40),
            text in "[ab]{0,40}c?[ab]{0,40}",
            cut in 0_usize..80,
        ) {
            let text = text.as_bytes();
            for way in [Way::Exact, Way::Loose] {
                let needles = Needles::new(forms(&strings).iter(), way);
                let longest = |at: usize| {
                    let wanted = strings.iter().filter(|(_, ways)| ways & way.bit() != 0);
                    let here = wanted.filter(|(one, _)| text[at..].starts_with(one.as_bytes()));
                    here.map(|(one, _)| one.len()).max().map(|length| (at, length))
                };
                let want: Vec<_> = (0..text.len()).filter_map(longest).collect();
                let whole = Stretch { text, from: 0, over: true, way };
                prop_assert_eq!(scan(&needles, whole), (want.clone(), text.len()));
                let part = Stretch { text: &text[..cut.min(text.len())], over: false, ..whole };
                let (mut found, from) = scan(&needles, part);
                found.extend(scan(&needles, Stretch { from, ..whole }).0);
                prop_assert_eq!(found, want);
            }
        }
    }
}
