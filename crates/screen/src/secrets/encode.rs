//! The ways in which a secret is usually written.

use super::LEAST_BYTES;
use crate::loose::{is_settled, literal, loose};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use std::fmt::Write;
use zeroize::Zeroizing;

/// Bytes that are wiped when dropped.
type Bytes = Zeroizing<Vec<u8>>;

/// One way of writing a secret.
#[derive(Clone)]
pub(super) struct Form {
    pub(super) bytes: Bytes,
    /// How texts are read in which it is looked for.
    pub(super) ways: u8,
}

/// How a text is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// Byte for byte.
    Exact,
    /// In its [loose](crate::loose) form.
    Loose,
    /// Byte for byte, and the loose form does not tell where.
    Apart,
}

impl Way {
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// All the ways of writing a secret, each once.
///
/// What stands in a text byte for byte stands in its loose form too, at the same place, when it is
/// settled and does not begin within an escape. Only what is not settled, or not looked for there, must be
/// looked for apart.
pub(super) fn forms(secret: &[u8]) -> Vec<Form> {
    let loosened = loosened(secret);
    let told = |form: &[u8]| is_settled(form) && loosened.contains(&loose(form));
    let exact = exact(secret).into_iter().map(|bytes| Form {
        ways: Way::Exact.bit() | if told(&bytes) { 0 } else { Way::Apart.bit() },
        bytes,
    });
    let mut forms: Vec<Form> = exact.collect();
    forms.extend(loosened.into_iter().map(|bytes| Form {
        bytes,
        ways: Way::Loose.bit(),
    }));
    forms.sort_unstable_by(|one, other| one.bytes.as_slice().cmp(&other.bytes));
    forms.dedup_by(|one, other| {
        let same = one.bytes == other.bytes;
        other.ways |= if same { one.ways } else { 0 };
        same
    });
    forms
}

/// What stands in a text byte for byte.
fn exact(secret: &[u8]) -> Vec<Bytes> {
    let mut forms = encoded(secret);
    if let Ok(text) = std::str::from_utf8(secret) {
        forms.push(Zeroizing::new(secret.to_vec()));
        forms.push(json(text));
    }
    forms.push(percent(secret, false, "%20"));
    forms.push(percent(secret, true, "%20"));
    forms.push(percent(secret, false, "+"));
    forms
}

/// What stands in the [loose](crate::loose) form of a text.
fn loosened(secret: &[u8]) -> Vec<Bytes> {
    let mut forms: Vec<Bytes> = encoded(secret).iter().map(|form| loose(form)).collect();
    if std::str::from_utf8(secret).is_ok() {
        forms.push(loose(secret));
        forms.push(literal(secret));
        forms.push(loose(&percent(secret, false, "+")));
    }
    forms.retain(|form| form.len() >= LEAST_BYTES);
    forms
}

/// Base64 of both alphabets wherever the secret may begin in a group, and hex in both cases.
fn encoded(secret: &[u8]) -> Vec<Bytes> {
    let mut forms = Vec::new();
    for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
        forms.push(Zeroizing::new(engine.encode(secret).into_bytes()));
    }
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        forms.extend([0, 1, 2].map(|before| aligned(engine, secret, before)));
    }
    forms.push(Zeroizing::new(hex::encode(secret).into_bytes()));
    forms.push(Zeroizing::new(hex::encode_upper(secret).into_bytes()));
    forms
}

/// The characters that depend on nothing but the secret when `before` bytes precede it in a group.
fn aligned(engine: &impl Engine, secret: &[u8], before: usize) -> Bytes {
    let mut padded = Zeroizing::new(vec![0; before]);
    padded.extend_from_slice(secret);
    let text = Zeroizing::new(engine.encode(&*padded).into_bytes());
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    Zeroizing::new(text.get(first..last).unwrap_or_default().to_vec())
}

fn json(text: &str) -> Bytes {
    let quoted = serde_json::Value::from(text).to_string();
    let inside = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let form = Zeroizing::new(inside.unwrap_or_default().as_bytes().to_vec());
    drop(Zeroizing::new(quoted));
    form
}

/// By RFC 3986: everything but the unreserved characters.
fn percent(secret: &[u8], small: bool, blank: &str) -> Bytes {
    let mut text = Zeroizing::new(String::with_capacity(secret.len() * 3));
    for byte in secret {
        let _ = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.write_char(char::from(*byte))
            }
            b' ' => text.write_str(blank),
            _ if small => write!(text, "%{byte:02x}"),
            _ => write!(text, "%{byte:02X}"),
        };
    }
    Zeroizing::new(text.as_bytes().to_vec())
}
