//! What a coding agent is told.

use portcullis_firewall::visible::visible_line;
use serde_json::{Value, json};

/// The one word that decides, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Decision {
    /// The tool runs.
    Allow(String),
    /// It does not; the model reads why.
    Deny(String),
    /// The person at the keyboard is asked.
    Ask(String),
    /// The session stops, and asks again when it is resumed.
    Defer(String),
}

/// The answer to `PreToolUse`. It is never empty: no opinion would let the tool run.
pub(super) fn decision(decision: &Decision) -> Value {
    let (word, why) = match decision {
        Decision::Allow(why) => ("allow", why),
        Decision::Deny(why) => ("deny", why),
        Decision::Ask(why) => ("ask", why),
        Decision::Defer(why) => ("defer", why),
    };
    json!({ "hookSpecificOutput": {
        "hookEventName": super::read::PRE_TOOL_USE,
        "permissionDecision": word,
        "permissionDecisionReason": visible_line(why),
    }})
}

/// The answer to an event that is none of ours.
pub(super) fn not_ours(event: &str) -> Value {
    let why = format!("the gate answers PreToolUse, not {}", visible_line(event));
    json!({ "decision": "block", "reason": why })
}
