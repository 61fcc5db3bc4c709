//! What is wrong with a rule somebody wrote, and where.

use serde::Serialize;
use std::fmt;

/// One mistake in a policy, a tenant policy or a catalogue, with the path to it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Fault {
    /// Where, e.g. `actions[2].caps.max_gpus`; empty for the whole document.
    pub path: String,
    /// What, in lower case, without a full stop.
    pub message: String,
}

impl Fault {
    /// A mistake at a path.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// Every mistake found, never only the first.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// Notes a mistake.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault::new(path, message));
    }

    /// The value when nothing is wrong, else all that is.
    ///
    /// # Errors
    /// These faults, when there is at least one.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}
