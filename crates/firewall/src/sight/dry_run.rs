//! What an action would do, as an approver sees it.

use super::render::{shown, with_unit};
use crate::{
    dry_run::Rehearsed,
    order::{Check, DryRun},
    visible,
};
use jiff::Timestamp;
use portcullis_policy::facts::Unit;
use serde::Serialize;
use serde_json::Value;

/// The most bytes of the whole in one line.
const LINE_MAX_BYTES: usize = 2_048;

/// A dry run, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Foreseen {
    /// Whether every check passed.
    pub passed: bool,
    /// What would be touched, taken, changed and spent, one thing each.
    pub effects: Vec<String>,
    /// What was looked at and what was found, and whether it was well.
    pub checks: Vec<(String, bool)>,
    /// How the target would go about it.
    pub plan: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Foreseen {
    /// A dry run as it is shown: without what an eye cannot see.
    #[must_use]
    pub fn of(run: &Rehearsed) -> Self {
        let found = &run.found;
        Self {
            passed: found.passed,
            effects: effects(found),
            checks: found.checks.iter().map(check).collect(),
            plan: found
                .plan
                .as_deref()
                .map(|plan| visible::visible_block(plan).into_owned()),
            made_at: run.made_at,
        }
    }

    /// The whole but the plan, in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let checks = self.checks.iter().map(|(name, passed)| {
            let word = if *passed { "ok" } else { "FAILED" };
            format!("{name}: {word}")
        });
        let parts: Vec<String> = self.effects.iter().cloned().chain(checks).collect();
        let verdict = if self.passed {
            "passed"
        } else {
            "did not pass"
        };
        let line = format!("{verdict}; {}", parts.join("; "));
        let excerpt = visible::excerpt(&line, LINE_MAX_BYTES);
        if excerpt.hidden_bytes == 0 {
            return line;
        }
        format!("{}… ({} bytes more)", excerpt.text, excerpt.hidden_bytes)
    }
}

fn effects(found: &DryRun) -> Vec<String> {
    let mut effects = Vec::new();
    if let Some(rows) = found.rows {
        let noun = if rows == 1 { "row" } else { "rows" };
        effects.push(format!("{rows} {noun}"));
    }
    let resources = found.resources.iter();
    effects.extend(resources.map(|(name, value)| format!("{}: {}", shown(name), plain(value))));
    effects.extend(found.changes.iter().map(|change| shown(change)));
    let costs = [
        (found.cost_usd, Unit::Usd),
        (found.gpu_hours, Unit::GpuHours),
    ];
    let costs = costs
        .into_iter()
        .filter_map(|(amount, unit)| Some(with_unit(amount?.units(), unit)));
    effects.extend(costs);
    effects
}

fn check(check: &Check) -> (String, bool) {
    let mut words = shown(&check.name);
    if !check.detail.is_empty() {
        words.push_str(&format!(" ({})", shown(&check.detail)));
    }
    (words, check.passed)
}

/// A value without the quotes of a string.
fn plain(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    shown(&text)
}
