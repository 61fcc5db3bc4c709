//! The few styles there are.

use anstyle::{AnsiColor, Style};

/// Headings.
pub(crate) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Good.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Waiting.
pub(crate) const WAITING: Style = AnsiColor::Yellow.on_default();
/// Bad.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Names of things.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();

/// The style of a verdict, a status or another word that is good or bad.
#[must_use]
pub(crate) fn of_word(word: &str) -> Style {
    match word {
        "CLEARED" | "RELEASED" | "active" | "ok" | "valid" | "RESOLVED" => GOOD,
        "HELD" | "paused" | "warn" | "OPEN" | "AUDIT_ONLY" => WAITING,
        "BLOCKED" | "KILLED" | "TIMED_OUT" | "blocked" | "deregistered" | "identity_revoked"
        | "fail" | "invalid" | "CRITICAL" | "revoked" => BAD,
        _ => Style::new(),
    }
}
