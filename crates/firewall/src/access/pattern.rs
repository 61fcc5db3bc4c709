//! A name, or a regular expression over names.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// The longest pattern, in bytes.
pub const PATTERN_MAX_BYTES: usize = 256;

/// The largest compiled regular expression, in bytes.
pub const COMPILED_MAX_BYTES: usize = 128 << 10;

/// How deep groups may be nested.
const NEST_MAX: u32 = 16;

/// What a regular expression begins with.
const PREFIX: &str = "regex:";

/// What only a regular expression needs. The full stop is not here: ids have it.
const MARKS: &[char] = &[
    '*', '+', '?', '^', '$', '|', '(', ')', '[', ']', '{', '}', '\\',
];

/// Why a text is not a pattern.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PatternError {
    /// Nothing to match.
    #[error("a pattern must not be empty")]
    Empty,
    /// Over [`PATTERN_MAX_BYTES`].
    #[error("a pattern has at most {PATTERN_MAX_BYTES} bytes")]
    TooLong,
    /// A blank at an end, or a control character: such a name would match nothing.
    #[error("a name has no blanks at its ends and no control characters")]
    Blank,
    /// A name that looks like a regular expression, and would silently match itself alone.
    #[error("`{0}` looks like a regular expression: write `regex:{0}`, or the exact name")]
    LooksLikeRegex(String),
    /// `regex:` in other letters.
    #[error("write `regex:` in small letters")]
    Prefix,
    /// Not a regular expression.
    #[error("expected a regular expression after `regex:`: {0}")]
    Syntax(String),
    /// Over [`COMPILED_MAX_BYTES`] when compiled.
    #[error("the regular expression is too large: repeat less, or name fewer characters")]
    TooLarge,
}

impl PatternError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "pattern.empty",
            Self::TooLong => "pattern.too_long",
            Self::Blank => "pattern.blank",
            Self::LooksLikeRegex(_) => "pattern.looks_like_regex",
            Self::Prefix => "pattern.prefix",
            Self::Syntax(_) => "pattern.syntax",
            Self::TooLarge => "pattern.too_large",
        }
    }
}

/// A name that stands for itself, or `regex:` and a regular expression that must match the whole
/// name. Compiled once, when it is read; a copy shares what was compiled.
///
/// Case matters. In a regular expression `.` also stands for a line break, so that `regex:.*`
/// leaves out nothing. Matching takes time in proportion to the name's length, whatever the
/// expression (see the documentation of the package `regex`).
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: Arc<str>,
    regex: Option<Regex>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] when it is empty or too long, not a regular expression or too large a one,
    /// or a name that looks like one.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        if text.len() > PATTERN_MAX_BYTES {
            return Err(PatternError::TooLong);
        }
        let regex = match text.strip_prefix(PREFIX) {
            Some(body) => Some(compile(body)?),
            None => check_name(text).map(|()| None)?,
        };
        Ok(Self {
            text: Arc::from(text),
            regex,
        })
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name, when the pattern stands for one name alone.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.regex.is_none().then_some(&*self.text)
    }

    /// Whether the pattern matches the whole of a name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.regex
            .as_ref()
            .map_or(&*self.text == name, |regex| regex.is_match(name))
    }
}

fn check_name(text: &str) -> Result<(), PatternError> {
    if text.trim().is_empty() {
        return Err(PatternError::Empty);
    }
    if text.trim() != text || text.contains(char::is_control) {
        return Err(PatternError::Blank);
    }
    let odd_prefix = text
        .get(..PREFIX.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(PREFIX));
    if odd_prefix {
        return Err(PatternError::Prefix);
    }
    if text.contains(MARKS) {
        return Err(PatternError::LooksLikeRegex(text.to_owned()));
    }
    Ok(())
}

/// Compiles an expression, tied to both ends of the name.
fn compile(body: &str) -> Result<Regex, PatternError> {
    if body.is_empty() {
        return Err(PatternError::Empty);
    }
    // Alone first: `a)|(?:b` would close our group and be tied to one end only.
    build(body)?;
    build(&format!(r"\A(?:{body})\z"))
}

fn build(text: &str) -> Result<Regex, PatternError> {
    RegexBuilder::new(text)
        .size_limit(COMPILED_MAX_BYTES)
        .nest_limit(NEST_MAX)
        .dot_matches_new_line(true)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
            other => PatternError::Syntax(last_line(&other.to_string())),
        })
}

/// What is wrong, without the drawing above it.
fn last_line(text: &str) -> String {
    let line = text.lines().next_back().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        Self::new(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text.as_ref().to_owned()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.text)
    }
}
