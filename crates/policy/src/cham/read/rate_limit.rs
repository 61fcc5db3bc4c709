//! `rate_limit` as written.

use super::{fields::Fields, value};
use crate::cham::{
    Rule,
    rate_limit::{Period, RateLimit, RateWindow},
};
use serde_json::Value;

/// The most windows of one policy.
const WINDOWS: usize = 16;

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Rule> {
    let windows = fields.objects("windows", WINDOWS, window);
    for (at, window) in windows.iter().enumerate() {
        let Some(RateWindow { period, .. }) = window else {
            continue;
        };
        if windows
            .iter()
            .take(at)
            .flatten()
            .any(|earlier| earlier.period == *period)
        {
            fields.fault(
                &format!("windows[{at}].period"),
                format!("`{period}` comes twice"),
            );
        }
    }
    let on_exceed = fields
        .optional("on_exceed", value::breach)
        .unwrap_or_default();
    let reason = fields.optional("reason", value::prose);
    let windows = windows.into_iter().flatten().collect();
    let rule = RateLimit {
        windows,
        on_exceed,
        reason,
    };
    (!rule.windows.is_empty()).then_some(Rule::RateLimit(rule))
}

fn window(fields: &mut Fields<'_, '_>) -> Option<RateWindow> {
    let period = fields.required("period", period);
    let max = fields.required("max", value::whole::<1, { u32::MAX }>);
    Some(RateWindow {
        period: period?,
        max: max?,
    })
}

fn period(given: &Value) -> Result<Period, String> {
    Period::try_from(value::cut(value::text(given)?))
}
