//! An approver's view, for a terminal. The gate has written out what an eye cannot see; whatever
//! could still move the cursor loses its power here.

use super::super::desk::entries;
use crate::output::{
    clean::{clean, one_line},
    painted as in_style, style,
    table::text_at,
};
use serde_json::Value;

/// The facts that stand first.
const FACTS: &[(&str, &str)] = &[
    ("hold", "hold_id"),
    ("status", "status"),
    ("agent", "agent_name"),
    ("action", "action_type"),
    ("target", "target_service"),
    ("where", "environment"),
    ("workspace", "workspace_id"),
    ("credential", "scope"),
    ("works for", "works_for"),
    ("risk tier", "risk_tier"),
    ("because", "why"),
    ("cost", "cost"),
    ("dry run", "dry_run"),
    ("digest", "action_digest"),
];

/// The view without colours.
pub(super) fn plain(sight: &Value) -> String {
    anstream::adapter::strip_str(&painted(sight)).to_string()
}

/// The view.
pub(super) fn painted(sight: &Value) -> String {
    let mut text = String::new();
    for (name, path) in FACTS {
        let value = text_at(sight, path);
        if value != "-" {
            fact(&mut text, name, &value);
        }
    }
    for budget in entries(sight, "budgets") {
        let (name, left) = (text_at(budget, "name"), text_at(budget, "left"));
        let limit = text_at(budget, "limit");
        fact(
            &mut text,
            "budget",
            &format!("{name}: {left} of {limit} left"),
        );
    }
    for workload in entries(sight, "workloads") {
        let (name, about) = (text_at(workload, "name"), text_at(workload, "about"));
        fact(&mut text, "touches", &format!("{name} ({about})"));
    }
    for line in entries(sight, "command").iter().filter_map(Value::as_str) {
        fact(&mut text, "command", line);
    }
    parameters(&mut text, sight);
    claims(&mut text, sight);
    answers(&mut text, sight);
    text
}

fn fact(text: &mut String, name: &str, value: &str) {
    let name = in_style(style::FAINT, &format!("{name:<10}"));
    text.push_str(&format!("{name} {}\n", one_line(value)));
}

/// Line by line, marked against the decision before.
fn parameters(text: &mut String, sight: &Value) {
    let before = match sight.get("previous").filter(|before| before.is_object()) {
        Some(before) => format!(" (changes since record {})", text_at(before, "seq")),
        None => String::new(),
    };
    let heading = format!("\nparameters{before}\n");
    text.push_str(&in_style(style::STRONG, &heading));
    for line in entries(sight, "parameters") {
        let (mark, style) = match text_at(line, "change").as_str() {
            "added" => ('+', style::GOOD),
            "removed" => ('-', style::BAD),
            _ => (' ', style::FAINT),
        };
        let words = line.get("text").and_then(Value::as_str).unwrap_or_default();
        // A line feed would begin a line without a mark.
        let words = clean(words).replace('\n', "\u{FFFD}");
        text.push_str(&in_style(style, &format!("{mark} {words}")));
        text.push('\n');
    }
    let parts = sight.get("hidden_parts").and_then(Value::as_u64);
    if let Some(parts) = parts.filter(|parts| *parts > 0) {
        text.push_str(&format!(
            "{parts} hidden as secrets or personal data; they run as they came\n"
        ));
    }
    let hidden = sight.get("hidden_bytes").and_then(Value::as_u64);
    if let Some(hidden) = hidden.filter(|hidden| *hidden > 0) {
        text.push_str(&in_style(
            style::BAD,
            &format!("{hidden} bytes more are not shown"),
        ));
        text.push('\n');
    }
}

/// What the agent says, apart from what the gate knows.
fn claims(text: &mut String, sight: &Value) {
    let words = text_at(sight, "words");
    text.push_str(&in_style(style::STRONG, "\nthe agent says (not checked)\n"));
    fact(text, "words", &words);
    for claim in entries(sight, "confidence") {
        let value = text_at(claim, "value");
        fact(
            text,
            "sure of",
            &format!("{} {value}", text_at(claim, "dimension")),
        );
    }
    for piece in entries(sight, "evidence").iter().filter_map(Value::as_str) {
        fact(text, "evidence", piece);
    }
}

fn answers(text: &mut String, sight: &Value) {
    text.push_str(&in_style(style::STRONG, "\nanswers\n"));
    let votes = entries(sight, "votes");
    for vote in votes {
        let (name, choice) = (text_at(vote, "name"), text_at(vote, "choice"));
        let (at, way) = (text_at(vote, "at"), text_at(vote, "way"));
        fact(text, &choice, &format!("{name}, {at}, by {way}"));
    }
    let approves = |vote: &&Value| text_at(vote, "choice") == "approve";
    let given = votes.iter().filter(approves).count();
    let needed = text_at(sight, "approvals_required");
    fact(text, "approvals", &format!("{given} of {needed}"));
    fact(text, "asked", &text_at(sight, "asked"));
    let (level, levels) = (text_at(sight, "level"), text_at(sight, "levels"));
    fact(text, "level", &format!("{level} of {levels}"));
    match sight.get("ending").filter(|ending| ending.is_object()) {
        Some(ending) => {
            let (by, at) = (text_at(ending, "by"), text_at(ending, "at"));
            fact(
                text,
                "ended",
                &format!("by {by}, {at}: {}", text_at(ending, "reason")),
            );
        }
        None => fact(text, "ends", &text_at(sight, "ends_at")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn hostile_words_stay_words() {
        let sight = json!({
            "hold_id": "esc_1", "status": "HELD", "agent_name": "bot\u{1b}[2J", "why": "tier 4",
            "action_type": "data.delete", "target_service": "db\u{202E}dorp", "risk_tier": 4,
            "parameters": [
                { "change": "added", "text": "\"a\": 1\n- \"b\": 2" },
                { "change": "same", "text": "}" },
            ],
            "words": "safe\r\u{1b}]0;x\u{7}", "hidden_bytes": 12, "approvals_required": 2,
            "votes": [{ "name": "Ann", "choice": "approve", "at": "2026-04-10T15:00:00Z", "way": "api" }],
            "asked": [], "level": 1, "levels": 1, "ends_at": "2026-04-10T15:30:00Z",
        });
        let text = plain(&sight);
        assert!(
            !text
                .chars()
                .any(|c| (c.is_control() && c != '\n') || c == '\u{202E}')
        );
        insta::assert_snapshot!(text);
    }
}
