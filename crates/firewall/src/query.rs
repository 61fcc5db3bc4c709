//! What lists may ask for.

use crate::batch::{DocumentKind, RecordKind};
use jiff::Timestamp;
use portcullis_policy::tier::{Tier, Verdict};

/// Which records, in which order.
///
/// Filters combine; records come in order of their numbers, `newest_first` or not.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RecordQuery {
    /// Only records with a number above this (below it, when `newest_first`); 0 is no bound.
    pub beyond: u64,
    /// Skip so many matches first.
    pub offset: usize,
    /// At most so many; 0 is none.
    pub limit: usize,
    /// The order.
    pub newest_first: bool,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only about this agent.
    pub agent: Option<String>,
    /// Only with this verdict.
    pub verdict: Option<Verdict>,
    /// Only with this tier.
    pub tier: Option<Tier>,
    /// Only about this action type.
    pub action_type: Option<String>,
    /// Only of this kind.
    pub kind: Option<RecordKind>,
}

impl RecordQuery {
    /// Everything after a number, in order.
    #[must_use]
    pub fn after(seq: u64, limit: usize) -> Self {
        Self {
            beyond: seq,
            limit,
            ..Self::default()
        }
    }

    /// One record.
    #[must_use]
    pub fn one(seq: u64) -> Self {
        Self::after(seq.saturating_sub(1), 1)
    }
}

/// Which documents: of one kind, newest first by time, then by id.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentQuery {
    /// The kind.
    pub kind: DocumentKind,
    /// Only with one of these statuses; empty is all.
    pub statuses: Vec<String>,
    /// Only about this agent.
    pub agent: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Skip so many matches first.
    pub offset: usize,
    /// At most so many.
    pub limit: usize,
}

impl DocumentQuery {
    /// Every document of a kind.
    #[must_use]
    pub const fn all(kind: DocumentKind) -> Self {
        Self {
            kind,
            statuses: Vec::new(),
            agent: None,
            since: None,
            until: None,
            offset: 0,
            limit: usize::MAX,
        }
    }

    /// Every document of a kind with a status.
    #[must_use]
    pub fn with_status(kind: DocumentKind, status: &str) -> Self {
        Self {
            statuses: vec![status.to_owned()],
            ..Self::all(kind)
        }
    }
}
