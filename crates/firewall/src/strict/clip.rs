//! What an error repeats of a text that may be hostile.

/// The most characters of a key or a message that an error repeats.
const REPEATED: usize = 120;

/// The beginning of a text that may be hostile, without control characters.
pub(super) fn clipped(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(REPEATED)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(REPEATED).is_some() {
        shown.push('\u{2026}');
    }
    shown
}
