//! Values as YAML that people read, in which everything is seen (YAML 1.2.2).

use portcullis_firewall::visible::is_unseen;
use serde_json::Value;
use std::fmt::Write;

/// Keys that stand first, as they name what the others are about.
const FIRST: [&str; 6] = ["version", "tenant", "timezone", "action", "name", "id"];
/// Words that some readers take for something else than text.
const TAKEN: [&str; 11] = [
    "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf",
];

/// A value in block style. Reading it again gives the same value.
pub(in crate::console::rooms) fn written(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut members: Vec<(&String, &Value)> = map.iter().collect();
            members.sort_by_key(|(key, _)| rank(key));
            for (place, (key, member)) in members.into_iter().enumerate() {
                if place > 0 {
                    indent(depth, text);
                }
                scalar(key, text);
                text.push(':');
                below(member, depth, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    indent(depth, text);
                }
                text.push_str("- ");
                block(item, depth.saturating_add(1), text);
            }
        }
        flat => {
            flow(flat, text);
            text.push('\n');
        }
    }
}

/// The value of a key: on its line, or below it.
fn below(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Array(items) if is_short(items) => {
            text.push(' ');
            flow(value, text);
            text.push('\n');
        }
        Value::Object(map) if !map.is_empty() => nested(value, depth, text),
        Value::Array(items) if !items.is_empty() => nested(value, depth, text),
        flat => {
            text.push(' ');
            flow(flat, text);
            text.push('\n');
        }
    }
}

fn nested(value: &Value, depth: usize, text: &mut String) {
    let deeper = depth.saturating_add(1);
    text.push('\n');
    indent(deeper, text);
    block(value, deeper, text);
}

/// A few plain things fit on a line.
fn is_short(items: &[Value]) -> bool {
    let flat = items
        .iter()
        .all(|item| !item.is_array() && !item.is_object());
    flat && items
        .iter()
        .map(|item| item.to_string().len())
        .sum::<usize>()
        < 60
}

fn flow(value: &Value, text: &mut String) {
    match value {
        Value::String(words) => scalar(words, text),
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                flow(item, text);
            }
            text.push(']');
        }
        Value::Object(_) => text.push_str("{}"),
        plain => {
            let _ = write!(text, "{plain}");
        }
    }
}

fn scalar(words: &str, text: &mut String) {
    if is_plain(words) {
        text.push_str(words);
        return;
    }
    text.push('"');
    for char in words.chars() {
        match char {
            '"' | '\\' => {
                text.push('\\');
                text.push(char);
            }
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            hidden if is_unseen(hidden) => {
                let _ = write!(text, "\\U{:08X}", u32::from(hidden));
            }
            seen => text.push(seen),
        }
    }
    text.push('"');
}

/// Whether a text needs no quotes: letters, digits and a little more, and no other meaning.
fn is_plain(words: &str) -> bool {
    let begins = words.starts_with(|first: char| first.is_ascii_alphabetic());
    let rest = |char: char| char.is_ascii_alphanumeric() || "_.-/".contains(char);
    let taken = TAKEN.iter().any(|word| word.eq_ignore_ascii_case(words));
    begins && words.chars().all(rest) && !taken
}

fn indent(depth: usize, text: &mut String) {
    for _ in 0..depth {
        text.push_str("  ");
    }
}

fn rank(key: &str) -> usize {
    let place = FIRST.iter().position(|first| *first == key);
    place.unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::console::rooms::drafts::must_be_visible;
    use portcullis_policy::yaml;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn it_reads_as_people_write_it() {
        let value = json!({
            "actions": [{"action": "workloads.*", "allow": true, "caps": {"max_gpus": 8.0}}],
            "budgets": {"daily_usd": 100.5}, "tenant": "acme", "version": 1, "none": [], "off": "no",
        });
        insta::assert_snapshot!(written(&value), @r#"
        version: 1
        tenant: acme
        actions:
          - action: "workloads.*"
            allow: true
            caps:
              max_gpus: 8.0
        budgets:
          daily_usd: 100.5
        none: []
        "off": "no"
        "#);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_again(words in "[ -~\u{202E}\n\t\u{1F600}é]{0,12}", any: String, number in -1e9_f64..1e9) {
            let value = json!({
                "version": 1, "none": [], "empty": {}, any.clone(): any, words.clone(): [words],
                "nested": [[words, number, null], [], {}, [{"a b": [words]}], {"x": {"y": [[true]]}}],
            });
            let text = written(&value);
            prop_assert!(must_be_visible(&text).is_ok());
            prop_assert_eq!(yaml::read(&text), Ok(value), "{}", text);
        }
    }
}
