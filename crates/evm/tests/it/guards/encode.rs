//! Encodes calls from a signature and values as cases write them.
//!
//! It is written from the ABI's own text and shares nothing with the library that the gate decodes with, so
//! that both have to agree.

use alloy_primitives::{U256, hex};
use serde_json::Value;

use super::{cases::Calls, names};

/// One type of the ABI, as far as guards meet it.
#[derive(Debug, PartialEq)]
enum Kind {
    /// A word: numbers, addresses, truths, fixed bytes.
    Word,
    Bytes,
    List(Box<Self>),
    Tuple(Vec<Self>),
}

/// The calldata of `function` with these arguments.
pub(super) fn call(function: &str, arguments: &Value, calls: &Calls) -> Vec<u8> {
    let (_, types) = function.split_once('(').unwrap();
    let kind = read(&format!("({types}"));
    let mut data = names::selector(function).to_vec();
    data.extend(encode(&kind, arguments, calls));
    data
}

fn read(text: &str) -> Kind {
    if let Some(inner) = text.strip_suffix("[]") {
        return Kind::List(Box::new(read(inner)));
    }
    if let Some(inner) = text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return Kind::Tuple(split(inner).iter().map(|part| read(part)).collect());
    }
    match text {
        "bytes" | "string" => Kind::Bytes,
        _ => Kind::Word,
    }
}

/// At the commas that are in no brackets.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0);
    for sign in text.chars() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(sign);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn dynamic(kind: &Kind) -> bool {
    match kind {
        Kind::Word => false,
        Kind::Bytes | Kind::List(_) => true,
        Kind::Tuple(kinds) => kinds.iter().any(dynamic),
    }
}

fn encode(kind: &Kind, value: &Value, calls: &Calls) -> Vec<u8> {
    match kind {
        Kind::Word => names::word(value).to_be_bytes_vec(),
        Kind::Bytes => {
            let bytes = packed(value, calls);
            let mut out = number(bytes.len());
            out.extend(&bytes);
            out.resize(out.len().next_multiple_of(32), 0);
            out
        }
        Kind::List(item) => {
            let items = value.as_array().unwrap();
            let mut out = number(items.len());
            out.extend(sequence(items.iter().map(|value| (&**item, value)), calls));
            out
        }
        Kind::Tuple(kinds) => {
            let values = value.as_array().unwrap();
            assert_eq!(kinds.len(), values.len(), "{value}");
            sequence(kinds.iter().zip(values), calls)
        }
    }
}

/// Heads, then tails.
fn sequence<'a>(items: impl Iterator<Item = (&'a Kind, &'a Value)>, calls: &Calls) -> Vec<u8> {
    let parts: Vec<_> = items
        .map(|(kind, value)| (dynamic(kind), encode(kind, value, calls)))
        .collect();
    let size = |(dynamic, bytes): &(bool, Vec<u8>)| if *dynamic { 32 } else { bytes.len() };
    let heads: usize = parts.iter().map(size).sum();
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    for (dynamic, bytes) in parts {
        if dynamic {
            head.extend(number(heads + tail.len()));
            tail.extend(bytes);
        } else {
            head.extend(bytes);
        }
    }
    head.extend(tail);
    head
}

fn number(count: usize) -> Vec<u8> {
    U256::from(count).to_be_bytes_vec()
}

/// Bytes as a case writes them: in hexadecimal, as a path, or as a call of its own.
fn packed(value: &Value, calls: &Calls) -> Vec<u8> {
    if let Some(text) = value.as_str() {
        return hex::decode(text).unwrap();
    }
    if value.get("path").is_none() {
        return calls.bytes(value);
    }
    let mut bytes = Vec::new();
    for part in value["path"].as_array().unwrap() {
        let word = names::word(part).to_be_bytes::<32>();
        // A name is a token of twenty bytes, a number is a fee of three.
        bytes.extend(if part.is_string() {
            &word[12..]
        } else {
            &word[29..]
        });
    }
    if let Some(cut) = value["cut"].as_u64() {
        bytes.truncate(bytes.len() - usize::try_from(cut).unwrap());
    }
    if let Some(more) = value["append"].as_str() {
        bytes.extend(hex::decode(more).unwrap());
    }
    bytes
}
