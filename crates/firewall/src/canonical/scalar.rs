//! Numbers, texts and times in their canonical form.

use jiff::Timestamp;
use serde_json::Number;
use std::io::Write as _;

/// Doubles hold every integer up to this one exactly, and it is the last that no other shares.
const EXACT_MAX: f64 = 9_007_199_254_740_991.0;

pub(super) fn boolean(truth: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if truth { b"true" } else { b"false" });
}

pub(super) fn json_number(number: &Number, out: &mut Vec<u8>) {
    match (number.as_i64(), number.as_f64()) {
        (Some(exact), _) if exact.unsigned_abs() <= 1 << 53 => integer(exact, out),
        (_, Some(double)) => self::number(double, out),
        (_, None) => out.extend_from_slice(b"null"),
    }
}

/// Writes a double as ECMAScript does; what is not finite becomes `null`, as there.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the value is integral and within 2^53"
)]
pub(super) fn number(double: f64, out: &mut Vec<u8>) {
    if !double.is_finite() {
        out.extend_from_slice(b"null");
    } else if double.fract() == 0.0 && double.abs() <= EXACT_MAX {
        integer(double as i64, out);
    } else {
        out.extend_from_slice(ryu_js::Buffer::new().format_finite(double).as_bytes());
    }
}

pub(super) fn integer(value: i64, out: &mut Vec<u8>) {
    formatted(out, format_args!("{value}"));
}

/// UTC with milliseconds, e.g. `2026-04-10T14:32:01.000Z`; finer parts are cut off.
pub(super) fn timestamp(at: Timestamp, out: &mut Vec<u8>) {
    out.push(b'"');
    formatted(out, format_args!("{at:.3}"));
    out.push(b'"');
}

fn formatted(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // INVARIANT: writing into a vector does not fail.
    let _: std::io::Result<()> = out.write_fmt(text);
}

pub(super) fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some((plain, special)) = rest.split_at_checked(plain_run(rest)) {
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else {
            break;
        };
        escape(*byte, out);
        rest = after;
    }
    out.push(b'"');
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => return formatted(out, format_args!("\\u{byte:04x}")),
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// How many of the first bytes stand for themselves inside a JSON text: all but the quote, the
/// backslash and control characters.
pub(crate) fn plain_run(bytes: &[u8]) -> usize {
    const STRIDE: usize = 16;
    // Whole strides are tested without a branch for each byte.
    let plain = |stride: &&[u8]| !stride.iter().fold(false, |found, b| found | special(*b));
    let run = bytes.chunks_exact(STRIDE).take_while(plain).count() * STRIDE;
    let rest = bytes.get(run..).unwrap_or_default();
    run + rest.iter().position(|b| special(*b)).unwrap_or(rest.len())
}

const fn special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}
