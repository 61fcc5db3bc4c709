//! Single words of a query: numbers, moments and the closed sets.

use super::field::cut;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use portcullis_firewall::{
    approval::Choice,
    batch::RecordKind,
    hold::HoldStatus,
    violation::{ViolationKind, ViolationStatus},
};
use portcullis_policy::{
    cham::Severity,
    facts::AgentStatus,
    tier::{Tier, Verdict},
};
use serde::de::{DeserializeOwned, value::StrDeserializer};

/// The longest word, in bytes.
const WORD_MAX_BYTES: usize = 512;

/// Something that can be the value of a query's parameter.
pub(crate) trait Word: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What was expected, for people.
    fn read(text: &str) -> Result<Self, String>;
}

impl Word for String {
    fn read(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("must not be empty".to_owned()),
            long if long.len() > WORD_MAX_BYTES => {
                Err(format!("has at most {WORD_MAX_BYTES} bytes"))
            }
            word => Ok(word.to_owned()),
        }
    }
}

impl Word for u64 {
    fn read(text: &str) -> Result<Self, String> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        number.ok_or_else(|| format!("expected a whole number, not `{}`", cut(text)))
    }
}

impl Word for bool {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(format!("expected `true` or `false`, not `{}`", cut(other))),
        }
    }
}

/// The beginning of a span of time: a moment, or a day, which begins at midnight UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Since(pub Timestamp);

/// The end of a span of time: a moment, which is no longer in it, or a day, which still is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Until(pub Timestamp);

impl Word for Since {
    fn read(text: &str) -> Result<Self, String> {
        moment(text, 0).map(Self)
    }
}

impl Word for Until {
    fn read(text: &str) -> Result<Self, String> {
        moment(text, 1).map(Self)
    }
}

/// A moment, or a day's midnight and some days.
fn moment(text: &str, days_later: i32) -> Result<Timestamp, String> {
    // A space is what a plus sign becomes when nobody encoded it.
    if let Ok(at) = text.replace(' ', "+").parse::<Timestamp>() {
        return Ok(at);
    }
    let midnight = text.parse::<Date>().ok().and_then(|day| {
        let day = day.checked_add(days_later.days()).ok()?;
        TimeZone::UTC
            .to_timestamp(day.to_datetime(jiff::civil::Time::midnight()))
            .ok()
    });
    midnight.ok_or_else(|| {
        format!(
            "expected `2026-04-10T14:32:01Z` or `2026-04-10`, not `{}`",
            cut(text)
        )
    })
}

impl Word for Verdict {
    fn read(text: &str) -> Result<Self, String> {
        match text.to_ascii_uppercase().as_str() {
            "CLEARED" | "ALLOW" => Ok(Self::Cleared),
            "HELD" | "ESCROW" => Ok(Self::Held),
            "BLOCKED" | "DENY" => Ok(Self::Blocked),
            _ => Err(format!(
                "expected `CLEARED`, `HELD` or `BLOCKED`, not `{}`",
                cut(text)
            )),
        }
    }
}

impl Word for RecordKind {
    fn read(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            format!(
                "expected one of `{}`, not `{}`",
                names.join("`, `"),
                cut(text)
            )
        })
    }
}

/// A word that serde reads, in upper or lower case.
fn folded<T: DeserializeOwned>(text: &str, folded: &str, expected: &str) -> Result<T, String> {
    let reader: StrDeserializer<'_, serde::de::value::Error> = StrDeserializer::new(folded);
    T::deserialize(reader).map_err(|_| format!("expected {expected}, not `{}`", cut(text)))
}

macro_rules! folded {
    ($($type:ty, $fold:ident: $expected:literal;)*) => {$(
        impl Word for $type {
            fn read(text: &str) -> Result<Self, String> {
                folded(text, &text.$fold(), $expected)
            }
        }
    )*};
}

folded! {
    Choice, to_ascii_lowercase: "`approve` or `reject`";
    Tier, to_ascii_uppercase: "`A`, `B`, `C` or `X`";
    AgentStatus, to_ascii_lowercase:
        "`active`, `paused`, `blocked`, `deregistered` or `identity_revoked`";
    HoldStatus, to_ascii_uppercase: "`HELD`, `RELEASED`, `KILLED` or `TIMED_OUT`";
    Severity, to_ascii_uppercase: "`LOW`, `MEDIUM`, `HIGH` or `CRITICAL`";
    ViolationStatus, to_ascii_uppercase: "`OPEN` or `RESOLVED`";
    ViolationKind, to_ascii_uppercase:
        "`SGP_VIOLATION`, `CHAM_VIOLATION`, `TENANT_POLICY_VIOLATION`, `AGENT_BLOCKED`, \
         `NO_VALID_GRANT` or `GATE_FAILURE`";
}

#[cfg(test)]
mod tests {
    use super::{Since, Until, Word};
    use portcullis_policy::tier::Verdict;

    #[test]
    fn a_last_day_is_still_in_the_span() {
        let Ok(Since(since)) = Since::read("2026-04-10") else {
            panic!("a day")
        };
        let Ok(Until(until)) = Until::read("2026-04-10") else {
            panic!("a day")
        };
        assert_eq!(since.to_string(), "2026-04-10T00:00:00Z");
        assert_eq!(until.to_string(), "2026-04-11T00:00:00Z");
    }

    #[test]
    fn a_moment_with_an_offset_is_understood_with_and_without_encoding() {
        for text in ["2026-04-10T14:00:00+02:00", "2026-04-10T14:00:00 02:00"] {
            let Ok(Since(since)) = Since::read(text) else {
                panic!("{text}")
            };
            assert_eq!(since.to_string(), "2026-04-10T12:00:00Z");
        }
    }

    #[test]
    fn the_other_words_for_verdicts_are_understood() {
        for (word, verdict) in [
            ("allow", Verdict::Cleared),
            ("Escrow", Verdict::Held),
            ("DENY", Verdict::Blocked),
        ] {
            assert_eq!(Verdict::read(word), Ok(verdict));
        }
        assert!(Verdict::read("MAYBE").is_err());
    }

    #[test]
    fn numbers_are_digits_alone() {
        for text in ["", "+1", "-1", "1.0", "1e3", " 1", "18446744073709551616"] {
            assert!(u64::read(text).is_err(), "{text}");
        }
    }
}
