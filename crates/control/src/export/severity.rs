//! How much a record matters to whoever watches events.

use portcullis_firewall::batch::{RecordKind, StoredRecord};
use portcullis_policy::tier::{Tier, Verdict};

/// How much a record matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Severity {
    /// Nothing to do.
    Informational,
    /// A person is asked.
    Low,
    /// A policy refused.
    Medium,
    /// The gate itself needs looking after.
    High,
    /// A principle was broken.
    Critical,
}

impl Severity {
    /// The severity of a record.
    pub(super) const fn of(record: &StoredRecord) -> Self {
        match (record.verdict, record.tier) {
            (Some(Verdict::Blocked), Some(Tier::X)) => Self::Critical,
            (Some(Verdict::Blocked), _) => Self::Medium,
            (Some(Verdict::Held), _) => Self::Low,
            _ if matches!(record.kind, RecordKind::ChainAcknowledged) => Self::High,
            _ => Self::Informational,
        }
    }

    /// OCSF's `severity_id` and its caption.
    pub(super) const fn ocsf(self) -> (u8, &'static str) {
        match self {
            Self::Informational => (1, "Informational"),
            Self::Low => (2, "Low"),
            Self::Medium => (3, "Medium"),
            Self::High => (4, "High"),
            Self::Critical => (5, "Critical"),
        }
    }

    /// CEF's severity, 0 to 10.
    pub(super) const fn cef(self) -> u8 {
        match self {
            Self::Informational => 1,
            Self::Low => 3,
            Self::Medium => 6,
            Self::High => 8,
            Self::Critical => 10,
        }
    }
}
