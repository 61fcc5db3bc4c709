//! How far long work has come, on standard error, when a person is watching.

use std::io::{IsTerminal, Write};

/// One line that is written over and over.
#[derive(Debug)]
pub(crate) struct Progress {
    what: &'static str,
    watched: bool,
    shown: Option<u64>,
}

impl Progress {
    /// Progress of some work. Nothing is shown unless standard error is a terminal.
    #[must_use]
    pub(crate) fn of(what: &'static str) -> Self {
        Self {
            what,
            watched: std::io::stderr().is_terminal(),
            shown: None,
        }
    }

    /// Says how much is done, of how much; of an unknown total when it is zero.
    pub(crate) fn at(&mut self, done: u64, total: u64) {
        // A hundred steps at most, or one for each thousand when nobody knows how many come.
        let step = done
            .saturating_mul(100)
            .checked_div(total)
            .unwrap_or(done / 1_000);
        if !self.watched || self.shown == Some(step) {
            return;
        }
        self.shown = Some(step);
        let mut err = std::io::stderr().lock();
        // Whoever cannot see the progress still gets the result.
        let _ = match total {
            0 => write!(err, "\r{} {done} ", self.what),
            _ => write!(err, "\r{} {step} % ", self.what),
        };
        let _ = err.flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}
