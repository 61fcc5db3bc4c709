//! What all programs have in common that the gate starts.

use crate::secrets::Secrets;
use portcullis_firewall::outside::{OutsideError, Variable};
use std::{ffi::OsString, fmt, os::unix::ffi::OsStringExt};
use tokio::process::Command;

/// Puts variables into a program's environment, and secrets into those that name one.
///
/// # Errors
/// [`OutsideError::NoSecret`].
pub(crate) fn give(
    command: &mut Command,
    variables: &[(String, Variable)],
    secrets: &Secrets,
) -> Result<(), OutsideError> {
    for (variable, value) in variables {
        match value {
            Variable::Plain(text) => command.env(variable, text),
            Variable::Secret(secret) => {
                let bytes = secrets.read(secret)?.bytes().to_vec();
                command.env(variable, OsString::from_vec(bytes))
            }
        };
    }
    Ok(())
}

/// A program that does not start or does not answer.
pub(crate) fn unreachable(name: &str, why: impl fmt::Display) -> OutsideError {
    OutsideError::Unreachable {
        host: name.to_owned(),
        why: why.to_string(),
    }
}
