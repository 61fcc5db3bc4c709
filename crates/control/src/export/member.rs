//! The members of a record as texts.

use serde_json::{Map, Value};
use std::borrow::Cow;

/// A member as text: texts as they are, everything else as JSON, nothing for what is not there.
pub(super) fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Cow<'m, str> {
    match members.get(name) {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(other) => Cow::Owned(other.to_string()),
    }
}

/// The first of these members that says something, as text.
pub(super) fn first<'m>(members: &'m Map<String, Value>, names: &[&str]) -> Cow<'m, str> {
    let mut texts = names.iter().map(|name| text(members, name));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

/// The texts of a list, joined by semicolons.
pub(super) fn list(members: &Map<String, Value>, name: &str) -> String {
    let items = members.get(name).and_then(Value::as_array);
    let texts = items.into_iter().flatten().filter_map(Value::as_str);
    texts.collect::<Vec<_>>().join(";")
}

/// Who approved, joined by semicolons.
pub(super) fn approvers(members: &Map<String, Value>) -> String {
    let items = members.get("approvals").and_then(Value::as_array);
    let names = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("by")?.as_str());
    names.collect::<Vec<_>>().join(";")
}
