//! What people are asked at the terminal.

use anyhow::{Context, ensure};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, BufRead, IsTerminal, Read, Write};
use zeroize::Zeroizing;

/// The longest line that is read, in bytes.
const LINE_MAX_BYTES: u64 = 4_096;

/// A line from standard input that is not shown while it is typed.
///
/// # Errors
/// When there is none, or the terminal cannot be told to be silent.
pub(crate) fn secret(question: &str) -> anyhow::Result<Zeroizing<String>> {
    let _silence = if io::stdin().is_terminal() {
        write!(io::stderr(), "{question}: ")?;
        Some(Silence::begin()?)
    } else {
        None
    };
    let answer = line()?;
    ensure!(!answer.is_empty(), "nothing was given");
    Ok(answer)
}

/// A line from standard input; empty at its end.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn text(question: &str) -> anyhow::Result<String> {
    write!(io::stderr(), "{question} ")?;
    Ok(line()?.to_string())
}

fn line() -> anyhow::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    io::stdin()
        .lock()
        .take(LINE_MAX_BYTES)
        .read_line(&mut line)
        .context("cannot read standard input")?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(line)
}

/// A terminal that does not show what is typed, for as long as this lives.
struct Silence(Termios);

impl Silence {
    fn begin() -> anyhow::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        // There is nothing left to do when this fails.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        let _ = writeln!(io::stderr());
    }
}
