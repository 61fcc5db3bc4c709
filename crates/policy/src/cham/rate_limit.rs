//! `rate_limit`: the most governed actions in a time, counted for each agent alone.

use super::OnBreach;
use serde::{Deserialize, Serialize};

/// Breached when, with this action, any of the windows holds more than its most.
///
/// Every governed action counts, refused ones too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Sliding windows, all of them enforced; never empty.
    pub windows: Vec<RateWindow>,
    /// What a breach does.
    pub on_exceed: OnBreach,
    /// Shown with the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One sliding window.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateWindow {
    /// How long, written `<number><s|m|h|d>`, at most 31 days.
    pub period: Period,
    /// The most actions in any such time.
    pub max: u32,
}

/// A length of time in seconds, written `1s`, `5m`, `1h`, `1d`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period(u32);

impl Period {
    /// The longest period: 31 days.
    pub const MAX_SECONDS: u32 = 31 * 86_400;

    /// A period of so many seconds; `None` for zero or over [`Period::MAX_SECONDS`].
    #[must_use]
    pub const fn from_seconds(seconds: u32) -> Option<Self> {
        if seconds == 0 || seconds > Self::MAX_SECONDS {
            None
        } else {
            Some(Self(seconds))
        }
    }

    /// The seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// The milliseconds.
    #[must_use]
    pub const fn milliseconds(self) -> i64 {
        self.0 as i64 * 1000
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a period such as `1s`, `5m`, `1h` or `1d`");
        let split = text.len().checked_sub(1).ok_or_else(wrong)?;
        let (number, unit) = text.split_at_checked(split).ok_or_else(wrong)?;
        let seconds: u32 = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(wrong()),
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let count: u32 = number.parse().map_err(|_| wrong())?;
        count
            .checked_mul(seconds)
            .and_then(Self::from_seconds)
            .ok_or_else(|| format!("`{text}` is not between 1s and 31d"))
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, unit) = match self.0 {
            s if s % 86_400 == 0 => (s / 86_400, 'd'),
            s if s % 3_600 == 0 => (s / 3_600, 'h'),
            s if s % 60 == 0 => (s / 60, 'm'),
            s => (s, 's'),
        };
        write!(f, "{count}{unit}")
    }
}
