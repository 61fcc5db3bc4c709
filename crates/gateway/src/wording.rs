//! Words and pieces that answers in every protocol share.

use portcullis_firewall::{answer::Answer, canonical::Object};
use portcullis_policy::{facts::Mode, tier::Verdict};
use std::borrow::Cow;

/// One line for people.
pub(crate) fn message(answer: &Answer) -> Cow<'static, str> {
    match (answer.verdict, &answer.hold, &answer.rule_violated) {
        (Verdict::Cleared, ..) if answer.dry_run_required => {
            "cleared; a passed dry run of this exact action must come before it".into()
        }
        (Verdict::Cleared, ..) => "cleared".into(),
        (Verdict::Held, Some(hold), _) if hold.approvals_required > 1 => {
            format!("held; {} people must approve", hold.approvals_required).into()
        }
        (Verdict::Held, ..) => "held; a person must approve".into(),
        (Verdict::Blocked, _, Some(rule)) => format!("blocked by {rule}").into(),
        (Verdict::Blocked, ..) => "blocked".into(),
    }
}

/// How the tenant is governed, as a word.
pub(crate) const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Enforced => "ENFORCED",
        Mode::AuditOnly => "AUDIT_ONLY",
    }
}

/// A text, or `null`.
pub(crate) fn maybe(object: &mut Object<'_>, key: &'static str, text: Option<&str>) {
    match text {
        Some(text) => object.string(key, text),
        None => object.null(key),
    };
}

/// Hex digits as text.
pub(crate) fn hex(digits: &[u8]) -> &str {
    // INVARIANT: hex digits are ASCII.
    std::str::from_utf8(digits).unwrap_or_default()
}
