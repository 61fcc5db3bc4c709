//! What was found in a text, and the text without it.

use crate::kind::Kind;
use std::{borrow::Cow, ops::Range};

/// What stands in place of a secret (seed 002).
pub const REDACTED: &str = "[REDACTED]";

/// One part of a text that was replaced. It never holds what stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it was.
    pub kind: Kind,
    /// Where it stood in the text as it came, in bytes.
    pub span: Range<usize>,
    /// The rule that found it: `registered.workspace`, `github`, `assigned_password`, …
    pub rule: &'static str,
}

/// A text without what must not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted<'t> {
    /// The text; borrowed if nothing was found.
    pub text: Cow<'t, str>,
    /// What was replaced, in its order. Parts that overlap are one finding.
    pub findings: Vec<Finding>,
}
