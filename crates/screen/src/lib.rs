//! Finds what a text must not show, and gives the text without it.
//!
//! **What is this?** [`screen::Screen`] knows registered secrets in all their encodings, the formats
//! of tokens and keys, and, if asked to, personal data. It gives a text back with `[REDACTED]` and
//! placeholders such as `[EMAIL_1]`, whole or while it comes in pieces.
//!
//! **What will it never do?** Open a socket, read a clock, wait or roll dice; show a secret in an
//! error, a finding or `Debug`; or redact a stream differently for how it was cut.
//!
//! **Where do I start reading?** At [`screen`]; at [`stream`] for what happens to the text.
//!
//! ```
//! use portcullis_screen::{screen::Screen, secrets::{Level, Secrets}};
//!
//! let mut secrets = Secrets::new();
//! secrets.add("correct horse battery").map_err(|error| error.to_string())?;
//! let screen = Screen::builder().secrets(Level::Global, secrets).build();
//! let screen = screen.map_err(|error| error.to_string())?;
//! let redacted = screen.redact("the words are correct%20horse%20battery, all right?");
//! assert_eq!(redacted.text, "the words are [REDACTED], all right?");
//! # Ok::<(), String>(())
//! ```

pub mod aliases;
pub mod finding;
pub mod kind;
mod loose;
pub mod registry;
mod rule;
pub mod screen;
pub mod secrets;
pub mod stream;
mod wanted;
mod weave;
