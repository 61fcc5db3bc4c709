//! How much of something.

use serde_json::Value;

/// How much of something an action asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Count {
    /// The action does not say.
    #[default]
    Unstated,
    /// So much; never negative, always finite.
    Of(f64),
    /// The action says something that is not understood.
    Unclear,
}

impl Count {
    /// What a value says: numbers from zero up; `null` says nothing, all else is unclear.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        match value {
            Value::Null => Self::Unstated,
            Value::Number(number) => number.as_f64().map_or(Self::Unclear, Self::of),
            Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Self::Unclear,
        }
    }

    /// A number from zero up; all others are unclear.
    #[must_use]
    pub fn of(number: f64) -> Self {
        if number.is_finite() && number >= 0.0 {
            Self::Of(number)
        } else {
            Self::Unclear
        }
    }

    /// The larger of two: what is unclear may be anything, so it is largest.
    #[must_use]
    pub const fn or_more(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unclear, _) | (_, Self::Unclear) => Self::Unclear,
            (Self::Unstated, stated) | (stated, Self::Unstated) => stated,
            (Self::Of(a), Self::Of(b)) => Self::Of(a.max(b)),
        }
    }

    /// The product; [`Count::Unclear`] unless both are known.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::Of(a), Self::Of(b)) => Self::of(a * b),
            _ => Self::Unclear,
        }
    }

    /// The sum; what is not stated adds nothing.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Of(a), Self::Of(b)) => Self::of(a + b),
            (one, another) => one.or_more(another),
        }
    }

    /// The number, when there is one.
    #[must_use]
    pub const fn known(self) -> Option<f64> {
        match self {
            Self::Of(number) => Some(number),
            Self::Unstated | Self::Unclear => None,
        }
    }
}
