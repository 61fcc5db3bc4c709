//! Sets of minutes of a week by the wall clock.

use super::WeeklyWindow;

/// The minutes of a week.
pub const WEEK: u16 = 7 * DAY;
const DAY: u16 = 1440;

/// A minute of the week, 0 is Monday 00:00.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MinuteOfWeek(u16);

impl MinuteOfWeek {
    /// A minute by its day (0 is Monday) and time of day; whatever lies beyond wraps around.
    #[must_use]
    pub const fn new(days_after_monday: u8, hour: u8, minute: u8) -> Self {
        let minutes = days_after_monday as u16 * DAY + hour as u16 * 60 + minute as u16;
        Self(minutes % WEEK)
    }

    /// The minutes since Monday 00:00.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

/// A set of minutes of the week, as half-open ranges: sorted, apart, none empty.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Week(Vec<(u16, u16)>);

impl Week {
    /// The minutes some windows are open, all read by one wall clock.
    pub fn of<'w>(windows: impl IntoIterator<Item = &'w WeeklyWindow>) -> Self {
        let mut ranges = Vec::new();
        for window in windows {
            let (start, end) = (window.start.minutes(), window.end.minutes());
            // An end not after its start belongs to the next day.
            let length = if end > start {
                end - start
            } else {
                end + DAY - start
            };
            for day in &window.days {
                let from = u16::from(day.after_monday()) * DAY + start;
                push(&mut ranges, from, length);
            }
        }
        Self::merge(ranges)
    }

    /// Whether a minute is in the set.
    #[must_use]
    pub fn contains(&self, minute: MinuteOfWeek) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= minute.0);
        let before = after.checked_sub(1).and_then(|at| self.0.get(at));
        before.is_some_and(|(_, to)| minute.0 < *to)
    }

    /// Whether two sets share a minute.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((from, to)), Some((start, end))) = (mine.peek(), theirs.peek()) {
            if from < end && start < to {
                return true;
            }
            if to <= end {
                mine.next()
            } else {
                theirs.next()
            };
        }
        false
    }

    /// The set moved later by some minutes (earlier when negative), around the week's end.
    #[must_use]
    pub fn later(&self, minutes: i32) -> Self {
        let shift = u16::try_from(minutes.rem_euclid(i32::from(WEEK))).unwrap_or(0);
        let mut ranges = Vec::new();
        for (from, to) in &self.0 {
            push(&mut ranges, from + shift, to - from);
        }
        Self::merge(ranges)
    }

    /// How many minutes the set has.
    #[must_use]
    pub fn len(&self) -> u16 {
        self.0.iter().map(|(from, to)| to - from).sum()
    }

    /// Whether the set has no minute.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn merge(mut ranges: Vec<(u16, u16)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match merged.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                _ => merged.push((from, to)),
            }
        }
        Self(merged)
    }
}

/// Adds a range that may run past Sunday midnight, cut in two where it does.
fn push(ranges: &mut Vec<(u16, u16)>, from: u16, length: u16) {
    let from = from % WEEK;
    let to = from + length;
    if to <= WEEK {
        ranges.push((from, to));
    } else {
        ranges.push((from, WEEK));
        ranges.push((0, to - WEEK));
    }
}
