//! Programs that the gate starts to talk with, line by line.

use super::{Awaited, Line, SecretName};
use std::{fmt, path::PathBuf};

/// Starts programs.
///
/// Fails closed: a program gets the variables it is given and a path to find others, nothing else
/// of the gate's environment; it ends with its line, and everything it started with it.
pub trait Starter: fmt::Debug + Send + Sync {
    /// Starts a program. What it writes on standard output, line by line, is heard; what is said
    /// is a line on its standard input. Its standard error is thrown away.
    ///
    /// Hearing may be given up halfway: the message is not lost, but heard next.
    ///
    /// # Errors
    /// [`super::OutsideError::Unreachable`] when it cannot be started,
    /// [`super::OutsideError::NoSecret`].
    fn start(&self, program: Program) -> Awaited<'_, Box<dyn Line>>;
}

/// A program to start: fixed by the gate's operator, never by an agent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Program {
    /// The command and its arguments, taken as they are: no shell reads them.
    pub command: Vec<String>,
    /// Where it runs; where the gate runs unless given.
    pub folder: Option<PathBuf>,
    /// Its environment.
    pub variables: Vec<(String, Variable)>,
    /// The longest line it may write, in bytes; a longer one ends it.
    pub most_bytes: usize,
}

/// What a variable holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Variable {
    /// A value that anybody may know.
    Plain(String),
    /// What stands behind a name.
    Secret(SecretName),
}
