//! `time_window` as written.

use super::{fields::Fields, shared, value};
use crate::cham::{
    Rule,
    time_window::{Day, MinuteOfDay, TimeWindow, WeeklyWindow, zone::Zone},
};
use serde_json::Value;

/// The most windows of one policy.
const WINDOWS: usize = 64;
/// Every day of the week, some of them said twice.
const DAYS: usize = 14;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let environments = shared::environments(fields);
    let windows = fields
        .objects("windows", WINDOWS, window)
        .into_iter()
        .flatten()
        .collect();
    let outside_window = fields
        .optional("outside_window", value::breach)
        .unwrap_or_default();
    let emergency = fields.optional("emergency_override", value::boolean);
    let reason = fields.optional("reason", value::prose);
    let emergency_override = emergency.unwrap_or_default();
    let rule = TimeWindow {
        environments,
        windows,
        outside_window,
        emergency_override,
        reason,
    };
    (!rule.windows.is_empty()).then_some(Rule::TimeWindow(rule))
}

fn window(fields: &mut Fields<'_, '_>) -> Option<WeeklyWindow> {
    if !fields.has("days") {
        fields.fault("days", "is missing");
    }
    let days = fields.list("days", DAYS, day);
    let start = fields.required("start", start);
    let end = fields.required("end", time);
    let timezone = fields.required("timezone", timezone);
    Some(WeeklyWindow {
        days,
        start: start?,
        end: end?,
        timezone: timezone?,
    })
}

fn day(given: &Value) -> Result<Day, String> {
    value::choice(given, &Day::ALL.map(|day| (day.as_str(), day)))
}

fn time(given: &Value) -> Result<MinuteOfDay, String> {
    MinuteOfDay::try_from(value::cut(value::text(given)?))
}

fn start(given: &Value) -> Result<MinuteOfDay, String> {
    let start = time(given)?;
    if start == MinuteOfDay::END_OF_DAY {
        return Err("a window cannot start at `24:00`; write `00:00` of the next day".to_owned());
    }
    Ok(start)
}

/// The zone as the database spells it, so that two spellings of one zone are the same.
fn timezone(given: &Value) -> Result<String, String> {
    let name = value::text(given)?.trim();
    let unknown = || {
        format!(
            "`{}` is not an IANA time zone such as `Europe/Berlin`",
            value::cut(name)
        )
    };
    Zone::find(name)
        .map(|zone| zone.name().to_owned())
        .ok_or_else(unknown)
}
