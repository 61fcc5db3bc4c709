//! Why Slack did not do what it was asked, and whether it helps to ask again.

use portcullis_firewall::outside::OutsideError;
use std::{fmt, time::Duration};

/// How long to wait when Slack does not say.
const BUSY: Duration = Duration::from_secs(30);
/// The longest wait that is taken from Slack.
const BUSY_MAX: Duration = Duration::from_secs(600);

/// Why a call did not succeed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlackError {
    method: &'static str,
    cause: Cause,
    said: String,
}

/// Whose fault it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// Too many calls (429, `ratelimited`): Slack says how long to wait.
    Busy(Duration),
    /// Slack is away, or broken: it passes.
    Away,
    /// The token, its scopes or the channel: an operator of the gate has to set it right.
    Setup,
    /// The message to change is not there, or may not be changed any more.
    Gone,
    /// This very call will never be taken.
    Call,
}

impl SlackError {
    pub(super) fn busy(method: &'static str, after: Option<&str>) -> Self {
        let asked = after
            .and_then(|after| after.trim().parse().ok())
            .map(Duration::from_secs);
        Self {
            method,
            cause: Cause::Busy(asked.unwrap_or(BUSY).min(BUSY_MAX)),
            said: "ratelimited".to_owned(),
        }
    }

    pub(super) fn status(method: &'static str, status: u16) -> Self {
        let cause = match status {
            401 | 403 | 404 => Cause::Setup,
            400 | 413 => Cause::Call,
            _ => Cause::Away,
        };
        Self {
            method,
            cause,
            said: format!("status {status}"),
        }
    }

    pub(super) fn unusable(method: &'static str, why: &str) -> Self {
        Self {
            method,
            cause: Cause::Away,
            said: why.to_owned(),
        }
    }

    /// From what a line or a call met on its way.
    pub(in crate::slack) fn outside(method: &'static str, error: &OutsideError) -> Self {
        let cause = match error {
            OutsideError::Unreachable { .. }
            | OutsideError::Unanswered { .. }
            | OutsideError::Unusable { .. } => Cause::Away,
            OutsideError::NoSecret(_) | OutsideError::Forbidden { .. } => Cause::Setup,
        };
        Self {
            method,
            cause,
            said: error.to_string(),
        }
    }

    pub(super) fn said(method: &'static str, error: &str, after: Option<&str>) -> Self {
        let cause = match error {
            "ratelimited" | "rate_limited" | "message_limit_exceeded" => {
                return Self::busy(method, after);
            }
            "internal_error"
            | "fatal_error"
            | "service_unavailable"
            | "request_timeout"
            | "team_added_to_org"
            | "no_error_named" => Cause::Away,
            "invalid_auth"
            | "not_authed"
            | "account_inactive"
            | "token_revoked"
            | "token_expired"
            | "no_permission"
            | "missing_scope"
            | "not_allowed_token_type"
            | "org_login_required"
            | "ekm_access_denied"
            | "access_denied"
            | "team_not_found"
            | "team_access_not_granted"
            | "channel_not_found"
            | "not_in_channel"
            | "is_archived"
            | "restricted_action"
            | "restricted_action_read_only_channel"
            | "restricted_action_thread_only_channel"
            | "forbidden_team"
            | "two_factor_setup_required"
            | "accesslimited" => Cause::Setup,
            "message_not_found" | "cant_update_message" | "edit_window_closed" => Cause::Gone,
            _ => Cause::Call,
        };
        // Slack's words are codes; whatever else comes in their place is not repeated at length.
        let said = error
            .chars()
            .filter(|letter| !letter.is_control())
            .take(80)
            .collect();
        Self {
            method,
            cause,
            said,
        }
    }

    /// Whose fault it is.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// Whether it passes by itself.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self.cause, Cause::Busy(_) | Cause::Away)
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.cause {
            Cause::Busy(_) => "slack.busy",
            Cause::Away => "slack.away",
            Cause::Setup => "slack.setup",
            Cause::Gone => "slack.gone",
            Cause::Call => "slack.call_refused",
        }
    }
}

impl fmt::Display for SlackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slack did not do `{}`: {}", self.method, self.said)
    }
}

impl std::error::Error for SlackError {}
