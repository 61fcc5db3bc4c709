//! Programs that run once, with credentials, and whose output is heard as it comes.

use super::{Awaited, SecretName, Variable};
use std::{fmt, path::PathBuf};

/// Starts programs that get credentials.
///
/// Fails closed: a program gets the variables it is given and nothing else of the gate's
/// environment; a secret that cannot be read starts nothing; what was put in a file goes with the
/// program's end.
pub trait Launcher: fmt::Debug + Send + Sync {
    /// Starts a program.
    ///
    /// # Errors
    /// [`super::OutsideError::Unreachable`] when it cannot be started, or its files cannot be
    /// written; [`super::OutsideError::NoSecret`].
    fn launch(&self, launch: Launch) -> Awaited<'_, Box<dyn Running>>;
}

/// A program to start.
///
/// Its standard input stays open behind [`Self::input`]: when that ends, the program has to end
/// everything that it started, and itself. So nothing outlives the gate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Launch {
    /// The command and its arguments, taken as they are: no shell reads them, and everybody on the
    /// machine may.
    pub command: Vec<String>,
    /// What it is told first on its standard input.
    pub input: Vec<u8>,
    /// Its environment, all of it. Whoever runs as the same user, outside of walls, may read it.
    pub variables: Vec<(String, Variable)>,
    /// Where its files are put: a folder that is there, and nobody else's.
    pub folder: PathBuf,
    /// Files that are there while it runs, with mode 0600.
    pub files: Vec<PrivateFile>,
    /// The user and group that the files are given to, when that is not the gate's own.
    pub owner: Option<u32>,
}

/// A file with secrets in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PrivateFile {
    /// Where, below [`Launch::folder`]; plain names alone.
    pub path: PathBuf,
    /// What is in it.
    pub parts: Vec<Part>,
}

/// A part of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// Words that anybody may know.
    Text(String),
    /// What stands behind a name, as it is.
    Secret(SecretName),
    /// The same as a JSON string, which is one of YAML too.
    Quoted(SecretName),
    /// The same as a part of an address (RFC 3986, 2.1).
    Escaped(SecretName),
}

/// A program that runs. When it is dropped, its standard input ends.
pub trait Running: fmt::Debug + Send {
    /// What comes next. After [`Heard::Ended`] nothing does. May be given up halfway: nothing is
    /// lost.
    ///
    /// # Errors
    /// [`super::OutsideError::Unanswered`] when nobody can tell any more what it does.
    fn next(&mut self) -> Awaited<'_, Heard>;

    /// Asks it to end.
    fn stop(&mut self, how: Stop);
}

/// How a program is stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stop {
    /// It is asked to, by `SIGTERM`.
    Asked,
    /// It is interrupted as by Ctrl-C, by `SIGINT`.
    Interrupted,
    /// Its standard input ends: it kills what it started.
    Ended,
    /// It is killed, with its process group.
    Killed,
}

/// What is heard of a program.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Heard {
    /// It wrote on its standard output.
    Out(Vec<u8>),
    /// It wrote on its standard error.
    Err(Vec<u8>),
    /// It has ended, and said everything.
    Ended(Exit),
}

/// How a program ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}
