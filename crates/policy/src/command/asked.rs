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
    /// One after the other, each word by word; the first that fails is the last.
    Plan(Vec<Vec<String>>),
}

/// Why parameters name no command.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Malformed {
    /// No form.
    #[error("the command is missing: give `argv`, `line` or `plan`")]
    Missing,
    /// More than one form.
    #[error("give one of `argv`, `line` and `plan`: they might differ")]
    Both,
    /// Not texts.
    #[error("`argv` must be a list of texts, at least one, and the first not blank")]
    Argv,
    /// Not a text.
    #[error("`line` must be a text that is not blank")]
    Line,
    /// Not a list of commands.
    #[error("`plan` must be a list of commands, at least one, each a list of texts as `argv` is")]
    Plan,
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
    /// Reads `argv`, `line` or `plan`.
    ///
    /// # Errors
    /// [`Malformed`] when there is not exactly one of them, or it is not what it must be.
    pub fn read(parameters: &Map<String, Value>) -> Result<Self, Malformed> {
        let forms = ["argv", "line", "plan"];
        let mut given = forms
            .into_iter()
            .filter_map(|form| Some((form, parameters.get(form)?)));
        let asked = match (given.next(), given.next()) {
            (None, _) => return Err(Malformed::Missing),
            (Some(_), Some(_)) => return Err(Malformed::Both),
            (Some(("argv", argv)), None) => Self::Argv(argv_of(argv).ok_or(Malformed::Argv)?),
            (Some(("plan", plan)), None) => Self::Plan(plan_of(plan).ok_or(Malformed::Plan)?),
            (Some((_, Value::String(line))), None) if !line.trim().is_empty() => {
                Self::Line(line.clone())
            }
            (Some(_), None) => return Err(Malformed::Line),
        };
        let (holds_nul, bytes) = match &asked {
            Self::Argv(argv) => weighed(argv.iter()),
            Self::Line(line) => (line.contains('\0'), line.len()),
            Self::Plan(plan) => weighed(plan.iter().flatten()),
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

/// Whether any of the words holds a NUL character, and the bytes of all together.
fn weighed<'w>(mut words: impl Iterator<Item = &'w String> + Clone) -> (bool, usize) {
    let bytes = words.clone().map(String::len).sum();
    (words.any(|word| word.contains('\0')), bytes)
}

fn argv_of(value: &Value) -> Option<Vec<String>> {
    let words = value.as_array()?.iter();
    let argv: Vec<_> = words
        .map(|word| word.as_str().map(str::to_owned))
        .collect::<Option<_>>()?;
    let first = argv.first()?;
    (!first.trim().is_empty()).then_some(argv)
}

fn plan_of(value: &Value) -> Option<Vec<Vec<String>>> {
    let commands = value.as_array()?;
    let plan: Vec<_> = commands.iter().map(argv_of).collect::<Option<_>>()?;
    (!plan.is_empty()).then_some(plan)
}
