//! One pattern of a list.

use super::dialect;
use regex::{Regex, RegexBuilder, RegexSetBuilder};

/// The longest pattern, in bytes.
pub const PATTERN_MAX_BYTES: usize = 512;
/// The largest program a pattern may compile to, in bytes.
const COMPILED_MAX_BYTES: usize = 1 << 18;

/// A regular expression that takes time linear in what it looks at.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// A message that names what cannot be taken, and where. Patterns of .NET and PCRE are taken
    /// only as far as they mean the same here.
    pub fn compile(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("is blank".to_owned());
        }
        if text.len() > PATTERN_MAX_BYTES {
            return Err(format!("a pattern has at most {PATTERN_MAX_BYTES} bytes"));
        }
        if let Some(message) = dialect::stranger(text) {
            return Err(message);
        }
        let regex = RegexBuilder::new(text)
            .size_limit(COMPILED_MAX_BYTES)
            .build()
            .map_err(|error| told(&error))?;
        Ok(Self {
            text: text.to_owned(),
            regex,
        })
    }

    /// The pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is found anywhere in a text.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// Whether patterns are no larger together than one may be.
pub(super) fn fit_together<'p>(patterns: impl IntoIterator<Item = &'p String>) -> bool {
    let mut set = RegexSetBuilder::new(patterns);
    set.size_limit(COMPILED_MAX_BYTES).build().is_ok()
}

/// What is wrong, on one line, with the character it begins at.
fn told(error: &regex::Error) -> String {
    let regex::Error::Syntax(text) = error else {
        return "is too large once it is compiled: count less, or list less".to_owned();
    };
    let what = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("error: "));
    let what = what.unwrap_or("it cannot be read");
    let caret = text.lines().find(|line| line.trim_start().starts_with('^'));
    // The parser shows the pattern indented by four.
    let column = caret
        .and_then(|line| line.find('^'))
        .map(|at| at.saturating_sub(3));
    match column {
        Some(column) => format!("is no regular expression: {what}, at character {column}"),
        None => format!("is no regular expression: {what}"),
    }
}
