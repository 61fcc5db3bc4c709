//! A reader of the little CBOR (RFC 8949) that authenticators write, so that one text has one
//! meaning.
//!
//! Refused: lengths that are not said first, numbers longer than they need be, floats, tags,
//! values beyond 64 signed bits, keys that come twice or are neither numbers nor text, more than
//! [`MAX_BYTES`], [`MAX_DEPTH`] levels or [`MAX_ITEMS`] items in one list or map.

/// The most bytes that are read.
pub const MAX_BYTES: usize = 64 << 10;

/// The most levels of lists and maps; attestations have up to six.
pub const MAX_DEPTH: usize = 8;

/// The most items of one list, and pairs of one map.
pub const MAX_ITEMS: usize = 64;

/// A value, its bytes and texts still where they were read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value<'a> {
    /// A whole number.
    Int(i64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// A list.
    List(Vec<Self>),
    /// Pairs, in the order they were written; no key comes twice.
    Map(Vec<(Self, Self)>),
    /// Yes or no.
    Bool(bool),
    /// Nothing.
    Null,
}

impl<'a> Value<'a> {
    /// The value under a number, when this is a map that has it.
    #[must_use]
    pub fn at(&self, key: i64) -> Option<&Self> {
        self.find(&Self::Int(key))
    }

    /// The value under a name, when this is a map that has it.
    #[must_use]
    pub fn named(&self, key: &'a str) -> Option<&Self> {
        self.find(&Self::Text(key))
    }

    /// The number, when this is one.
    #[must_use]
    pub const fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes, when these are some.
    #[must_use]
    pub const fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The text, when this is one.
    #[must_use]
    pub const fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    fn find(&self, key: &Self) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        pairs
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }
}

/// Reads exactly one value.
///
/// *Fails closed:* bytes that could be read in two ways are not read at all.
///
/// # Errors
/// [`CborError`].
pub fn read(bytes: &[u8]) -> Result<Value<'_>, CborError> {
    let (value, rest) = read_first(bytes)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(CborError::Trailing)
    }
}

/// Reads one value, and gives back what follows it.
///
/// # Errors
/// [`CborError`].
pub fn read_first(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), CborError> {
    if bytes.len() > MAX_BYTES {
        return Err(CborError::Large);
    }
    let mut reader = Reader { rest: bytes };
    let value = reader.value(MAX_DEPTH)?;
    Ok((value, reader.rest))
}

/// Why bytes are not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CborError {
    /// They end too early.
    #[error("it ends too early")]
    Short,
    /// They go on after the value.
    #[error("something follows it")]
    Trailing,
    /// More of them, of levels or of items than is read.
    #[error("it is too large")]
    Large,
    /// A number or length with more bytes than it needs.
    #[error("a number is longer than it need be")]
    Long,
    /// A kind of value that is not read, or a length that is not said.
    #[error("it has a kind of value that is not read")]
    Kind,
    /// A text that is no UTF-8.
    #[error("a text is no UTF-8")]
    Encoding,
    /// A key that comes twice, or is neither a number nor a text.
    #[error("a key comes twice, or is none")]
    Key,
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value<'a>, CborError> {
        let [first] = self.array()?;
        let (major, short) = (first >> 5, first & 0x1f);
        if major == 7 {
            return simple(short);
        }
        let number = self.number(short)?;
        match major {
            0 => Ok(Value::Int(signed(number)?)),
            1 => Ok(Value::Int(!signed(number)?)),
            2 => Ok(Value::Bytes(self.take(length(number)?)?)),
            3 => self.text(number),
            4 => self.list(number, depth),
            5 => self.map(number, depth),
            _ => Err(CborError::Kind),
        }
    }

    fn text(&mut self, number: u64) -> Result<Value<'a>, CborError> {
        let bytes = self.take(length(number)?)?;
        let text = std::str::from_utf8(bytes).map_err(|_| CborError::Encoding)?;
        Ok(Value::Text(text))
    }

    fn list(&mut self, number: u64, depth: usize) -> Result<Value<'a>, CborError> {
        let (count, depth) = (items(number)?, below(depth)?);
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(self.value(depth)?);
        }
        Ok(Value::List(list))
    }

    fn map(&mut self, number: u64, depth: usize) -> Result<Value<'a>, CborError> {
        let (count, depth) = (items(number)?, below(depth)?);
        let mut map: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..count {
            let key = self.value(depth)?;
            let is_key = matches!(key, Value::Int(_) | Value::Text(_));
            if !is_key || map.iter().any(|(known, _)| *known == key) {
                return Err(CborError::Key);
            }
            map.push((key, self.value(depth)?));
        }
        Ok(Value::Map(map))
    }

    /// The number in or behind a first byte, in its shortest form only.
    fn number(&mut self, short: u8) -> Result<u64, CborError> {
        let (number, least) = match short {
            0..24 => return Ok(u64::from(short)),
            24 => (u64::from(u8::from_be_bytes(self.array()?)), 24),
            25 => (u64::from(u16::from_be_bytes(self.array()?)), 1 << 8),
            26 => (u64::from(u32::from_be_bytes(self.array()?)), 1 << 16),
            27 => (u64::from_be_bytes(self.array()?), 1 << 32),
            _ => return Err(CborError::Kind),
        };
        if number < least {
            return Err(CborError::Long);
        }
        Ok(number)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], CborError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(CborError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(CborError::Short)?;
        self.rest = rest;
        Ok(*taken)
    }
}

const fn simple(short: u8) -> Result<Value<'static>, CborError> {
    match short {
        20 => Ok(Value::Bool(false)),
        21 => Ok(Value::Bool(true)),
        22 => Ok(Value::Null),
        _ => Err(CborError::Kind),
    }
}

fn signed(number: u64) -> Result<i64, CborError> {
    i64::try_from(number).map_err(|_| CborError::Kind)
}

fn length(number: u64) -> Result<usize, CborError> {
    usize::try_from(number).map_err(|_| CborError::Short)
}

fn items(number: u64) -> Result<usize, CborError> {
    let count = length(number).map_err(|_| CborError::Large)?;
    if count > MAX_ITEMS {
        return Err(CborError::Large);
    }
    Ok(count)
}

fn below(depth: usize) -> Result<usize, CborError> {
    depth.checked_sub(1).ok_or(CborError::Large)
}

#[cfg(test)]
mod tests;
