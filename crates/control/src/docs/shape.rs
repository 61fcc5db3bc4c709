//! Shapes of JSON in words: what stands in a body, and what each word means.

use super::html::{Html, anchor};
use serde_json::Value;

/// The anchor of a named shape.
pub(super) fn anchor_of(name: &str) -> String {
    format!("shape-{}", anchor(name))
}

/// The name a shape refers to.
fn reference(shape: &Value) -> Option<&str> {
    shape.get("$ref")?.as_str()?.rsplit('/').next()
}

/// A shape in a few words, with a link when it has a name.
pub(super) fn brief(shape: &Value, html: &mut Html) {
    if let Some(name) = reference(shape) {
        html.link(&anchor_of(name), name);
        return;
    }
    if let Some((choices, joint)) = choices(shape) {
        let mut first = true;
        for choice in choices.iter().filter(|choice| !is_null(choice)) {
            if !first {
                html.text(joint);
            }
            first = false;
            brief(choice, html);
        }
        if choices.iter().any(is_null) {
            html.text(" or null");
        }
        return;
    }
    let kinds = kinds(shape);
    if kinds.contains(&"array") {
        html.text("list of ");
        brief(shape.get("items").unwrap_or(&Value::Null), html);
    } else if let Some(words) = shape.get("enum").and_then(Value::as_array) {
        for (at, word) in words.iter().enumerate() {
            html.raw(if at > 0 { " · " } else { "" });
            html.raw("<code>")
                .text(word.as_str().unwrap_or_default())
                .raw("</code>");
        }
    } else if let Some(values) = shape.get("additionalProperties").filter(|v| v.is_object()) {
        html.text("object of ");
        brief(values, html);
    } else {
        html.text(&named(&kinds, shape));
    }
    if kinds.contains(&"null") {
        html.text(" or null");
    }
}

/// The parts of a shape that is put together.
fn choices(shape: &Value) -> Option<(&Vec<Value>, &'static str)> {
    [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")]
        .into_iter()
        .find_map(|(key, joint)| Some((shape.get(key)?.as_array()?, joint)))
}

fn is_null(shape: &Value) -> bool {
    shape.get("type").is_some_and(|kind| kind == "null")
}

/// The types of a shape.
fn kinds(shape: &Value) -> Vec<&str> {
    match shape.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn named(kinds: &[&str], shape: &Value) -> String {
    let kind = kinds
        .iter()
        .find(|kind| **kind != "null")
        .copied()
        .unwrap_or("anything");
    match shape.get("format").and_then(Value::as_str) {
        Some("date-time") => "moment".to_owned(),
        _ => kind.to_owned(),
    }
}

/// What a field means: said of the field, or of the part of it that is not null.
fn meaning(field: &Value) -> &str {
    let said = |shape: &'_ Value| shape.get("description").is_some();
    let parts = choices(field)
        .map(|(parts, _)| parts.as_slice())
        .unwrap_or_default();
    let place = if said(field) {
        Some(field)
    } else {
        parts.iter().find(|part| said(part))
    };
    place
        .and_then(|shape| shape.get("description")?.as_str())
        .unwrap_or_default()
}

/// A shape in full: its description and a table of its fields.
pub(super) fn full(shape: &Value, html: &mut Html) {
    if let Some(text) = shape.get("description").and_then(Value::as_str) {
        html.prose(text);
    }
    if let Some((choices, joint)) = choices(shape) {
        for (at, choice) in choices.iter().enumerate() {
            if at > 0 {
                html.raw("<p><em>").text(joint.trim()).raw("</em></p>");
            }
            if choice.get("properties").is_some() {
                full(choice, html);
            } else {
                html.raw("<p>");
                brief(choice, html);
                html.raw("</p>");
            }
        }
        return;
    }
    let Some(fields) = shape.get("properties").and_then(Value::as_object) else {
        html.raw("<p>");
        brief(shape, html);
        html.raw("</p>");
        return;
    };
    let required = shape.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    html.raw("<table><tr><th>Field</th><th>Type</th><th>Meaning</th></tr>");
    for (name, field) in fields {
        html.raw("<tr><td><code>").text(name).raw("</code>");
        if is_required(name) {
            html.raw("<sup title=\"always there\">*</sup>");
        }
        html.raw("</td><td>");
        brief(field, html);
        html.raw("</td><td>");
        html.words(meaning(field));
        html.raw("</td></tr>");
    }
    html.raw("</table>");
}
