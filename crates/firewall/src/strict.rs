//! Reading JSON that somebody hostile may have written, so that one text has one meaning.
//!
//! Refused, with the path of the fault: duplicate keys, numbers beyond ±(2^53 - 1) however they
//! are written, what is not finite, lone surrogates, invalid UTF-8 and byte order marks, more than
//! 64 levels, more than 1 MiB, anything after the value.
//!
//! What passes has the same meaning for every reader, and reading its canonical bytes gives the
//! same value again: whole numbers are always integers inside, `5.0` and `5e0` as well as `5`.

mod clip;
mod fault;
mod number;
mod trail;
mod value;

pub use fault::{StrictError, StrictFault};
pub use number::MAX_SAFE_INTEGER;

use number::settled;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::{Map, Value};
use std::cell::RefCell;
use trail::{Step, Trail};
use value::ValueSeed;

/// How much is read at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The most bytes.
    pub bytes: usize,
    /// The most levels of lists and objects; more than 127 are never read.
    pub depth: usize,
    /// Whether numbers that are not exact as doubles are refused; else they are rounded.
    pub exact: bool,
}

impl Limits {
    /// For what the gate itself wrote, which may sum up to more than anyone may ask for.
    pub const OURS: Self = Self {
        bytes: 16 << 20,
        depth: 80,
        exact: false,
    };
}

impl Default for Limits {
    /// 1 MiB, 64 levels, exact numbers: for what anyone may send.
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            depth: 64,
            exact: true,
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
    if bytes.len() > limits.bytes {
        let fault = StrictFault::Size {
            got: bytes.len(),
            most: limits.bytes,
        };
        return Err(StrictError::new(fault, String::new()));
    }
    // Checked once for the whole text, not again for each key and each string.
    let text = std::str::from_utf8(bytes)
        .map_err(|_| StrictError::new(StrictFault::Encoding, String::new()))?;
    let trail = RefCell::new(Trail::default());
    let mut json = serde_json::Deserializer::from_str(text);
    let seed = ValueSeed {
        room: limits.depth,
        limits,
        trail: &trail,
    };
    let read = seed.deserialize(&mut json);
    read.and_then(|value| json.end().map(|()| value))
        .map_err(|error| {
            let (fault, path) = trail.take().into_parts();
            StrictError::new(
                fault.unwrap_or_else(|| fault::of_json(text, &error, limits)),
                path,
            )
        })
}

/// Reads a thing: strictly as JSON first, then as what it should be.
///
/// # Errors
/// [`StrictError`] with the first fault and its path.
pub fn parse_as<T: DeserializeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, StrictError> {
    let value = parse(bytes, limits)?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string().as_str() {
            "." => String::new(),
            path => clip::clipped(path),
        };
        StrictError::new(
            StrictFault::Shape(clip::clipped(&error.inner().to_string())),
            path,
        )
    })
}

/// Holds an object that was read elsewhere to the same rules, and settles its numbers.
///
/// *Fails closed:* what could not have been read strictly is refused.
///
/// # Errors
/// [`StrictError`] with the first number or level that does not fit, and its path.
pub fn settle(members: &mut Map<String, Value>, limits: &Limits) -> Result<(), StrictError> {
    let mut trail = Trail::default();
    settle_members(members, limits.depth, limits, &mut trail).map_err(|fault| {
        let (_, path) = trail.into_parts();
        StrictError::new(fault, path)
    })
}

fn settle_members(
    members: &mut Map<String, Value>,
    room: usize,
    limits: &Limits,
    trail: &mut Trail,
) -> Result<(), StrictFault> {
    let room = room
        .checked_sub(1)
        .ok_or(StrictFault::Depth(limits.depth))?;
    for (key, value) in members {
        settle_value(value, room, limits, trail).inspect_err(|_| trail.step(Step::key(key)))?;
    }
    Ok(())
}

fn settle_value(
    value: &mut Value,
    room: usize,
    limits: &Limits,
    trail: &mut Trail,
) -> Result<(), StrictFault> {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
        Value::Number(number) => {
            *number = settled(number, limits.exact).ok_or(StrictFault::Number)?;
            Ok(())
        }
        Value::Object(members) => settle_members(members, room, limits, trail),
        Value::Array(items) => {
            let room = room
                .checked_sub(1)
                .ok_or(StrictFault::Depth(limits.depth))?;
            for (at, item) in items.iter_mut().enumerate() {
                settle_value(item, room, limits, trail)
                    .inspect_err(|_| trail.step(Step::Index(at)))?;
            }
            Ok(())
        }
    }
}
