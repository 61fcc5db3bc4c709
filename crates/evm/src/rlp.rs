//! RLP (Ethereum yellow paper, appendix B), as much of it as transactions need.

/// Something that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Item<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list.
    List(Vec<Self>),
}

/// The deepest list within lists that is read.
const DEPTH: usize = 4;

/// Reads one item that takes all the bytes.
pub(crate) fn read(bytes: &[u8]) -> Option<Item<'_>> {
    let (item, rest) = item(bytes, 0)?;
    rest.is_empty().then_some(item)
}

fn item(bytes: &[u8], depth: usize) -> Option<(Item<'_>, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    match first {
        0..=0x7f => Some((Item::Bytes(bytes.get(..1)?), rest)),
        0x80..=0xbf => {
            let (content, rest) = content(first - 0x80, rest)?;
            // A small byte stands for itself.
            if matches!(content, [0..=0x7f]) {
                return None;
            }
            Some((Item::Bytes(content), rest))
        }
        0xc0..=0xff => {
            if depth == DEPTH {
                return None;
            }
            let (mut content, rest) = content(first - 0xc0, rest)?;
            let mut items = Vec::new();
            while !content.is_empty() {
                let (one, left) = item(content, depth + 1)?;
                items.push(one);
                content = left;
            }
            Some((Item::List(items), rest))
        }
    }
}

/// The content behind a mark: up to 55 bytes, or a length of its own.
fn content(mark: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if mark <= 55 {
        return bytes.split_at_checked(usize::from(mark));
    }
    let (length, rest) = bytes.split_at_checked(usize::from(mark - 55))?;
    let length = number(length)?;
    let length = usize::try_from(length).ok()?;
    (length > 55)
        .then(|| rest.split_at_checked(length))
        .flatten()
}

/// A number without leading zeros.
pub(crate) fn number(bytes: &[u8]) -> Option<u128> {
    if bytes.first() == Some(&0) || bytes.len() > 16 {
        return None;
    }
    let digits = bytes.iter().map(|byte| u128::from(*byte));
    Some(digits.fold(0, |number, byte| number << 8 | byte))
}

/// Writes bytes.
pub(crate) fn put(bytes: &[u8], out: &mut Vec<u8>) {
    if !matches!(bytes, [0..=0x7f]) {
        head(0x80, bytes.len(), out);
    }
    out.extend(bytes);
}

/// Writes a number.
pub(crate) fn put_number(bytes: &[u8], out: &mut Vec<u8>) {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    put(bytes.get(zeros..).unwrap_or_default(), out);
}

/// Writes a list of what is written already.
pub(crate) fn list(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 9);
    head(0xc0, content.len(), &mut out);
    out.extend(content);
    out
}

fn head(base: u8, length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(short @ 0..=55) => out.push(base + short),
        _ => {
            let bytes = length.to_be_bytes();
            let digits = bytes.iter().skip_while(|byte| **byte == 0);
            let count = u8::try_from(digits.clone().count()).unwrap_or(u8::MAX);
            out.push(base.saturating_add(55).saturating_add(count));
            out.extend(digits);
        }
    }
}
