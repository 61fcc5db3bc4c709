//! The kinds of results that are not the last word.

use serde_json::Value;

/// The type of a result that wants input.
pub(super) const REQUIRED: &str = "input_required";
/// The type of a result that is a task.
pub(super) const TASK: &str = "task";

/// What a result says that it is; the last word when it says nothing.
pub(super) fn kind(result: &Value) -> Option<&str> {
    let kind = result.get("resultType").and_then(Value::as_str);
    kind.filter(|kind| *kind != "complete")
}

/// Whether a result wants input first.
pub(super) fn is_wanted(result: &Value) -> bool {
    kind(result) == Some(REQUIRED)
}

/// Whether a result is a task.
pub(super) fn is_task(result: &Value) -> bool {
    kind(result) == Some(TASK)
}
