//! What a check found.

/// How a check came out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Health {
    /// Nothing is wrong.
    Ok,
    /// It works, but should be looked at.
    Warn,
    /// It does not work.
    Fail,
}

impl Health {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What one check found.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) health: Health,
    pub(super) found: String,
    pub(super) remedy: Option<String>,
}

/// Nothing is wrong.
pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        check,
        health: Health::Ok,
        found: found.into(),
        remedy: None,
    }
}

/// Something is, and what to do about it.
pub(super) fn bad(
    check: &'static str,
    health: Health,
    found: impl Into<String>,
    remedy: impl Into<String>,
) -> Finding {
    Finding {
        check,
        health,
        found: found.into(),
        remedy: Some(remedy.into()),
    }
}
