//! Raising walls, in a process that does nothing else.
//!
//! The binary starts itself again as the *keeper*, which reads the plan, makes namespaces and
//! stays outside; the keeper starts the binary once more as the *warden*, which raises the other
//! walls around itself and then starts the command, which cannot take them down. In a PID
//! namespace the warden is process 1: when it ends, everything does.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(target_os = "linux")]
mod privileges;
#[cfg(target_os = "linux")]
mod sweep;
#[cfg(target_os = "linux")]
mod view;
#[cfg(target_os = "linux")]
mod warden;

#[cfg(target_os = "linux")]
pub(crate) use sweep::end_all;

use crate::{
    frame::FirstLine,
    plan::{PlanFault, Wall},
};
use std::{
    ffi::OsString,
    fmt,
    io::{self, Write},
    process::ExitCode,
};

/// The argument by which the binary becomes the launcher.
pub const KEEPER: &str = "__walls";
/// The argument by which the launcher becomes what the command stands behind.
const WARDEN: &str = "__walls-within";

/// What the launcher ends with when a wall could not be raised.
const REFUSED: u8 = 1;

/// Why nothing runs.
#[derive(Debug)]
struct Refusal {
    wall: Option<Wall>,
    why: String,
}

impl Refusal {
    fn of(wall: Wall, why: impl fmt::Display) -> Self {
        Self {
            wall: Some(wall),
            why: why.to_string(),
        }
    }

    fn plain(why: impl fmt::Display) -> Self {
        Self {
            wall: None,
            why: why.to_string(),
        }
    }
}

impl From<PlanFault> for Refusal {
    fn from(fault: PlanFault) -> Self {
        Self::plain(fault)
    }
}

/// Lets an error of the system name the wall that it stands in the way of.
trait For<T> {
    fn of(self, wall: Wall, doing: &str) -> Result<T, Refusal>;
}

impl<T, E: fmt::Display> For<T> for Result<T, E> {
    fn of(self, wall: Wall, doing: &str) -> Result<T, Refusal> {
        self.map_err(|error| Refusal::of(wall, format_args!("{doing}: {error}")))
    }
}

/// Does the launcher's work when that is what this process was started for: the first argument
/// says so. To be asked before anything else, in a process of one thread.
///
/// Fails closed: when a wall of the plan cannot be raised, nothing is started.
#[must_use]
pub fn enter(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let first = arguments.into_iter().nth(1)?;
    if first == KEEPER {
        return Some(keep());
    }
    (first == WARDEN).then(guard)
}

#[cfg(target_os = "linux")]
fn keep() -> ExitCode {
    match keeper::keep() {
        Ok(exit) => exit,
        Err(refusal) => refuse(refusal),
    }
}

#[cfg(target_os = "linux")]
fn guard() -> ExitCode {
    match warden::guard() {
        Ok(exit) => exit,
        Err(refusal) => refuse(refusal),
    }
}

#[cfg(not(target_os = "linux"))]
fn keep() -> ExitCode {
    refuse(Refusal::of(Wall::Files, "there are no walls but on Linux"))
}

#[cfg(not(target_os = "linux"))]
fn guard() -> ExitCode {
    keep()
}

fn refuse(refusal: Refusal) -> ExitCode {
    // Whoever listens knows a missing line for what it is.
    let _ = say(&FirstLine::Refused {
        wall: refusal.wall,
        why: refusal.why,
    });
    ExitCode::from(REFUSED)
}

fn say(line: &FirstLine) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&text)?;
    out.flush()
}
