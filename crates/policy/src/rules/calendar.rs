//! All schedules of a rule set, equal ones once.

use crate::cham::time_window::{LocalTimes, Schedule};

/// The schedules of all `time_window` policies.
#[derive(Debug, Default)]
pub(super) struct Calendar {
    schedules: Vec<Schedule>,
    /// Which of the first schedules overlap: bit `b` of word `a`.
    overlaps: Vec<u64>,
}

/// So many schedules are kept apart and compared with each other; no tenant should need more.
const COMPARED: usize = 64;

impl Calendar {
    /// The place of a schedule, new or known.
    pub(super) fn add(&mut self, schedule: Schedule) -> u32 {
        let known = self
            .schedules
            .iter()
            .take(COMPARED)
            .position(|other| *other == schedule);
        let place = known.unwrap_or_else(|| {
            self.schedules.push(schedule);
            self.schedules.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// Compares the schedules with each other, so that no judgement has to.
    pub(super) fn compare(&mut self) {
        let compared = self.schedules.get(..COMPARED).unwrap_or(&self.schedules);
        let row = |first: &Schedule| {
            let bits = compared.iter().enumerate();
            bits.fold(0, |row, (at, second)| {
                row | u64::from(first.overlaps(second)) << at
            })
        };
        self.overlaps = compared.iter().map(row).collect();
    }

    /// Whether two schedules are ever open at once; said of all that were not compared.
    pub(super) fn overlap(&self, first: u32, second: u32) -> bool {
        let row = self.overlaps.get(first as usize);
        let bit = 1_u64.checked_shl(second);
        row.zip(bit).is_none_or(|(row, bit)| row & bit != 0)
    }

    /// How many minutes of a week a schedule is open.
    pub(super) fn open_minutes(&self, place: u32) -> u16 {
        self.schedules
            .get(place as usize)
            .map_or(0, Schedule::open_minutes)
    }
}

/// Which schedules are open at one moment, each worked out once.
#[derive(Debug)]
pub(super) struct Today<'r> {
    calendar: &'r Calendar,
    times: LocalTimes<'r>,
    known: u64,
    open: u64,
}

impl<'r> Today<'r> {
    pub(super) fn at(calendar: &'r Calendar, now: jiff::Timestamp) -> Self {
        Self {
            calendar,
            times: LocalTimes::at(now),
            known: 0,
            open: 0,
        }
    }

    /// Whether a schedule is open.
    ///
    /// *Fails closed:* a schedule that is not there is never open.
    pub(super) fn is_open(&mut self, place: u32) -> bool {
        let bit = 1_u64.checked_shl(place).unwrap_or(0);
        if self.known & bit != 0 {
            return self.open & bit != 0;
        }
        let schedule = self.calendar.schedules.get(place as usize);
        let open = schedule.is_some_and(|schedule| schedule.is_open_by(&mut self.times));
        self.known |= bit;
        if open {
            self.open |= bit;
        }
        open
    }
}
