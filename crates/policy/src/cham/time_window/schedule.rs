//! A `time_window` ready to be asked: is it open now?
//!
//! A window is a stretch of the wall clock in its own zone, and only what that clock shows counts.
//! From this follows what happens when clocks change: a window that lies wholly in the hour that
//! spring skips does not open on that day, and in the hour that autumn repeats a window is open
//! both times.

use super::{
    TimeWindow, WeeklyWindow,
    week::Week,
    zone::{LocalTimes, Zone},
};
use crate::fault::Faults;
use jiff::{SignedDuration, Timestamp};
use smallvec::SmallVec;

/// When a `time_window` is open: zones looked up, days and times turned into minutes of the week.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Schedule {
    /// One entry for each zone.
    parts: SmallVec<[Part; 1]>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Part {
    zone: Zone,
    open: Week,
}

impl Schedule {
    /// Compiles the windows of a policy.
    ///
    /// # Errors
    /// A fault at `windows`, `windows[n].days` or `windows[n].timezone` for everything that could
    /// never open: no windows, no days, a zone the bundled database does not know.
    pub fn compile(rule: &TimeWindow) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut grouped: SmallVec<[(Zone, Vec<&WeeklyWindow>); 1]> = SmallVec::new();
        if rule.windows.is_empty() {
            faults.add("windows", "needs at least one window");
        }
        for (at, window) in rule.windows.iter().enumerate() {
            if window.days.is_empty() {
                faults.add(format!("windows[{at}].days"), "needs at least one day");
            }
            let Some(zone) = Zone::find(&window.timezone) else {
                let text = format!("`{}` is not a known time zone", window.timezone);
                faults.add(format!("windows[{at}].timezone"), text);
                continue;
            };
            match grouped.iter_mut().find(|(known, _)| *known == zone) {
                Some((_, windows)) => windows.push(window),
                None => grouped.push((zone, vec![window])),
            }
        }
        let parts = grouped
            .into_iter()
            .map(|(zone, windows)| Part {
                zone,
                open: Week::of(windows),
            })
            .collect();
        faults.or(Self { parts })
    }

    /// Whether any window is open.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.is_open_by(&mut LocalTimes::at(now))
    }

    /// Whether any window is open, for many schedules at one moment: each zone is worked out once.
    #[must_use]
    pub fn is_open_by<'z>(&'z self, times: &mut LocalTimes<'z>) -> bool {
        self.parts
            .iter()
            .any(|part| part.open.contains(times.minute_of_week(&part.zone)))
    }

    /// Whether there is a moment when both are open.
    ///
    /// Windows of one zone are compared by their wall clock. Windows of two zones are compared
    /// with each difference between the two clocks that occurs in the weeks of a year
    /// (2026), so that an overlap in the few weeks when only one of them keeps summer time counts.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.parts
            .iter()
            .any(|mine| other.parts.iter().any(|theirs| mine.overlaps(theirs)))
    }

    /// How many minutes of a week it is open; the fewer, the more restrictive.
    ///
    /// Windows of different zones are added up, to a whole week at most.
    #[must_use]
    pub fn open_minutes(&self) -> u16 {
        let sum: u32 = self
            .parts
            .iter()
            .map(|part| u32::from(part.open.len()))
            .sum();
        u16::try_from(sum)
            .unwrap_or(u16::MAX)
            .min(super::week::WEEK)
    }
}

impl Part {
    fn overlaps(&self, other: &Self) -> bool {
        if self.zone == other.zone {
            return self.open.overlaps(&other.open);
        }
        differences(&self.zone, &other.zone)
            .iter()
            .any(|minutes| self.open.overlaps(&other.open.later(*minutes)))
    }
}

/// How many minutes the first zone's clock is ahead of the second's, in each week of the
/// reference year; every value once.
fn differences(first: &Zone, second: &Zone) -> SmallVec<[i32; 4]> {
    let mut found = SmallVec::new();
    for week in 0..53 {
        let Ok(now) = REFERENCE.checked_add(SignedDuration::from_hours(week * 7 * 24)) else {
            continue;
        };
        let minutes = first.offset_minutes(now) - second.offset_minutes(now);
        if !found.contains(&minutes) {
            found.push(minutes);
        }
    }
    found
}

/// Thursday 2026-01-01T00:00:00Z, where the reference year begins.
const REFERENCE: Timestamp = Timestamp::constant(1_767_225_600, 0);
