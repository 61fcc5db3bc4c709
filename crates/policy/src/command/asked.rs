//! The command an action asks for, read from its parameters.

use super::line::LINE_MAX_BYTES;
use serde_json::{Map, Value};

/// The most commands of one line.
pub const PARTS_MAX: usize = 256;

/// A command as an action gives it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Asked {
    /// Word by word: what runs is just this, with no shell around it.
    Argv(Vec<String>),
    /// As a line for a shell.
    Line(String),
}

/// Why parameters name no command.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Malformed {
    /// Neither form.
    #[error("the command is missing: give `argv` or `line`")]
    Missing,
    /// Both forms.
    #[error("give either `argv` or `line`, not both: they might differ")]
    Both,
    /// Not texts.
    #[error("`argv` must be a list of texts, at least one, and the first not blank")]
    Argv,
    /// Not a text.
    #[error("`line` must be a text that is not blank")]
    Line,
    /// A character that ends a text where the machine reads it.
    #[error("a command must not hold NUL characters")]
    Nul,
    /// More than is looked at.
    #[error("a command has at most {most} bytes", most = LINE_MAX_BYTES)]
    TooLong,
    /// More than is looked at.
    #[error("a line has at most {most} commands", most = PARTS_MAX)]
    TooMany,
}

impl Asked {
    /// Reads `argv` or `line`.
    ///
    /// # Errors
    /// [`Malformed`] when there is not exactly one of them, or it is not what it must be.
    pub fn read(parameters: &Map<String, Value>) -> Result<Self, Malformed> {
        let asked = match (parameters.get("argv"), parameters.get("line")) {
            (None, None) => return Err(Malformed::Missing),
            (Some(_), Some(_)) => return Err(Malformed::Both),
            (Some(argv), None) => Self::Argv(argv_of(argv).ok_or(Malformed::Argv)?),
            (None, Some(Value::String(line))) if !line.trim().is_empty() => {
                Self::Line(line.clone())
            }
            (None, Some(_)) => return Err(Malformed::Line),
        };
        let (holds_nul, bytes) = match &asked {
            Self::Argv(argv) => (
                argv.iter().any(|word| word.contains('\0')),
                argv.iter().map(String::len).sum(),
            ),
            Self::Line(line) => (line.contains('\0'), line.len()),
        };
        if holds_nul {
            return Err(Malformed::Nul);
        }
        if bytes > LINE_MAX_BYTES {
            return Err(Malformed::TooLong);
        }
        Ok(asked)
    }
}

fn argv_of(value: &Value) -> Option<Vec<String>> {
    let words = value.as_array()?.iter();
    let argv: Vec<_> = words
        .map(|word| word.as_str().map(str::to_owned))
        .collect::<Option<_>>()?;
    let first = argv.first()?;
    (!first.trim().is_empty()).then_some(argv)
}
