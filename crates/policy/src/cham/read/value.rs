//! Single values: from what stands in the text to what is meant, or what is wrong with it.

use crate::{
    cham::{OnBreach, Severity},
    id::AgentId,
    label::Label,
    spelling,
    tier::Tier,
};
use jiff::Timestamp;
use serde_json::Value;

/// Reads one value, or says what is wrong with it.
pub(super) type Parse<T> = fn(&Value) -> Result<T, String>;

/// The longest label, in characters.
const LABEL: usize = 128;
/// The longest name of anything, in characters.
const NAME: usize = 200;
/// The longest explanation, in characters.
const PROSE: usize = 2_000;
/// The most characters of somebody's text that are shown back.
const SHOWN: usize = 64;

/// What a value is, for a message.
pub(super) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The beginning of a text, short enough for a message.
pub(super) fn cut(text: &str) -> String {
    match text
        .char_indices()
        .nth(SHOWN)
        .and_then(|(end, _)| text.get(..end))
    {
        Some(start) => format!("{start}…"),
        None => text.to_owned(),
    }
}

/// Any text, as it stands.
pub(super) fn text(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .ok_or_else(|| format!("must be a text, not {}", kind(value)))
}

/// One visible line of at most [`NAME`] characters.
pub(super) fn name(value: &Value) -> Result<String, String> {
    bounded(text(value)?, NAME, |_| false)
}

/// Visible text of at most [`PROSE`] characters; may have several lines.
pub(super) fn prose(value: &Value) -> Result<String, String> {
    bounded(text(value)?, PROSE, |c| c == '\n' || c == '\t')
}

/// A label of at most [`LABEL`] characters, folded.
pub(super) fn label(value: &Value) -> Result<Label, String> {
    bounded(text(value)?, LABEL, |_| false).map(|text| Label::new(&text))
}

/// The path to a field, such as `reasoning` or `metadata.ticket.id`.
pub(super) fn field(value: &Value) -> Result<String, String> {
    let path = bounded(text(value)?, LABEL, |_| false)?;
    if path.split('.').any(|part| part.trim().is_empty()) {
        return Err(format!("`{path}` is not the path of a field"));
    }
    Ok(path)
}

fn bounded(text: &str, most: usize, harmless: fn(char) -> bool) -> Result<String, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err("must not be blank".to_owned());
    }
    if trimmed.chars().nth(most).is_some() {
        return Err(format!("has more than {most} characters"));
    }
    match trimmed.chars().find(|c| is_hidden(*c) && !harmless(*c)) {
        Some(c) => Err(format!("has a hidden character (U+{:04X})", u32::from(c))),
        None => Ok(trimmed.to_owned()),
    }
}

/// Characters that make a text look like another one.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// `true` or `false`.
pub(super) fn boolean(value: &Value) -> Result<bool, String> {
    value
        .as_bool()
        .ok_or_else(|| format!("must be true or false, not {}", kind(value)))
}

/// A whole number from `LEAST` to `MOST`.
pub(super) fn whole<const LEAST: u32, const MOST: u32>(value: &Value) -> Result<u32, String> {
    value
        .as_u64()
        .and_then(|number| u32::try_from(number).ok())
        .filter(|number| (LEAST..=MOST).contains(number))
        .ok_or_else(|| match value {
            Value::Number(number) => {
                format!("must be a whole number from {LEAST} to {MOST}, not `{number}`")
            }
            other => format!(
                "must be a whole number from {LEAST} to {MOST}, not {}",
                kind(other)
            ),
        })
}

/// A number from 0 to 1.
pub(super) fn fraction(value: &Value) -> Result<f64, String> {
    let number = value
        .as_f64()
        .ok_or_else(|| format!("must be a number from 0 to 1, not {}", kind(value)))?;
    // A comparison with a number that is not one is false, so it is refused here too.
    if (0.0..=1.0).contains(&number) {
        Ok(number)
    } else {
        Err(format!("must be a number from 0 to 1, not `{number}`"))
    }
}

/// One of some words, found without regard to case.
pub(super) fn choice<T: Copy>(value: &Value, words: &[(&'static str, T)]) -> Result<T, String> {
    let given = text(value)?.trim();
    let found = words
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(given));
    found.map(|(_, meant)| *meant).ok_or_else(|| {
        let known = || words.iter().map(|(word, _)| *word);
        let list = known()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let hint = spelling::hint(given, known());
        let one_of = if words.len() > 1 { "one of " } else { "" };
        format!("must be {one_of}{list}, not `{}`{hint}", cut(given))
    })
}

/// A tier.
pub(super) fn tier(value: &Value) -> Result<Tier, String> {
    choice(
        value,
        &[
            ("A", Tier::A),
            ("B", Tier::B),
            ("C", Tier::C),
            ("X", Tier::X),
        ],
    )
}

/// `block` or `hold`.
pub(super) fn breach(value: &Value) -> Result<OnBreach, String> {
    choice(
        value,
        &[("block", OnBreach::Block), ("hold", OnBreach::Hold)],
    )
}

/// A severity.
pub(super) fn severity(value: &Value) -> Result<Severity, String> {
    let words = [
        ("LOW", Severity::Low),
        ("MEDIUM", Severity::Medium),
        ("HIGH", Severity::High),
        ("CRITICAL", Severity::Critical),
    ];
    choice(value, &words)
}

/// The one verdict a block may name.
pub(super) fn blocked(value: &Value) -> Result<(), String> {
    choice(value, &[("BLOCKED", ())])
        .map_err(|_| "must be `BLOCKED`; this type of policy knows no other verdict".to_owned())
}

/// An agent's id.
pub(super) fn agent(value: &Value) -> Result<AgentId, String> {
    AgentId::new(text(value)?).map_err(|error| error.to_string())
}

/// A moment, with its offset from UTC.
pub(super) fn moment(value: &Value) -> Result<Timestamp, String> {
    let given = text(value)?.trim();
    given.parse().map_err(|_| {
        format!(
            "must be a time with an offset, such as `2026-05-01T00:00:00Z`, not `{}`",
            cut(given)
        )
    })
}
