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
    /// More than any limit.
    pub const MAX: Self = Self(u64::MAX);

    /// So many millionths.
    #[must_use]
    pub const fn new(millionths: u64) -> Self {
        Self(millionths)
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
        (units.is_finite() && units >= 0.0).then(|| Self((units * 1e6 - 1e-6).ceil() as u64))
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
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; zero when the other is larger.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 1_000_000, (self.0 % 1_000_000) / 10_000)
    }
}
