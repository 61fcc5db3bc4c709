//! A digest in groups, as it stands among parameters: so many hex digits in one piece hold, now and
//! then, a number that the principles have to take for somebody's payment card.

use serde::{Deserialize, Deserializer, Serializer};

/// Digits in a group.
const GROUP: usize = 8;
/// What stands between groups; it joins no number.
const PAUSE: char = '.';

/// Writes a digest in groups.
///
/// # Errors
/// Those of the serializer.
pub(super) fn serialize<S: Serializer>(digest: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let mut spaced = String::with_capacity(digest.len() + digest.len() / GROUP);
    for (at, digit) in digest.chars().enumerate() {
        if at > 0 && at.is_multiple_of(GROUP) {
            spaced.push(PAUSE);
        }
        spaced.push(digit);
    }
    serializer.serialize_str(&spaced)
}

/// Reads it back.
///
/// # Errors
/// When it is no text.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let spaced = String::deserialize(deserializer)?;
    Ok(spaced.replace(PAUSE, ""))
}
