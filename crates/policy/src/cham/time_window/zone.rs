//! Time zones, from the database that is part of the program.

use super::week::MinuteOfWeek;
use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};
use smallvec::SmallVec;
use std::sync::LazyLock;

/// The bundled database and no other, so that the same build judges alike on every machine.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A known time zone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of an IANA name, found without regard to case; `None` when it is not known.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        DATABASE
            .get(name)
            .ok()
            .filter(|zone| !zone.is_unknown())
            .map(Self)
    }

    /// The name as the database spells it.
    #[must_use]
    pub fn name(&self) -> &str {
        // INVARIANT: a zone is made by `find` alone, and what the database returns has a name.
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the clock on the wall shows, in minutes since the start of the local Monday.
    #[must_use]
    pub fn minute_of_week(&self, now: Timestamp) -> MinuteOfWeek {
        let local = self.0.to_datetime(now);
        MinuteOfWeek::new(
            local.weekday().to_monday_zero_offset().unsigned_abs(),
            local.hour().unsigned_abs(),
            local.minute().unsigned_abs(),
        )
    }

    /// How far the wall clock is ahead of UTC, in whole minutes.
    #[must_use]
    pub fn offset_minutes(&self, now: Timestamp) -> i32 {
        self.0.to_offset(now).seconds().div_euclid(60)
    }
}

/// What the wall clocks show at one moment, each zone worked out once.
#[derive(Clone, Debug)]
pub struct LocalTimes<'z> {
    now: Timestamp,
    known: SmallVec<[(&'z str, MinuteOfWeek); 4]>,
}

impl<'z> LocalTimes<'z> {
    /// The wall clocks at a moment; nothing is worked out yet.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            known: SmallVec::new(),
        }
    }

    /// The moment.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// What the clock of a zone shows.
    pub fn minute_of_week(&mut self, zone: &'z Zone) -> MinuteOfWeek {
        let name = zone.name();
        if let Some((_, minute)) = self.known.iter().find(|(known, _)| *known == name) {
            return *minute;
        }
        let minute = zone.minute_of_week(self.now);
        self.known.push((name, minute));
        minute
    }
}
