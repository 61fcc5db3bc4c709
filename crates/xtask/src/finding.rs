//! One breach of a house rule.

use std::fmt;

/// Where a rule is broken, and what to do about it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Finding {
    /// The file, from the root of the workspace.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The name of the rule.
    pub rule: &'static str,
    /// What to do.
    pub advice: String,
}

impl Finding {
    /// A breach of `rule` in `line` of the file at `path`.
    pub fn new(rule: &'static str, path: &str, line: usize, advice: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            rule,
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.path, self.line, self.rule, self.advice
        )
    }
}
