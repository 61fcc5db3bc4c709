//! When change windows are open, and when two of them are open at once.

use jiff::{SignedDuration, Timestamp, civil::Weekday, tz::TimeZoneDatabase};
use portcullis_policy::cham::{
    Rule,
    read::config,
    time_window::{Day, LocalTimes, MinuteOfDay, Schedule, TimeWindow, WeeklyWindow},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

fn window(days: &[&str], start: &str, end: &str, timezone: &str) -> WeeklyWindow {
    let window = json!({ "days": days, "start": start, "end": end, "timezone": timezone });
    serde_json::from_value(window).expect("a window")
}

fn rule(windows: Vec<WeeklyWindow>) -> TimeWindow {
    let Ok(Rule::TimeWindow(mut rule)) = config(
        "time_window",
        &json!({ "windows": [{ "days": ["monday"], "start": "00:00", "end": "01:00", "timezone": "UTC" }] }),
    ) else {
        panic!("a time window");
    };
    rule.windows = windows;
    rule
}

fn schedule(windows: Vec<WeeklyWindow>) -> Schedule {
    Schedule::compile(&rule(windows)).expect("a schedule")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// Checks moments, each with whether the schedule is open then.
fn check(schedule: &Schedule, moments: &[(&str, bool)]) {
    for (moment, open) in moments {
        assert_eq!(schedule.is_open(at(moment)), *open, "{moment}");
    }
}

const ALL: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

#[test]
fn the_start_is_inside_and_the_end_is_not() {
    let schedule = schedule(vec![window(
        &["tuesday", "thursday"],
        "02:00",
        "06:00",
        "America/New_York",
    )]);
    // 2026-01-06 is a Tuesday; New York is five hours behind UTC.
    check(
        &schedule,
        &[
            ("2026-01-06T01:59:59.999999999-05:00", false),
            ("2026-01-06T02:00:00-05:00", true),
            ("2026-01-06T05:59:59.999999999-05:00", true),
            ("2026-01-06T06:00:00-05:00", false),
            ("2026-01-07T03:00:00-05:00", false),
            ("2026-01-08T03:00:00-05:00", true),
            ("2026-01-06T02:00:00Z", false),
        ],
    );
}

#[test]
fn spring_in_new_york_skips_a_window_in_the_lost_hour() {
    // On Sunday 2026-03-08 the clock jumps from 02:00 to 03:00, at 07:00 UTC.
    let lost = schedule(vec![window(
        &["sunday"],
        "02:00",
        "03:00",
        "America/New_York",
    )]);
    check(
        &lost,
        &[
            ("2026-03-01T07:30:00Z", true),
            ("2026-03-08T06:59:59Z", false),
            ("2026-03-08T07:00:00Z", false),
            ("2026-03-08T07:30:00Z", false),
            ("2026-03-15T06:30:00Z", true),
        ],
    );
    let around = schedule(vec![window(
        &["sunday"],
        "01:30",
        "03:30",
        "America/New_York",
    )]);
    check(
        &around,
        &[
            ("2026-03-08T06:29:59Z", false),
            ("2026-03-08T06:30:00Z", true),
            ("2026-03-08T07:00:00Z", true),
            ("2026-03-08T07:29:59Z", true),
            ("2026-03-08T07:30:00Z", false),
        ],
    );
}

#[test]
fn autumn_in_new_york_opens_a_window_in_the_repeated_hour_twice() {
    // On Sunday 2026-11-01 the clock falls from 02:00 back to 01:00, at 06:00 UTC.
    let repeated = schedule(vec![window(
        &["sunday"],
        "01:00",
        "01:30",
        "America/New_York",
    )]);
    check(
        &repeated,
        &[
            ("2026-11-01T04:59:59Z", false),
            ("2026-11-01T05:00:00Z", true),
            ("2026-11-01T05:29:59Z", true),
            ("2026-11-01T05:30:00Z", false),
            ("2026-11-01T06:00:00Z", true),
            ("2026-11-01T06:29:59Z", true),
            ("2026-11-01T06:30:00Z", false),
            ("2026-11-01T07:00:00Z", false),
        ],
    );
}

#[test]
fn berlin_changes_its_clocks_on_other_days() {
    let schedule = schedule(vec![window(&["sunday"], "02:00", "03:00", "Europe/Berlin")]);
    check(
        &schedule,
        &[
            ("2026-03-22T01:30:00Z", true),
            // 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC.
            ("2026-03-29T00:59:59Z", false),
            ("2026-03-29T01:30:00Z", false),
            ("2026-04-05T00:30:00Z", true),
            // 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC.
            ("2026-10-25T00:30:00Z", true),
            ("2026-10-25T01:30:00Z", true),
            ("2026-10-25T02:00:00Z", false),
        ],
    );
}

#[test]
fn lord_howe_moves_by_half_an_hour() {
    let schedule = schedule(vec![window(
        &["sunday"],
        "01:30",
        "02:15",
        "Australia/Lord_Howe",
    )]);
    check(
        &schedule,
        &[
            // 2026-04-05: 02:00 (+11) becomes 01:30 (+10:30) at 15:00 UTC of the day before.
            ("2026-04-04T14:29:59Z", false),
            ("2026-04-04T14:30:00Z", true),
            ("2026-04-04T14:59:59Z", true),
            ("2026-04-04T15:00:00Z", true),
            ("2026-04-04T15:44:59Z", true),
            ("2026-04-04T15:45:00Z", false),
            // 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11) at 15:30 UTC of the day before.
            ("2026-10-03T15:00:00Z", true),
            ("2026-10-03T15:29:59Z", true),
            ("2026-10-03T15:30:00Z", false),
        ],
    );
}

#[test]
fn an_end_before_the_start_crosses_midnight_and_belongs_to_the_start_day() {
    let schedule = schedule(vec![window(&["friday"], "22:00", "06:00", "UTC")]);
    // 2026-01-09 is a Friday.
    check(
        &schedule,
        &[
            ("2026-01-09T05:00:00Z", false),
            ("2026-01-09T21:59:59Z", false),
            ("2026-01-09T22:00:00Z", true),
            ("2026-01-10T00:00:00Z", true),
            ("2026-01-10T05:59:59Z", true),
            ("2026-01-10T06:00:00Z", false),
            ("2026-01-10T22:00:00Z", false),
        ],
    );
}

#[test]
fn a_window_may_cross_the_end_of_the_week() {
    let schedule = schedule(vec![window(&["sunday"], "23:00", "02:00", "UTC")]);
    // 2026-01-11 is a Sunday.
    check(
        &schedule,
        &[
            ("2026-01-11T01:00:00Z", false),
            ("2026-01-11T22:59:59Z", false),
            ("2026-01-11T23:00:00Z", true),
            ("2026-01-12T00:00:00Z", true),
            ("2026-01-12T01:59:59Z", true),
            ("2026-01-12T02:00:00Z", false),
        ],
    );
    assert_eq!(schedule.open_minutes(), 180);
}

#[test]
fn a_day_may_be_whole() {
    for (start, end) in [("00:00", "24:00"), ("00:00", "00:00")] {
        let schedule = schedule(vec![window(&["wednesday"], start, end, "UTC")]);
        check(
            &schedule,
            &[
                ("2026-01-06T23:59:59Z", false),
                ("2026-01-07T00:00:00Z", true),
                ("2026-01-07T23:59:59Z", true),
                ("2026-01-08T00:00:00Z", false),
            ],
        );
        assert_eq!(schedule.open_minutes(), 1440);
    }
    let noon_to_noon = schedule(vec![window(&["wednesday"], "12:00", "12:00", "UTC")]);
    check(
        &noon_to_noon,
        &[
            ("2026-01-08T11:59:59Z", true),
            ("2026-01-08T12:00:00Z", false),
        ],
    );
}

#[test]
fn it_is_open_when_any_window_is() {
    let schedule = schedule(vec![
        window(&["monday"], "08:00", "09:00", "UTC"),
        window(&["monday"], "08:00", "09:00", "Asia/Tokyo"),
        window(&["monday"], "08:30", "10:00", "utc"),
    ]);
    check(
        &schedule,
        &[
            ("2026-01-04T23:30:00Z", true),
            ("2026-01-05T00:00:00Z", false),
            ("2026-01-05T08:10:00Z", true),
            ("2026-01-05T09:30:00Z", true),
            ("2026-01-05T10:00:00Z", false),
        ],
    );
    assert_eq!(schedule.open_minutes(), 180);
}

#[test]
fn what_could_never_open_does_not_compile() {
    let windows = vec![
        window(&[], "08:00", "09:00", "UTC"),
        window(&["monday"], "08:00", "09:00", "Mars/Olympus"),
        window(&["monday"], "08:00", "09:00", "Etc/Unknown"),
    ];
    insta::assert_snapshot!(Schedule::compile(&rule(windows)).unwrap_err(), @"windows[0].days: needs at least one day; windows[1].timezone: `Mars/Olympus` is not a known time zone; windows[2].timezone: `Etc/Unknown` is not a known time zone");
    insta::assert_snapshot!(Schedule::compile(&rule(Vec::new())).unwrap_err(), @"windows: needs at least one window");
}

fn overlap(one: &WeeklyWindow, other: &WeeklyWindow) -> bool {
    let (one, other) = (schedule(vec![one.clone()]), schedule(vec![other.clone()]));
    assert_eq!(one.overlaps(&other), other.overlaps(&one));
    one.overlaps(&other)
}

#[test]
fn windows_that_touch_do_not_overlap() {
    let morning = window(&["monday"], "08:00", "12:00", "UTC");
    assert!(!overlap(
        &morning,
        &window(&["monday"], "12:00", "13:00", "UTC")
    ));
    assert!(overlap(
        &morning,
        &window(&["monday"], "11:59", "13:00", "UTC")
    ));
    assert!(!overlap(
        &morning,
        &window(&["tuesday"], "08:00", "12:00", "UTC")
    ));
    assert!(overlap(
        &window(&["sunday"], "23:00", "02:00", "UTC"),
        &window(&["monday"], "01:00", "03:00", "UTC")
    ));
}

#[test]
fn windows_of_two_zones_overlap_by_the_moments_they_mean() {
    let tokyo = window(&["tuesday"], "00:00", "01:00", "Asia/Tokyo");
    assert!(overlap(
        &tokyo,
        &window(&["monday"], "15:00", "16:00", "UTC")
    ));
    assert!(!overlap(
        &tokyo,
        &window(&["tuesday"], "00:00", "01:00", "UTC")
    ));
}

#[test]
fn an_overlap_in_the_weeks_when_one_zone_keeps_summer_time_counts() {
    // New York is six hours behind Berlin most of the year, five in some weeks of March and
    // October.
    let berlin = window(&["monday"], "12:00", "13:00", "Europe/Berlin");
    assert!(overlap(
        &berlin,
        &window(&["monday"], "06:00", "07:00", "America/New_York")
    ));
    assert!(overlap(
        &berlin,
        &window(&["monday"], "07:00", "08:00", "America/New_York")
    ));
    assert!(!overlap(
        &berlin,
        &window(&["monday"], "08:00", "09:00", "America/New_York")
    ));
}

const ZONES: [&str; 6] = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
];

fn windows() -> impl Strategy<Value = Vec<WeeklyWindow>> {
    let time = |most: u16| {
        prop_oneof![0..most, (0..most / 30).prop_map(|half| half * 30)].prop_map(|minute| {
            let text = format!("{:02}:{:02}", minute / 60, minute % 60);
            MinuteOfDay::try_from(text).expect("a time of day")
        })
    };
    let days = proptest::sample::subsequence(Day::ALL.to_vec(), 1..=3);
    let one = (days, time(1440), time(1441), select(ZONES.to_vec()));
    let one = one.prop_map(|(days, start, end, zone)| WeeklyWindow {
        days,
        start,
        end,
        timezone: zone.to_owned(),
    });
    vec(one, 1..4)
}

/// Looks at the wall clock and the calendar, window by window, as a person would.
fn plainly_open(windows: &[WeeklyWindow], now: Timestamp) -> bool {
    let day = |weekday: Weekday| {
        Day::ALL[usize::try_from(weekday.to_monday_zero_offset()).expect("a day")]
    };
    windows.iter().any(|window| {
        let zone = TimeZoneDatabase::bundled()
            .get(&window.timezone)
            .expect("a zone");
        let local = now.to_zoned(zone);
        let minute = u16::try_from(local.hour()).expect("an hour") * 60
            + u16::try_from(local.minute()).expect("a minute");
        let (start, end) = (window.start.minutes(), window.end.minutes());
        let today = window.days.contains(&day(local.weekday()));
        let yesterday = window.days.contains(&day(local.weekday().previous()));
        if start < end {
            today && start <= minute && minute < end
        } else {
            (today && start <= minute) || (yesterday && minute < end)
        }
    })
}

/// Moments of three years, half of them near a change of clocks.
fn moments() -> impl Strategy<Value = Timestamp> {
    let any =
        (1_735_689_600..1_830_297_600_i64).prop_map(|s| Timestamp::from_second(s).expect("a time"));
    let changes = vec![
        "2026-03-08T07:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-04-04T15:00:00Z",
        "2026-10-03T15:30:00Z",
    ];
    let near = (select(changes), -200_i64..200).prop_map(|(change, minutes)| {
        at(change)
            .checked_add(SignedDuration::from_mins(minutes))
            .expect("a time")
    });
    prop_oneof![any, near]
}

proptest! {
    #[test]
    fn the_compiled_schedule_agrees_with_the_plain_reading(
        windows in windows(),
        moments in vec(moments(), 1..40),
    ) {
        let schedule = schedule(windows.clone());
        for now in moments {
            let open = plainly_open(&windows, now);
            prop_assert_eq!(schedule.is_open(now), open, "{}", now);
            prop_assert_eq!(schedule.is_open_by(&mut LocalTimes::at(now)), open);
        }
    }

    #[test]
    fn the_open_minutes_of_one_zone_are_counted_once(windows in windows()) {
        let mut windows = windows;
        for window in &mut windows {
            window.timezone = "UTC".to_owned();
        }
        let schedule = schedule(windows.clone());
        let monday = at("2026-01-05T00:00:00Z");
        let counted = (0..7 * 1440)
            .filter(|minute| plainly_open(&windows, monday + SignedDuration::from_mins(*minute)))
            .count();
        prop_assert_eq!(usize::from(schedule.open_minutes()), counted);
    }
}

#[test]
fn all_days_named_are_all_days_open() {
    let schedule = schedule(vec![window(&ALL, "00:00", "24:00", "UTC")]);
    assert_eq!(schedule.open_minutes(), 7 * 1440);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn schedules_open_at_the_same_moment_overlap(
        one in windows(),
        other in windows(),
        week in 0_i64..52,
    ) {
        let (one, other) = (schedule(one), schedule(other));
        let start = at("2026-01-01T00:00:00Z") + SignedDuration::from_hours(week * 168);
        let both = (0..7 * 48).any(|half| {
            let now = start + SignedDuration::from_mins(half * 30);
            one.is_open(now) && other.is_open(now)
        });
        prop_assert!(!both || one.overlaps(&other));
        prop_assert_eq!(one.overlaps(&other), other.overlaps(&one));
    }
}
