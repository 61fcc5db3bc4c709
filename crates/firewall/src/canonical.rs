//! One way to write each JSON value (RFC 8785), so that equal values have equal bytes.
//!
//! Whole values are written by [`write()`]; shapes known beforehand are written field by field
//! with [`Object`], without building a value first. Numbers follow ECMAScript and are doubles, so
//! two integers beyond 2^53 can share their bytes: whatever must be told apart goes through
//! [`crate::strict`] before.

mod object;
mod scalar;

pub use object::{Array, Object};
pub(crate) use scalar::plain_run;

use serde_json::{Map, Value};
use smallvec::SmallVec;
use std::cmp::Ordering;

/// The canonical bytes of a value.
#[must_use]
pub fn to_vec(value: &Value) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    write(value, &mut out);
    out
}

/// Appends the canonical bytes of a value.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(truth) => scalar::boolean(*truth, out),
        Value::Number(number) => scalar::json_number(number, out),
        Value::String(text) => scalar::string(text, out),
        Value::Array(items) => array(items, out),
        Value::Object(members) => write_object(members, out),
    }
}

fn array(items: &[Value], out: &mut Vec<u8>) {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

/// Appends the canonical bytes of an object.
pub fn write_object(members: &Map<String, Value>, out: &mut Vec<u8>) {
    // The map's own order is right unless keys mix the top of the first plane with later planes.
    if members
        .keys()
        .is_sorted_by(|a, b| key_order(a, b) == Ordering::Less)
    {
        return in_order(members.iter(), out);
    }
    let mut sorted: SmallVec<[(&String, &Value); 16]> = members.iter().collect();
    sorted.sort_unstable_by(|(a, _), (b, _)| key_order(a, b));
    in_order(sorted.into_iter(), out);
}

fn in_order<'v>(members: impl Iterator<Item = (&'v String, &'v Value)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (key, value)) in members.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        scalar::string(key, out);
        out.push(b':');
        write(value, out);
    }
    out.push(b'}');
}

/// The order of keys: by UTF-16 code units.
///
/// It is the order of the UTF-8 bytes but for one case: characters beyond the first plane (lead
/// byte from F0) are surrogates in UTF-16 and come before U+E000 to U+FFFF (lead bytes EE and EF).
#[must_use]
pub fn key_order(a: &str, b: &str) -> Ordering {
    let differing = a.bytes().zip(b.bytes()).find(|(a, b)| a != b);
    match differing {
        Some((0xf0.., 0xee..=0xef)) => Ordering::Less,
        Some((0xee..=0xef, 0xf0..)) => Ordering::Greater,
        Some((a, b)) => a.cmp(&b),
        None => a.len().cmp(&b.len()),
    }
}
