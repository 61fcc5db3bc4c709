//! `time_window`: approved change windows, weekly, in their own time zones.
//!
//! This file holds the configuration; [`schedule`] compiles it into what is asked at every
//! judgement.

pub mod schedule;
pub mod week;
pub mod zone;

pub use schedule::Schedule;
pub use zone::LocalTimes;

use super::OnBreach;
use crate::label::Label;
use serde::{Deserialize, Serialize};

/// Breached when none of its windows is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeWindow {
    /// Where; empty is everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<Label>,
    /// The windows; never empty; open when any is.
    pub windows: Vec<WeeklyWindow>,
    /// What happens outside.
    pub outside_window: OnBreach,
    /// Actions marked as an emergency pass.
    #[serde(default)]
    pub emergency_override: bool,
    /// Shown with the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A half-open time of day on some weekdays: `start` is inside, `end` is not.
///
/// An end not after its start crosses midnight and belongs to the start day.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyWindow {
    /// On which days it starts; never empty.
    pub days: Vec<Day>,
    /// `HH:MM`.
    pub start: MinuteOfDay,
    /// `HH:MM`; `24:00` is the day's end.
    pub end: MinuteOfDay,
    /// IANA name, e.g. `America/New_York`.
    pub timezone: String,
}

/// A weekday.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "weekdays explain themselves")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    /// Every day, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// How many days after Monday.
    #[must_use]
    pub const fn after_monday(self) -> u8 {
        self as u8
    }
}

/// Minutes since midnight by the wall clock, 0 to 1440, written `HH:MM`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// `24:00`.
    pub const END_OF_DAY: Self = Self(1440);

    /// The minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl TryFrom<String> for MinuteOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a time of day such as `02:00`");
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let two = |s: &str| {
            (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit()))
                .then(|| s.parse::<u16>().ok())
                .flatten()
                .ok_or_else(wrong)
        };
        let (hour, minute) = (two(hour)?, two(minute)?);
        let minutes = hour * 60 + minute;
        if minute > 59 || minutes > 1440 {
            Err(wrong())
        } else {
            Ok(Self(minutes))
        }
    }
}

impl From<MinuteOfDay> for String {
    fn from(time: MinuteOfDay) -> Self {
        format!("{:02}:{:02}", time.0 / 60, time.0 % 60)
    }
}
