//! Small changes to bytes, the same for the same seed.

/// A cheap generator of numbers that look random (xorshift64*).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        // Zero would stay zero for ever.
        Self(seed ^ 0x9e37_79b9_7f4a_7c15 | 1)
    }

    /// The next number.
    pub const fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub const fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            (self.roll() % end as u64) as usize
        }
    }

    /// One of some things.
    pub fn pick<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        things.get(self.below(things.len()))
    }

    /// Where a cut may be: from 0 to `len`.
    const fn cut(&mut self, len: usize) -> usize {
        self.below(len + 1)
    }

    /// A piece of some bytes, at most `most` long.
    fn piece(&mut self, len: usize, most: usize) -> std::ops::Range<usize> {
        let start = self.cut(len);
        start..start + self.cut((len - start).min(most))
    }
}

/// The longest input.
const INPUT_MAX_BYTES: usize = 1 << 15;

/// What parsers look for.
const WORDS: [&[u8]; 48] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\n",
    b"\n\n",
    b" ",
    b"  - ",
    b"- ",
    b": ",
    b"null",
    b"true",
    b"false",
    b"~",
    b"0",
    b"-1",
    b"1e400",
    b"-0.0",
    b"1e-7",
    b".5",
    b"NaN",
    b"9007199254740991",
    b"9007199254740992",
    b"18446744073709551616",
    b"\\ud800",
    b"\\u0000",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc0\xaf",
    b"\xe2\x80\x94 ",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"!!str ",
    b"|\n",
    b"#",
    b"---\n",
    b"...",
    b"2026-04-10T14:32:01.000Z",
    b"\"a\":",
    b"*",
    b"+",
    b"=",
    b".",
];

/// A changed copy of `input`; `other` lends pieces.
#[must_use]
pub fn mutated(input: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=dice.below(5) {
        change(&mut bytes, other, dice);
    }
    bytes.truncate(INPUT_MAX_BYTES);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let len = bytes.len();
    match dice.below(9) {
        0 => flip(bytes, 1 << dice.below(8), dice),
        1 => flip(bytes, dice.roll() as u8, dice),
        2 => drop(bytes.drain(dice.piece(len, 8))),
        3 => drop(bytes.drain(dice.piece(len, len))),
        4 => insert(bytes, dice.pick(&WORDS).copied().unwrap_or_default(), dice),
        5 => {
            let piece = bytes[dice.piece(len, 64)].to_vec();
            insert(bytes, &piece, dice);
        }
        6 => insert(bytes, &other[dice.piece(other.len(), 256)], dice),
        7 => {
            let piece = dice.piece(len, 16);
            let word = dice.pick(&WORDS).copied().unwrap_or_default();
            drop(bytes.splice(piece, word.iter().copied()));
        }
        _ => {
            let piece = bytes[dice.piece(len, 32)].to_vec();
            insert(bytes, &piece.repeat(1 + dice.below(100)), dice);
        }
    }
}

fn flip(bytes: &mut [u8], bits: u8, dice: &mut Dice) {
    let at = dice.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= bits;
    }
}

fn insert(bytes: &mut Vec<u8>, piece: &[u8], dice: &mut Dice) {
    let at = dice.cut(bytes.len());
    drop(bytes.splice(at..at, piece.iter().copied()));
}
