//! Walking a chain and finding where it breaks.

use crate::{
    canonical,
    chain::{Hash, Sealed, seal, split},
    strict::{self, Limits},
};
use serde::Serialize;
use serde_json::Value;

/// Where and how a chain breaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Break {
    /// The record that does not fit.
    pub seq: u64,
    /// In which way.
    pub kind: BreakKind,
}

/// How a record does not fit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakKind {
    /// Its bytes do not have its hash.
    HashMismatch,
    /// It names another record before it.
    PrevMismatch,
    /// Records before it are missing.
    Gap,
    /// Its number was there already, or comes too late.
    Duplicate,
}

/// What a walk over a chain found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Walk {
    /// Whether every record fits.
    pub valid: bool,
    /// How many were looked at.
    pub records_checked: u64,
    /// The first one.
    pub first_seq: Option<u64>,
    /// The last one that fits.
    pub last_seq: Option<u64>,
    /// Its hash.
    pub head_hash: Option<Hash>,
    /// The first record that does not fit.
    pub first_invalid_seq: Option<u64>,
    /// In which way.
    pub error_kind: Option<BreakKind>,
}

/// Walks a chain record by record; after the first break it looks no further.
#[derive(Clone, Debug)]
pub struct Verifier {
    next: u64,
    prev: Option<Hash>,
    anchored: bool,
    rereads: bool,
    checked: u64,
    first: Option<u64>,
    found: Option<Break>,
}

impl Verifier {
    /// Starts before the first record of a chain.
    #[must_use]
    pub const fn from_start() -> Self {
        Self {
            next: 1,
            prev: None,
            anchored: true,
            rereads: false,
            checked: 0,
            first: None,
            found: None,
        }
    }

    /// Starts at a record in the middle: what it says of the record before is taken as given.
    #[must_use]
    pub const fn from(seq: u64) -> Self {
        Self {
            next: if seq == 0 { 1 } else { seq },
            anchored: seq <= 1,
            ..Self::from_start()
        }
    }

    /// Also reads every payload: it must be canonical and name its own number. What is hashed is
    /// then not only unchanged, but also means the same to every reader. Several times slower.
    #[must_use]
    pub const fn rereading(self) -> Self {
        Self {
            rereads: true,
            ..self
        }
    }

    /// Looks at the next record of an export, one JSON object. Whether everything fits so far.
    ///
    /// *Fails closed:* what is no sealed record is taken as one that does not have its hash.
    pub fn check_json(&mut self, json: &[u8]) -> bool {
        if let Ok(Sealed {
            seq,
            payload,
            prev,
            hash,
        }) = split(json)
        {
            return self.check(seq, &payload, prev.as_ref(), &hash);
        }
        if self.found.is_none() {
            self.checked += 1;
            self.found = Some(Break {
                seq: self.next,
                kind: BreakKind::HashMismatch,
            });
        }
        false
    }

    /// Looks at the next record. Whether everything fits so far.
    pub fn check(&mut self, seq: u64, payload: &[u8], prev: Option<&Hash>, hash: &Hash) -> bool {
        if self.found.is_some() {
            return false;
        }
        self.checked += 1;
        if let Some(kind) = self.fault(seq, payload, prev, hash) {
            self.found = Some(Break { seq, kind });
            return false;
        }
        self.first = self.first.or(Some(seq));
        self.next = seq.saturating_add(1);
        self.prev = Some(*hash);
        self.anchored = true;
        true
    }

    fn fault(
        &self,
        seq: u64,
        payload: &[u8],
        prev: Option<&Hash>,
        hash: &Hash,
    ) -> Option<BreakKind> {
        if seq > self.next {
            Some(BreakKind::Gap)
        } else if seq < self.next {
            Some(BreakKind::Duplicate)
        } else if self.anchored && prev != self.prev.as_ref() {
            Some(BreakKind::PrevMismatch)
        } else if seal(payload, prev) != *hash || (self.rereads && !says(payload, seq)) {
            Some(BreakKind::HashMismatch)
        } else {
            None
        }
    }

    /// What was found.
    #[must_use]
    pub fn walk(&self) -> Walk {
        Walk {
            valid: self.found.is_none(),
            records_checked: self.checked,
            first_seq: self.first,
            last_seq: self.first.map(|_| self.next.saturating_sub(1)),
            head_hash: self.prev,
            first_invalid_seq: self.found.map(|found| found.seq),
            error_kind: self.found.map(|found| found.kind),
        }
    }
}

/// Whether a payload is canonical and says that it has this number.
fn says(payload: &[u8], seq: u64) -> bool {
    strict::parse(payload, &Limits::OURS).is_ok_and(|record| {
        record.get("seq").and_then(Value::as_u64) == Some(seq)
            && canonical::to_vec(&record) == payload
    })
}
