//! Numbers of any length (`numeric_send`).

use super::take;
use std::fmt::Write as _;

const NEGATIVE: u16 = 0x4000;
const NOT_A_NUMBER: u16 = 0xC000;
const INFINITE: u16 = 0xD000;
const NEGATIVE_INFINITE: u16 = 0xF000;

/// A number as PostgreSQL itself writes it.
pub(super) fn read(bytes: &[u8]) -> Option<String> {
    let mut bytes = bytes;
    let count = u16::from_be_bytes(take(&mut bytes)?);
    let weight = i32::from(i16::from_be_bytes(take(&mut bytes)?));
    let sign = u16::from_be_bytes(take(&mut bytes)?);
    let scale = usize::from(u16::from_be_bytes(take(&mut bytes)?));
    match sign {
        0 | NEGATIVE => {}
        NOT_A_NUMBER => return Some("NaN".to_owned()),
        INFINITE => return Some("Infinity".to_owned()),
        NEGATIVE_INFINITE => return Some("-Infinity".to_owned()),
        _ => return None,
    }
    let mut digits = Vec::new();
    for _ in 0..count {
        digits.push(u16::from_be_bytes(take(&mut bytes)?));
    }
    // Each digit counts four decimal ones; the first has the weight 10000^weight.
    let digit = |place: i32| {
        let place = usize::try_from(place).ok();
        place
            .and_then(|place| digits.get(place))
            .copied()
            .unwrap_or(0)
    };
    let mut out = String::from(if sign == NEGATIVE { "-" } else { "" });
    let first = digit(0);
    // Writing to a string does not fail.
    let _ = write!(out, "{}", if weight < 0 { 0 } else { first });
    for place in 1..=weight {
        let _ = write!(out, "{:04}", digit(place));
    }
    if scale > 0 {
        let mut rest = String::new();
        let mut place = weight.saturating_add(1);
        // Zeroes that stand between the point and the first digit.
        for _ in place..0 {
            rest.push_str("0000");
        }
        place = place.max(0);
        while rest.len() < scale {
            let _ = write!(rest, "{:04}", digit(place));
            place = place.saturating_add(1);
        }
        rest.truncate(scale);
        out.push('.');
        out.push_str(&rest);
    }
    Some(out)
}
