//! What a notice is about.

use portcullis_firewall::batch::{RecordKind, StoredRecord};
use portcullis_policy::tier::Verdict;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What happened. The names are those of the events, after `dev.portcullis.`, and never change.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Subject {
    /// An action waits for people.
    #[serde(rename = "hold.waiting")]
    HoldWaiting,
    /// Nobody decided in time: others are asked now.
    #[serde(rename = "hold.escalated")]
    HoldEscalated,
    /// One approval of several was given.
    #[serde(rename = "hold.approval")]
    HoldApproval,
    /// People released or refused it.
    #[serde(rename = "hold.decided")]
    HoldDecided,
    /// Nobody decided: refused.
    #[serde(rename = "hold.expired")]
    HoldExpired,
    /// The rules moved on while it waited: refused.
    #[serde(rename = "hold.superseded")]
    HoldSuperseded,
    /// An action was refused by the rules.
    #[serde(rename = "action.blocked")]
    ActionBlocked,
    /// An action that people are told of ran without asking them.
    #[serde(rename = "action.notice")]
    ActionNotice,
    /// What became of an action.
    #[serde(rename = "action.outcome")]
    ActionOutcome,
    /// A budget passed its warning line, for the first time in its day or month.
    #[serde(rename = "budget.warning")]
    BudgetWarning,
    /// A credential that must end could not be ended: it may live.
    #[serde(rename = "lease.unended")]
    LeaseUnended,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::HoldWaiting,
        Self::HoldEscalated,
        Self::HoldApproval,
        Self::HoldDecided,
        Self::HoldExpired,
        Self::HoldSuperseded,
        Self::ActionBlocked,
        Self::ActionNotice,
        Self::ActionOutcome,
        Self::BudgetWarning,
        Self::LeaseUnended,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HoldWaiting => "hold.waiting",
            Self::HoldEscalated => "hold.escalated",
            Self::HoldApproval => "hold.approval",
            Self::HoldDecided => "hold.decided",
            Self::HoldExpired => "hold.expired",
            Self::HoldSuperseded => "hold.superseded",
            Self::ActionBlocked => "action.blocked",
            Self::ActionNotice => "action.notice",
            Self::ActionOutcome => "action.outcome",
            Self::BudgetWarning => "budget.warning",
            Self::LeaseUnended => "lease.unended",
        }
    }

    /// Whether people are asked to do something.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::HoldWaiting | Self::HoldEscalated)
    }

    /// What a record is about; `None` when nobody outside is told of such records.
    pub(super) fn of(record: &StoredRecord, payload: &Map<String, Value>) -> Option<Self> {
        match record.kind {
            RecordKind::Decision => decision(record.verdict?, payload),
            RecordKind::HoldOutcome => ending(payload),
            RecordKind::Outcome => Some(Self::ActionOutcome),
            RecordKind::HoldEscalated => Some(Self::HoldEscalated),
            RecordKind::LeaseUnended => Some(Self::LeaseUnended),
            _ => None,
        }
    }
}

fn decision(verdict: Verdict, payload: &Map<String, Value>) -> Option<Subject> {
    match verdict {
        Verdict::Held => Some(Subject::HoldWaiting),
        Verdict::Blocked => Some(Subject::ActionBlocked),
        // Tier 0 only reads; from tier 1 on the team is told.
        Verdict::Cleared => {
            let risk = payload.get("risk_tier").and_then(Value::as_u64)?;
            (risk >= 1).then_some(Subject::ActionNotice)
        }
    }
}

fn ending(payload: &Map<String, Value>) -> Option<Subject> {
    match payload.get("status").and_then(Value::as_str)? {
        "HELD" => Some(Subject::HoldApproval),
        "TIMED_OUT" => Some(Subject::HoldExpired),
        "SUPERSEDED" => Some(Subject::HoldSuperseded),
        "KILLED" | "RELEASED" => Some(Subject::HoldDecided),
        _ => None,
    }
}
