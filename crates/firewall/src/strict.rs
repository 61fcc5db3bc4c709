//! Reading JSON that somebody hostile may have written, so that one text has one meaning.
//!
//! Refused, with the path of the fault: duplicate keys, numbers beyond ±(2^53 - 1) or not finite,
//! lone surrogates, invalid UTF-8, more than 64 levels, more than 1 MiB, anything after the value.
//! What passes has the same meaning for every reader, and can be written canonically.

mod value;

use serde::de::DeserializeOwned;
use serde_json::Value;
use std::cell::RefCell;
use value::{Trail, ValueSeed};

/// The largest whole number that every reader of JSON reads alike: 2^53 - 1.
pub const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// How much is read at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The most bytes.
    pub bytes: usize,
    /// The most levels of lists and objects.
    pub depth: usize,
}

impl Default for Limits {
    /// 1 MiB and 64 levels.
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64 }
    }
}

/// Why a text was not read, and where.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{fault}")]
pub struct StrictError {
    fault: StrictFault,
    path: String,
}

impl StrictError {
    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> &StrictFault {
        &self.fault
    }

    /// Where, e.g. `parameters.items[2].name`; empty for the whole text.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// What is wrong with a text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum StrictFault {
    /// Over the limit of bytes.
    #[error("has {got} bytes; at most {most} are read")]
    Size {
        /// How many there are.
        got: usize,
        /// The limit.
        most: usize,
    },
    /// Over the limit of levels.
    #[error("is nested more than {0} levels deep")]
    Depth(usize),
    /// A key twice in one object.
    #[error("the key `{0}` stands here twice")]
    DuplicateKey(String),
    /// A number that readers read differently.
    #[error("the number is beyond ±(2^53 - 1); send it as a string")]
    Number,
    /// Not JSON.
    #[error("expected JSON: {0}")]
    Syntax(String),
    /// Not of the expected shape.
    #[error("{0}")]
    Shape(String),
}

impl StrictFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size { .. } => "json.too_large",
            Self::Depth(_) => "json.too_deep",
            Self::DuplicateKey(_) => "json.duplicate_key",
            Self::Number => "json.number",
            Self::Syntax(_) => "json.syntax",
            Self::Shape(_) => "json.shape",
        }
    }
}

/// Reads a value.
///
/// *Fails closed:* a text that could be read in two ways is not read at all.
///
/// # Errors
/// [`StrictError`] with the first fault and its path.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, StrictError> {
    let whole = |fault| StrictError { fault, path: String::new() };
    if bytes.len() > limits.bytes {
        let fault = StrictFault::Size { got: bytes.len(), most: limits.bytes };
        return Err(whole(fault));
    }
    let trail = RefCell::new(Trail::default());
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let seed = ValueSeed { depth: limits.depth, limit: limits.depth, trail: &trail };
    let read = serde::de::DeserializeSeed::deserialize(seed, &mut json);
    read.and_then(|value| json.end().map(|()| value)).map_err(|error| {
        let trail = trail.take();
        let path = trail.path();
        let fault = trail.fault.unwrap_or_else(|| StrictFault::Syntax(error.to_string()));
        StrictError { fault, path }
    })
}

/// Reads a thing: strictly as JSON first, then as what it should be.
///
/// # Errors
/// [`StrictError`] with the first fault and, for faults of the JSON itself, its path.
pub fn parse_as<T: DeserializeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, StrictError> {
    let value = parse(bytes, limits)?;
    serde_json::from_value(value).map_err(|error| StrictError {
        fault: StrictFault::Shape(error.to_string()),
        path: String::new(),
    })
}
