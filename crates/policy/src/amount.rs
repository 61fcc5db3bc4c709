//! Amounts that budgets count: money and GPU-hours, exact in millionths.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A non-negative amount in millionths of its unit (US dollars or GPU-hours).
///
/// Addition saturates: an amount too large to count is larger than every limit, so it is refused.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(u64);

impl Micros {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// More than any limit: the largest integer that JSON writes exactly, so that whatever is
    /// recorded is read back as it was.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// So many millionths; [`Micros::MAX`] when it does not fit.
    #[must_use]
    pub const fn new(millionths: u64) -> Self {
        if millionths < Self::MAX.0 {
            Self(millionths)
        } else {
            Self::MAX
        }
    }

    /// An amount in whole units, rounded up to the next millionth; `None` when negative or not
    /// finite.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float casts saturate, the sign is checked, and rounding up is wanted"
    )]
    pub fn from_units(units: f64) -> Option<Self> {
        if !units.is_finite() || units < 0.0 {
            return None;
        }
        let (exact, nearest) = (units * 1e6, (units * 1e6).round());
        // What only the binary form of a decimal is off by is not an amount to round up.
        let slack = exact.mul_add(4.0 * f64::EPSILON, 1e-6);
        let whole = if (exact - nearest).abs() <= slack {
            nearest
        } else {
            exact.ceil()
        };
        Some(Self::new(whole as u64))
    }

    /// The millionths.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The amount in whole units, for showing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for showing only")]
    pub fn units(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The sum; [`Micros::MAX`] when it does not fit.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self::new(self.0.saturating_add(other.0))
    }

    /// The difference; zero when the other is larger.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// Two decimals, and as many more as it takes to be exact.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, mut rest, mut places) = (self.0 / 1_000_000, self.0 % 1_000_000, 6);
        while places > 2 && rest.is_multiple_of(10) {
            rest /= 10;
            places -= 1;
        }
        write!(f, "{whole}.{rest:0places$}")
    }
}

#[cfg(test)]
mod tests {
    use super::Micros;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_shown_exactly() {
        for (millionths, shown) in [
            (0, "0.00"),
            (1, "0.000001"),
            (10_000, "0.01"),
            (1_500_000, "1.50"),
            (12_345_678, "12.345678"),
            (960_000_100, "960.0001"),
        ] {
            assert_eq!(Micros::new(millionths).to_string(), shown);
        }
    }

    #[test]
    fn amounts_round_up_and_never_wrap() {
        let of = |units| Micros::from_units(units).map(Micros::get);
        assert_eq!(of(0.1), Some(100_000));
        assert_eq!(of(4_351_849.73), Some(4_351_849_730_000));
        assert_eq!(of(0.000_000_1), Some(1));
        assert_eq!(of(-0.0), Some(0));
        assert_eq!(of(-0.01), None);
        assert_eq!(of(f64::NAN), None);
        assert_eq!(of(f64::INFINITY), None);
        assert_eq!(of(1e300), Some(Micros::MAX.get()));
        assert_eq!(Micros::MAX.plus(Micros::new(1)), Micros::MAX);
        assert_eq!(Micros::ZERO.minus(Micros::new(1)), Micros::ZERO);
    }

    proptest! {
        #[test]
        fn cents_are_exact(cents in 0..1_000_000_000_000_u64) {
            let units = f64::from(u32::try_from(cents % 1_000_000_000).unwrap()) / 100.0;
            let amount = Micros::from_units(units).unwrap();
            prop_assert_eq!(amount, Micros::new(cents % 1_000_000_000 * 10_000));
            prop_assert_eq!(Micros::from_units(amount.units()), Some(amount));
        }
    }
}
