//! Which numbers every reader reads alike.

use serde_json::Number;

/// The largest whole number that every reader of JSON reads alike: 2^53 - 1.
pub const MAX_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// [`MAX_SAFE_INTEGER`] as a double, which is exact.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

pub(super) fn unsigned(number: u64, exact: bool) -> Option<Number> {
    if number <= MAX_SAFE_INTEGER {
        return Some(number.into());
    }
    #[expect(clippy::cast_precision_loss, reason = "rounding is what was asked for")]
    let rounded = number as f64;
    inexact(rounded, exact)
}

pub(super) fn signed(number: i64, exact: bool) -> Option<Number> {
    if number.unsigned_abs() <= MAX_SAFE_INTEGER {
        return Some(number.into());
    }
    #[expect(clippy::cast_precision_loss, reason = "rounding is what was asked for")]
    let rounded = number as f64;
    inexact(rounded, exact)
}

/// A whole double within the safe integers becomes an integer, so that `5.0` is `5` and `-0.0`
/// is `0`.
pub(super) fn double(number: f64, exact: bool) -> Option<Number> {
    // From 2^53 on, doubles are whole and skip numbers: two texts could mean the same one.
    if number.abs() > MAX_SAFE {
        return inexact(number, exact);
    }
    if number.fract() == 0.0 {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within 2^53")]
        let whole = number as i64;
        return Some(whole.into());
    }
    Number::from_f64(number)
}

pub(super) fn settled(number: &Number, exact: bool) -> Option<Number> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(number), _, _) => unsigned(number, exact),
        (None, Some(number), _) => signed(number, exact),
        (None, None, number) => double(number?, exact),
    }
}

fn inexact(number: f64, exact: bool) -> Option<Number> {
    if exact {
        None
    } else {
        Number::from_f64(number)
    }
}
