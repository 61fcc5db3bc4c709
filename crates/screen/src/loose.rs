//! A text as it reads once percent signs and backslashes are undone and blanks are left out.
//!
//! A secret can be written in more ways than can be listed: any of its characters as `%XX` or
//! `\u00XX`, its base64 with a line break anywhere. Both the text and the secrets are brought to
//! one form here, byte by byte, so that it cannot matter how a text is cut. However often a text was
//! escaped, a run of backslashes counts as one, and one that begins no escape is left out.

/// The most blanks in a row that are left out; longer runs part what stands on their sides.
pub(crate) const MOST_BLANKS: u8 = 16;

/// The most backslashes in a row that count as one.
pub(crate) const MOST_SLASHES: u8 = 8;

/// One for every byte that is no blank.
static KEPT: [u8; 256] = kept();

/// What parts two sides of a long run of blanks: no secret in this form contains it.
const BARRIER: u8 = b'\n';

/// One byte of the form, and where in the text it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub byte: u8,
    pub start: u64,
    pub end: u64,
}

/// The reader of a text, one byte at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loose {
    state: State,
    /// Where what is not decided yet begins.
    start: u64,
    /// The first half of a pair of surrogates, which waits for the second.
    high: Option<High>,
    blanks: u8,
}

#[derive(Debug, Clone, Copy)]
struct High {
    unit: u16,
    start: u64,
    end: u64,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Plain,
    Percent,
    PercentOne(u8),
    Slash(u8),
    Unicode {
        seen: u8,
        digits: [u8; 4],
    },
}

impl Loose {
    /// Whether no escape is under way, so that what comes next is read as if nothing came before, but for
    /// blanks.
    #[inline]
    pub(crate) const fn is_settled(&self) -> bool {
        matches!(self.state, State::Plain) && self.high.is_none()
    }

    /// Reads several bytes at once if they stand for themselves or are blanks that are left out: puts
    /// them at the beginning of `out`, and says how many there are. Otherwise nothing is read.
    #[inline]
    pub(crate) fn feed_plain<const N: usize>(
        &mut self,
        bytes: &[u8; N],
        out: &mut [u8; N],
    ) -> Option<usize> {
        if !self.is_settled() || has(bytes, |byte| byte == b'%' || byte == b'\\') {
            return None;
        }
        if !has(bytes, |byte| byte <= b' ') {
            *out = *bytes;
            self.blanks = 0;
            return Some(N);
        }
        let (mut kept, mut blanks) = (0, u32::from(self.blanks));
        for chunk in bytes.as_chunks().0 {
            let before = kept;
            for byte in chunk {
                if let Some(slot) = out.get_mut(kept) {
                    *slot = *byte;
                }
                kept += usize::from(KEPT.get(usize::from(*byte)).copied().unwrap_or(1));
            }
            blanks = after_blanks(blanks, *chunk, kept - before)?;
        }
        self.blanks = u8::try_from(blanks).unwrap_or(u8::MAX);
        Some(kept)
    }

    /// Where what is not decided yet begins, if the text so far ends at `end`.
    pub(crate) fn pending(&self, end: u64) -> u64 {
        let plain = matches!(self.state, State::Plain);
        let start = if plain { end } else { self.start };
        self.high.map_or(start, |high| high.start)
    }

    /// Reads the byte at `at`.
    pub(crate) fn feed(&mut self, byte: u8, at: u64, out: &mut impl FnMut(Piece)) {
        match self.state {
            State::Plain => self.fresh(byte, at, out),
            State::Percent if byte.is_ascii_hexdigit() => self.state = State::PercentOne(byte),
            State::Percent => {
                self.put(b'%', self.start, at, out);
                self.fresh(byte, at, out);
            }
            State::PercentOne(high) => match (digit(high), digit(byte)) {
                (Some(high), Some(low)) => {
                    self.state = State::Plain;
                    self.put(high << 4 | low, self.start, at + 1, out);
                }
                _ => {
                    self.put(b'%', self.start, self.start + 1, out);
                    self.put(high, self.start + 1, at, out);
                    self.fresh(byte, at, out);
                }
            },
            State::Slash(run) => self.after_slash(run, byte, at, out),
            State::Unicode { seen, mut digits } => {
                if !byte.is_ascii_hexdigit() {
                    self.give_up(seen, digits, at, out);
                    return self.fresh(byte, at, out);
                }
                if let Some(slot) = digits.get_mut(usize::from(seen)) {
                    *slot = byte;
                }
                self.state = State::Unicode {
                    seen: seen + 1,
                    digits,
                };
                if seen == 3 {
                    self.unicode(digits, at, out);
                }
            }
        }
    }

    /// The text is over: what is pending stands for itself.
    pub(crate) fn finish(&mut self, at: u64, out: &mut impl FnMut(Piece)) {
        match self.state {
            State::Plain | State::Slash(_) => {}
            State::Percent => self.put(b'%', self.start, at, out),
            State::PercentOne(high) => {
                self.put(b'%', self.start, self.start + 1, out);
                self.put(high, self.start + 1, at, out);
            }
            State::Unicode { seen, digits } => self.give_up(seen, digits, at, out),
        }
        self.state = State::Plain;
        self.let_go(out);
    }

    fn fresh(&mut self, byte: u8, at: u64, out: &mut impl FnMut(Piece)) {
        self.start = at;
        self.state = match byte {
            b'%' => State::Percent,
            b'\\' => State::Slash(1),
            _ => {
                self.state = State::Plain;
                return self.put(byte, at, at + 1, out);
            }
        };
    }

    fn after_slash(&mut self, run: u8, byte: u8, at: u64, out: &mut impl FnMut(Piece)) {
        self.state = State::Plain;
        let meant = match byte {
            b'\\' if run < MOST_SLASHES => {
                self.state = State::Slash(run + 1);
                return;
            }
            b'u' => {
                self.state = State::Unicode {
                    seen: 0,
                    digits: [0; 4],
                };
                return;
            }
            b'n' | b'r' | b't' => b' ',
            b'b' => 0x08,
            b'f' => 0x0c,
            b'"' | b'/' | b'\'' => byte,
            _ => return self.fresh(byte, at, out),
        };
        self.put(meant, self.start, at + 1, out);
    }

    /// Two surrogates are one character; one alone is written as UTF-8 would, were it one.
    fn unicode(&mut self, digits: [u8; 4], at: u64, out: &mut impl FnMut(Piece)) {
        self.state = State::Plain;
        let unit = digits
            .iter()
            .filter_map(|one| digit(*one))
            .fold(0_u16, |unit, one| unit << 4 | u16::from(one));
        let (start, end) = (self.start, at + 1);
        if let Some(high) = self.high.filter(|_| (0xdc00..0xe000).contains(&unit)) {
            self.high = None;
            let pair = char::decode_utf16([high.unit, unit]).find_map(Result::ok);
            let mut bytes = [0; 4];
            for byte in pair.unwrap_or_default().encode_utf8(&mut bytes).bytes() {
                self.put(byte, high.start, end, out);
            }
        } else if (0xd800..0xdc00).contains(&unit) {
            self.let_go(out);
            self.high = Some(High { unit, start, end });
        } else {
            for byte in unit_bytes(unit).into_iter().flatten() {
                self.put(byte, start, end, out);
            }
        }
    }

    /// No second half came.
    fn let_go(&mut self, out: &mut impl FnMut(Piece)) {
        if let Some(High { unit, start, end }) = self.high.take() {
            for byte in unit_bytes(unit).into_iter().flatten() {
                self.put(byte, start, end, out);
            }
        }
    }

    fn give_up(&mut self, seen: u8, digits: [u8; 4], at: u64, out: &mut impl FnMut(Piece)) {
        self.state = State::Plain;
        let letter = at.saturating_sub(u64::from(seen) + 1);
        self.put(b'u', letter, letter + 1, out);
        for (byte, place) in digits.into_iter().take(usize::from(seen)).zip(letter + 1..) {
            self.put(byte, place, place + 1, out);
        }
    }

    fn put(&mut self, byte: u8, start: u64, end: u64, out: &mut impl FnMut(Piece)) {
        self.let_go(out);
        if byte == b'\\' {
            return;
        }
        if !is_blank(byte) {
            self.blanks = 0;
            return out(Piece { byte, start, end });
        }
        self.blanks = self.blanks.saturating_add(1);
        if self.blanks == MOST_BLANKS + 1 {
            let byte = BARRIER;
            out(Piece { byte, start, end });
        }
    }
}

/// A UTF-16 unit in up to three bytes, the way UTF-8 would write it were it a character.
fn unit_bytes(unit: u16) -> [Option<u8>; 3] {
    let low = |shift: u16| (unit >> shift & 0x3f).to_le_bytes()[0] | 0x80;
    match unit {
        0..0x80 => [Some(unit.to_le_bytes()[0]), None, None],
        0x80..0x800 => [
            Some((unit >> 6).to_le_bytes()[0] | 0xc0),
            Some(low(0)),
            None,
        ],
        _ => [
            Some((unit >> 12).to_le_bytes()[0] | 0xe0),
            Some(low(6)),
            Some(low(0)),
        ],
    }
}

/// Whether one of `bytes` is like this.
#[inline]
fn has<const N: usize>(bytes: &[u8; N], like: impl Fn(u8) -> bool) -> bool {
    let any = bytes
        .iter()
        .fold(0, |any, byte| any | u8::from(like(*byte)));
    any != 0
}

/// How many blanks stand at the end once `chunk` has come behind `blanks` of them and `kept` of it are no
/// blanks; nothing if a run is too long, or if a byte looks like a blank and is none.
#[inline]
fn after_blanks(blanks: u32, chunk: [u8; 8], kept: usize) -> Option<u32> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(chunk);
    // The highest bit of each byte that is above a blank.
    let solid = (((word | HIGH) - 0x2121_2121_2121_2121) | word) & HIGH;
    let (first, last) = (solid.trailing_zeros() / 8, solid.leading_zeros() / 8);
    let count = (solid >> 7).wrapping_mul(0x0101_0101_0101_0101) >> 56;
    let fits = blanks + first <= u32::from(MOST_BLANKS) && count == kept as u64;
    fits.then_some(if solid == 0 { blanks + 8 } else { last })
}

#[expect(clippy::indexing_slicing, reason = "every byte is below 256")]
const fn kept() -> [u8; 256] {
    let mut kept = [0; 256];
    let mut byte = 0_u8;
    loop {
        kept[byte as usize] = if is_blank(byte) { 0 } else { 1 };
        if byte == u8::MAX {
            return kept;
        }
        byte += 1;
    }
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The whole of `bytes` in this form.
pub(crate) fn loose(bytes: &[u8]) -> zeroize::Zeroizing<Vec<u8>> {
    let mut form = zeroize::Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut reader = Loose::default();
    let mut out = |piece: Piece| form.push(piece.byte);
    for (byte, at) in bytes.iter().zip(0..) {
        reader.feed(*byte, at, &mut out);
    }
    reader.finish(bytes.len() as u64, &mut out);
    form
}

/// Whether `bytes` give the same form with the same places wherever they stand, if no escape is under way
/// before them: they begin with what is kept, and no escape is under way behind them.
pub(crate) fn is_settled(bytes: &[u8]) -> bool {
    let end = bytes.len() as u64;
    let (mut first, mut last) = (None, None);
    let mut reader = Loose::default();
    for (byte, at) in bytes.iter().zip(0..) {
        reader.feed(*byte, at, &mut |piece: Piece| {
            first = first.or(Some(piece.start));
            last = Some(piece.end);
        });
    }
    reader.is_settled() && first == Some(0) && last == Some(end)
}

/// The form of a text in which `bytes` are escaped throughout: what looks like an escape in them is
/// none.
pub(crate) fn literal(bytes: &[u8]) -> zeroize::Zeroizing<Vec<u8>> {
    let mut form = zeroize::Zeroizing::new(Vec::with_capacity(bytes.len()));
    let mut reader = Loose::default();
    for (byte, at) in bytes.iter().zip(0..) {
        reader.put(*byte, at, at + 1, &mut |piece: Piece| form.push(piece.byte));
    }
    form
}
