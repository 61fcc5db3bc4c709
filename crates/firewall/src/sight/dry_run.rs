//! What an action would do, in one line.

use super::render::{shown, with_unit};
use crate::{order::DryRun, visible};
use portcullis_policy::facts::Unit;

/// The most bytes of the line.
const MOST_BYTES: usize = 2_048;

/// A dry run for people: whether it passed, what it would touch, take and cost, and each check.
pub(super) fn in_words(found: &DryRun) -> String {
    let mut parts = Vec::new();
    if let Some(rows) = found.rows {
        let noun = if rows == 1 { "row" } else { "rows" };
        parts.push(format!("{rows} {noun}"));
    }
    let resources = found.resources.iter();
    parts.extend(resources.map(|(name, value)| format!("{}: {}", shown(name), plain(value))));
    parts.extend(found.changes.iter().map(|change| shown(change)));
    let costs = [
        (found.cost_usd, Unit::Usd),
        (found.gpu_hours, Unit::GpuHours),
    ];
    let costs = costs
        .into_iter()
        .filter_map(|(amount, unit)| Some((amount?, unit)));
    parts.extend(costs.map(|(amount, unit)| with_unit(amount.units(), unit)));
    for check in &found.checks {
        let word = if check.passed { "ok" } else { "FAILED" };
        let detail = shown(&check.detail);
        let detail = if detail.is_empty() {
            detail
        } else {
            format!(", {detail}")
        };
        parts.push(format!("{}: {word}{detail}", shown(&check.name)));
    }
    let verdict = if found.passed {
        "passed"
    } else {
        "did not pass"
    };
    let line = format!("{verdict}: {}", parts.join("; "));
    let excerpt = visible::excerpt(&line, MOST_BYTES);
    if excerpt.hidden_bytes > 0 {
        format!("{}… ({} bytes more)", excerpt.text, excerpt.hidden_bytes)
    } else {
        line
    }
}

/// A value without the quotes of a string.
fn plain(value: &serde_json::Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    shown(&text)
}
