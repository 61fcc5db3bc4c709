//! What the gate and the launcher say to each other.
//!
//! On its standard input the launcher is told a plan and what the command is to read, each after
//! its length. On its standard output its first line says whether the walls stand; everything
//! after it is the command's.

use crate::plan::Wall;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};

/// The most bytes of the launcher's first line.
pub const FIRST_LINE_MAX_BYTES: usize = 4 * 1024;

/// The most bytes of a command's standard input.
pub const STDIN_MAX_BYTES: usize = 1024 * 1024;

/// The launcher's first line.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum FirstLine {
    /// Every wall of the plan stands.
    Raised,
    /// One could not be raised, and nothing runs.
    Refused {
        /// Which; `None` when it did not come to walls.
        wall: Option<Wall>,
        /// Why, for people.
        why: String,
    },
}

/// A message behind its length: four bytes, the highest first.
#[must_use]
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut framed = Vec::with_capacity(message.len() + 4);
    framed.extend_from_slice(&length.to_be_bytes());
    framed.extend_from_slice(message);
    framed
}

/// Reads one message, and nothing behind it.
///
/// # Errors
/// When it breaks off, or has more than `most` bytes.
pub fn read(from: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > most {
        return Err(io::Error::other("a message is too long"));
    }
    let mut message = vec![0; length];
    from.read_exact(&mut message)?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::{framed, read};

    #[test]
    fn a_message_is_read_as_it_was_written_and_nothing_behind_it() {
        let mut bytes = framed(b"one");
        bytes.extend(framed(b""));
        bytes.extend(b"rest");
        let mut from = bytes.as_slice();
        assert_eq!(read(&mut from, 3).expect("a message"), b"one");
        assert_eq!(read(&mut from, 3).expect("a message"), b"");
        assert_eq!(from, b"rest");
    }

    #[test]
    fn a_message_that_is_too_long_or_breaks_off_is_none() {
        assert!(read(&mut framed(b"four").as_slice(), 3).is_err());
        assert!(read(&mut [0, 0, 0, 9, 1].as_slice(), 10).is_err());
        assert!(read(&mut [0, 0].as_slice(), 10).is_err());
    }
}
