//! Paths with places for values, e.g. `/projects/{project}/tickets`.
//!
//! A value fills exactly one segment, or a part of one: whatever is in it, it neither ends the
//! segment nor climbs out of it.

use serde_json::{Map, Value};
use std::fmt;

/// The longest path as it is written, in bytes.
const WRITTEN_MAX_BYTES: usize = 1_024;
/// The longest value, in bytes.
const VALUE_MAX_BYTES: usize = 1_024;
/// The value that names the action's target.
pub const TARGET: &str = "target";
/// The value that names the action's environment.
pub const ENVIRONMENT: &str = "environment";

/// A path with places.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Template {
    written: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    /// As it is.
    Text(String),
    /// The value of this name.
    Place(String),
}

/// Why a path cannot be made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unfilled {
    /// There is no such parameter.
    Missing(String),
    /// It is neither a text nor a whole number.
    NotScalar(String),
    /// It is empty, too long, or has characters that no segment has.
    Unfit(String),
    /// The segment it is in would lead elsewhere.
    Climbs(String),
}

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "parameter `{name}` is missing"),
            Self::NotScalar(name) => {
                write!(f, "parameter `{name}` is neither a text nor a whole number")
            }
            Self::Unfit(name) => write!(
                f,
                "parameter `{name}` is empty, too long, or has characters that no address has"
            ),
            Self::Climbs(name) => write!(f, "parameter `{name}` would lead elsewhere"),
        }
    }
}

impl Template {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong with it, for the operator.
    pub fn read(written: &str) -> Result<Self, &'static str> {
        if !written.starts_with('/') {
            return Err("expected a path that begins with `/`");
        }
        if written.len() > WRITTEN_MAX_BYTES {
            return Err("this path is too long");
        }
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a `{` has no `}`")?;
            if !is_name(name) {
                return Err("expected a parameter's name between `{` and `}`");
            }
            parts.push(Part::Text(text.to_owned()));
            parts.push(Part::Place(name.to_owned()));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        let texts = || {
            parts.iter().filter_map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Place(_) => None,
            })
        };
        if texts().flat_map(str::bytes).any(|byte| !is_of_path(byte)) {
            return Err("only letters, digits and `/-._~%:@!$&'()*+,;=` stand in a path");
        }
        if written.split('/').any(climbs) {
            return Err("`.` and `..` are no segments");
        }
        Ok(Self {
            written: written.to_owned(),
            parts,
        })
    }

    /// The path as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The names of the values.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Place(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The path with values in it.
    ///
    /// Fails closed: a value that is not there, or does not stay in its segment, makes no path.
    ///
    /// # Errors
    /// [`Unfilled`].
    pub fn fill(
        &self,
        parameters: &Map<String, Value>,
        (target, environment): (&str, &str),
    ) -> Result<String, Unfilled> {
        let mut path = String::with_capacity(self.written.len().saturating_mul(2));
        let mut last = "";
        for part in &self.parts {
            match part {
                Part::Text(text) => path.push_str(text),
                Part::Place(name) => {
                    last = name;
                    let value = match name.as_str() {
                        TARGET => target.to_owned(),
                        ENVIRONMENT => environment.to_owned(),
                        name => scalar(parameters.get(name), name)?,
                    };
                    encode(&value, name, &mut path)?;
                }
            }
        }
        if path.split('/').any(climbs) {
            return Err(Unfilled::Climbs(last.to_owned()));
        }
        Ok(path)
    }
}

/// Whether a segment leads elsewhere for a server that undoes percent signs before it looks for dots, as
/// many do: then `%2F` and `%5C` part it, and what is behind a `;` belongs to no name.
fn climbs(segment: &str) -> bool {
    let plain = decoded(segment.as_bytes());
    let mut names = plain.split(|byte| matches!(byte, b'/' | b'\\'));
    names.any(|name| {
        let name = name.split(|byte| *byte == b';').next();
        name.is_some_and(|name| matches!(name, b"." | b".."))
    })
}

/// The bytes with every percent sign undone, once; one that begins no escape stands for itself.
fn decoded(mut rest: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(rest.len());
    while let Some((first, behind)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| escaped(behind)).flatten();
        let (byte, after) = escaped.unwrap_or((*first, behind));
        plain.push(byte);
        rest = after;
    }
    plain
}

/// The byte of two digits, and what follows them.
fn escaped(digits: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], behind) = digits.split_first_chunk()?;
    let digit = |byte: &u8| u8::try_from(char::from(*byte).to_digit(16)?).ok();
    Some((digit(high)? << 4 | digit(low)?, behind))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

const fn is_of_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'/' | b'-'
                | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b':'
                | b'@'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
        )
}

fn scalar(value: Option<&Value>, name: &str) -> Result<String, Unfilled> {
    match value {
        None | Some(Value::Null) => Err(Unfilled::Missing(name.to_owned())),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(number.to_string()),
        Some(_) => Err(Unfilled::NotScalar(name.to_owned())),
    }
}

/// Writes a value so that nothing in it means anything (RFC 3986, 2.3).
pub(crate) fn encode(value: &str, name: &str, out: &mut String) -> Result<(), Unfilled> {
    let is_seen = |c: char| !c.is_control();
    if value.is_empty() || value.len() > VALUE_MAX_BYTES || !value.chars().all(is_seen) {
        return Err(Unfilled::Unfit(name.to_owned()));
    }
    for byte in value.bytes() {
        push(byte, out);
    }
    Ok(())
}

/// One byte, as itself if it means nothing.
pub(crate) fn push(byte: u8, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        out.push(char::from(byte));
        return;
    }
    out.push('%');
    for digit in [byte >> 4, byte & 15] {
        let digit = HEX.get(usize::from(digit)).copied().unwrap_or(b'0');
        out.push(char::from(digit));
    }
}
