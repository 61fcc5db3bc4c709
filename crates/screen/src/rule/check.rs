//! What an expression cannot say about a value.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::net::{Ipv4Addr, Ipv6Addr};

/// How many bytes of a head are meant; none if it is not what it looks like.
pub(crate) type Check = fn(&[u8]) -> Option<usize>;

pub(super) fn any(value: &[u8]) -> Option<usize> {
    Some(value.len())
}

/// Letters and digits: words have no digits, numbers no letters.
pub(super) fn mixed(value: &[u8]) -> Option<usize> {
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let digits = value.iter().any(u8::is_ascii_digit);
    (letters && digits).then_some(value.len())
}

/// Not a word for a type or for nothing, nor a reference to where the value is.
pub(super) fn assigned(value: &[u8]) -> Option<usize> {
    const HARMLESS: &[&str] = &[
        "null",
        "none",
        "nil",
        "true",
        "false",
        "undefined",
        "required",
        "optional",
        "string",
        "str",
        "text",
        "bool",
        "boolean",
        "int",
        "integer",
        "number",
        "yes",
        "no",
        "redacted",
        "[redacted]",
        "[redacted",
        "change",
        "reset",
        "expired",
        "incorrect",
        "invalid",
        "wrong",
        "missing",
    ];
    let text = std::str::from_utf8(value).unwrap_or_default();
    let harmless = HARMLESS.iter().any(|word| text.eq_ignore_ascii_case(word))
        || ["${", "$(", "{{", "%(", "<"]
            .iter()
            .any(|sign| text.starts_with(sign))
        || value
            .iter()
            .all(|byte| matches!(byte, b'*' | b'.' | b'-' | b'x'));
    (!harmless).then_some(value.len())
}

/// As [`assigned`], and no plain word: somebody wrote a sentence.
pub(super) fn told(value: &[u8]) -> Option<usize> {
    let plain = value
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'-'));
    assigned(value).filter(|_| !plain)
}

/// Drawn at random, as far as one can tell from a short value.
pub(super) fn random(value: &[u8]) -> Option<usize> {
    assigned(value)?;
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let (digits, small, large) = (
        count(u8::is_ascii_digit),
        count(u8::is_ascii_lowercase),
        count(u8::is_ascii_uppercase),
    );
    let varied = digits >= 3 && small + large >= 3 || digits >= 1 && small >= 2 && large >= 2;
    (varied && value.len() >= 12 && bits_per_byte(value) >= 3.0).then_some(value.len())
}

fn bits_per_byte(value: &[u8]) -> f64 {
    let total = u32::try_from(value.len()).map_or(1.0, f64::from);
    let mut counts = [0_u32; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let shares = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total);
    -shares.map(|share| share * share.log2()).sum::<f64>()
}

/// The password of an address, which ends at the last `@` before the path: the head has at least
/// one `@` at its end.
pub(super) fn userinfo(value: &[u8]) -> Option<usize> {
    let slash = value
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let before_path = value
        .get(..slash.unwrap_or(value.len()))
        .unwrap_or_default();
    if let Some(at) = before_path.iter().rposition(|byte| *byte == b'@') {
        return assigned(value.get(..at)?).filter(|length| *length > 0);
    }
    let port = before_path.len() <= 5 && before_path.iter().all(u8::is_ascii_digit);
    let at = value.iter().rposition(|byte| *byte == b'@')?;
    (!port).then_some(at)
}

/// A token in the place of a user: the head has `:` or `@` at its end.
pub(super) fn token_user(value: &[u8]) -> Option<usize> {
    random(value.get(..value.len().checked_sub(1)?)?)
}

/// `user:password` in base64 (RFC 7617).
pub(super) fn basic(value: &[u8]) -> Option<usize> {
    let whole = value.get(..value.len() / 4 * 4)?;
    let plain = zeroize::Zeroizing::new(STANDARD.decode(whole).ok()?);
    plain.contains(&b':').then_some(value.len())
}

pub(super) fn ip_v4(value: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(value).ok()?;
    text.parse::<Ipv4Addr>().ok()?;
    Some(value.len())
}

/// With a digit and three colons at least: paths of programs have `::` too.
pub(super) fn ip_v6(value: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(value).ok()?;
    let colons = value.iter().filter(|byte| **byte == b':').count();
    let digits = value.iter().any(u8::is_ascii_digit);
    (colons >= 3 && digits).then_some(())?;
    text.parse::<Ipv6Addr>().ok()?;
    Some(value.len())
}

/// Between seven and fifteen digits (ITU-T E.164).
pub(super) fn phone(value: &[u8]) -> Option<usize> {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    (7..=15).contains(&digits).then_some(value.len())
}

/// Within the ranges that are given out: no area 000, 666 or 900 and above, no group 00, no serial
/// 0000 (Social Security Administration, since 2011).
pub(super) fn ssn(value: &[u8]) -> Option<usize> {
    let digits: Vec<u8> = value.iter().copied().filter(u8::is_ascii_digit).collect();
    let text = std::str::from_utf8(&digits).ok()?;
    let part = |from, to| text.get(from..to).and_then(|part| part.parse::<u16>().ok());
    let (area, group, serial) = (part(0, 3)?, part(3, 5)?, part(5, 9)?);
    let given = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    (given && digits.len() == 9).then_some(value.len())
}

/// The longest beginning of 13 to 19 digits whose last is the check digit (ISO/IEC 7812-1).
pub(super) fn card(value: &[u8]) -> Option<usize> {
    let first = value.first()?;
    matches!(first, b'2'..=b'6').then_some(())?;
    let ends = (1..=value.len()).rev();
    let mut fitting = ends.filter(|end| {
        let next = value.get(*end);
        value.get(end - 1).is_some_and(u8::is_ascii_digit) && !next.is_some_and(u8::is_ascii_digit)
    });
    fitting.find(|end| value.get(..*end).is_some_and(luhn))
}

fn luhn(value: &[u8]) -> bool {
    let digits = value.iter().rev().filter(|byte| byte.is_ascii_digit());
    let (mut sum, mut count) = (0_u32, 0);
    for digit in digits {
        let number = u32::from(digit - b'0') << (count % 2);
        sum += number / 10 + number % 10;
        count += 1;
    }
    (13..=19).contains(&count) && sum.is_multiple_of(10)
}

/// The longest beginning whose check digits fit (ISO 13616, modulo 97).
pub(super) fn iban(value: &[u8]) -> Option<usize> {
    let mut ends = (1..=value.len()).rev();
    ends.find(|end| {
        let inside = value.get(end - 1).is_some_and(u8::is_ascii_alphanumeric);
        let next = value.get(*end).is_some_and(u8::is_ascii_alphanumeric);
        inside && !next && value.get(..*end).is_some_and(iban_fits)
    })
}

fn iban_fits(value: &[u8]) -> bool {
    let plain: Vec<u8> = value.iter().copied().filter(|byte| *byte != b' ').collect();
    let Some((country, rest)) = plain.split_at_checked(4) else {
        return false;
    };
    let rest_of = rest.iter().chain(country).try_fold(0_u32, |sum, byte| {
        let number = char::from(*byte).to_digit(36)?;
        Some((sum * if number > 9 { 100 } else { 10 } + number) % 97)
    });
    (15..=34).contains(&plain.len()) && rest_of == Some(1)
}
