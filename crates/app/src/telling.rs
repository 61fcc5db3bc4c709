//! A verdict in words.

use crate::output::{
    clean::one_line,
    painted, style,
    table::{text_at, text_of},
};
use serde_json::Value;

/// One reason of a verdict: what speaks for it, and what the asker can do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Because {
    /// Why.
    pub(crate) text: String,
    /// What to do about it; nothing when another reason decides anyway.
    pub(crate) remedy: Option<String>,
}

/// The reasons of an answer, those that decide first.
#[must_use]
pub(crate) fn reasons(answer: &Value) -> Vec<Because> {
    let reasons = answer
        .get("reasons")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let because = |reason: &Value| {
        // To wait for people, say, is no advice when the verdict is harder than that.
        let decides = reason.get("verdict") == answer.get("verdict");
        let remedy = one_line(&text_at(reason, "remedy"));
        Because {
            text: one_line(&text_at(reason, "text")),
            remedy: decides.then_some(remedy),
        }
    };
    let mut reasons: Vec<Because> = reasons.iter().map(because).collect();
    reasons.sort_by_key(|reason| reason.remedy.is_none());
    reasons
}

/// Everything a person wants to know about an answer, line by line.
#[must_use]
pub(crate) fn verdict(answer: &Value) -> String {
    let word = text_at(answer, "verdict");
    let mut text = painted(style::of_word(&word), &word);
    let place = if answer.get("refused_here") == Some(&Value::Bool(true)) {
        "refused here; nothing was sent".to_owned()
    } else {
        format!("record {}", one_line(&text_at(answer, "seq")))
    };
    text.push_str(&format!(
        "  tier {} · risk tier {} · {place}\n",
        one_line(&text_at(answer, "tier")),
        one_line(&text_at(answer, "risk_tier")),
    ));
    let reasons = reasons(answer);
    if reasons.is_empty() {
        fact(&mut text, "because", &text_at(answer, "reasoning"));
    }
    for Because { text: why, remedy } in reasons {
        fact(
            &mut text,
            if remedy.is_some() { "because" } else { "also" },
            &why,
        );
        if let Some(remedy) = remedy {
            fact(&mut text, "so", &remedy);
        }
    }
    what_follows(&mut text, answer);
    text
}

/// The hold, the permit and what else an answer brings.
fn what_follows(text: &mut String, answer: &Value) {
    if let Some(hold) = answer.get("hold_id").and_then(Value::as_str) {
        let needed = answer
            .get("approvals_required")
            .and_then(Value::as_u64)
            .unwrap_or(1);
        let people = if needed == 1 {
            "one approval".to_owned()
        } else {
            format!("{needed} approvals by different people")
        };
        let end = text_at(answer, "timeout_at");
        fact(text, "hold", &format!("{hold}, needs {people}, ends {end}"));
    }
    if answer.pointer("/obligations/dry_run") == Some(&Value::Bool(true)) {
        fact(
            text,
            "owes",
            "a passed dry run of this exact action, before it is done",
        );
    }
    let warnings = answer.get("warnings").and_then(Value::as_array);
    for warning in warnings.into_iter().flatten().filter_map(Value::as_str) {
        fact(text, "warning", warning);
    }
    if let Some(permit) = answer.get("permit").and_then(Value::as_str) {
        fact(text, "permit", permit);
    }
    if let Some(why) = answer.get("permit_withheld").and_then(Value::as_str) {
        fact(text, "no permit", why);
    }
    if let Some(would) = answer.get("would").filter(|would| would.is_object()) {
        let (verdict, tier) = (text_at(would, "verdict"), text_at(would, "tier"));
        fact(
            text,
            "would be",
            &format!("{verdict}, tier {tier}, if everything were enforced"),
        );
    }
    if answer.get("repeated") == Some(&Value::Bool(true)) {
        fact(
            text,
            "note",
            "this is the answer to the same request, sent before",
        );
    }
}

/// What was done on the strength of a verdict, or would be, line by line.
#[must_use]
pub(crate) fn done(answer: &Value) -> String {
    let part = |name: &str| answer.get(name).filter(|part| part.is_object());
    let mut text = part("decision").map(verdict).unwrap_or_default();
    if let Some(run) = part("dry_run") {
        rehearsed(&mut text, run);
    }
    if let Some(execution) = part("execution") {
        executed(&mut text, execution);
    }
    if let Some(permit) = answer.get("permit").and_then(Value::as_str) {
        fact(&mut text, "permit", permit);
    }
    text
}

/// What an action would do.
fn rehearsed(text: &mut String, run: &Value) {
    let passed = run.get("passed") == Some(&Value::Bool(true));
    let verdict = if passed { "passed" } else { "did not pass" };
    let id = text_at(run, "dry_run_id");
    fact(text, "dry run", &format!("{verdict}, {id}"));
    let told = [
        ("rows", "rows"),
        ("cost_usd", "USD"),
        ("gpu_hours", "GPU-hours"),
    ];
    for (name, unit) in told {
        if let Some(count) = run.get(name).filter(|count| count.is_number()) {
            fact(text, "takes", &format!("{count} {unit}"));
        }
    }
    let list = |name: &str| run.get(name).and_then(Value::as_array);
    for change in list("changes")
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        fact(text, "changes", change);
    }
    for check in list("checks").into_iter().flatten() {
        let word = if check.get("passed") == Some(&Value::Bool(true)) {
            "ok"
        } else {
            "FAILED"
        };
        let (name, detail) = (text_at(check, "name"), text_at(check, "detail"));
        fact(text, "check", &format!("{name}: {word} {detail}"));
    }
}

/// What was done.
fn executed(text: &mut String, execution: &Value) {
    let ended = text_at(execution, "ended");
    let word = match ended.as_str() {
        "unknown" => "UNKNOWN; it may have been done, a person finds out",
        "started" => "it still runs",
        other => other,
    };
    fact(text, "ended", word);
    fact(text, "what", &text_at(execution, "summary"));
    match execution.get("output") {
        None | Some(Value::Null) => {}
        Some(Value::String(output)) => text.push_str(&block(output)),
        Some(output) => text.push_str(&block(&format!("{output:#}"))),
    }
    if execution.get("truncated") == Some(&Value::Bool(true)) {
        fact(text, "note", "there was more; the rest is not kept");
    }
}

/// A hold that was not released, or not yet.
#[must_use]
pub(crate) fn waiting(hold: &Value) -> String {
    let status = text_at(hold, "status");
    let mut text = painted(style::of_word(&status), &status);
    text.push_str(&format!("  hold {}\n", one_line(&text_at(hold, "hold_id"))));
    if let Some(reason) = hold.get("reason").and_then(Value::as_str) {
        fact(&mut text, "because", reason);
    }
    text
}

/// Lines from outside, each without what a terminal would obey.
fn block(lines: &str) -> String {
    lines
        .lines()
        .map(|line| format!("  {}\n", one_line(line)))
        .collect()
}

fn fact(text: &mut String, name: &str, value: &str) {
    let name = painted(style::FAINT, &format!("{name:<9}"));
    text.push_str(&format!("  {name} {}\n", one_line(value)));
}

/// The parameters of an action in a few words.
#[must_use]
pub(crate) fn parameters(parameters: &Value) -> String {
    let Some(map) = parameters.as_object() else {
        return String::new();
    };
    let pairs = map
        .iter()
        .map(|(key, value)| format!("{key} {}", text_of(value)));
    pairs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_verdict_says_why_what_to_do_and_what_follows() {
        let answer = json!({
            "verdict": "HELD", "tier": "B", "risk_tier": 3, "seq": 12,
            "reasons": [
                { "text": "it is small", "remedy": "nothing", "verdict": "CLEARED" },
                { "text": "it is \u{1b}[31mlate", "remedy": "wait", "verdict": "HELD" },
            ],
            "hold_id": "esc_1", "approvals_required": 2, "timeout_at": "2026-04-10T15:00:00Z",
            "obligations": { "dry_run": false }, "repeated": true,
        });
        let text = anstream::adapter::strip_str(&verdict(&answer)).to_string();
        insta::assert_snapshot!(text);
    }
}
