//! One way to tell somebody outside.

use portcullis_firewall::{batch::StoredRecord, outside::OutsideError};
use portcullis_policy::id::TenantId;
use std::{fmt::Debug, future::Future, pin::Pin, time::Duration};

/// What became of telling, later.
pub type Telling<'a> = Pin<Box<dyn Future<Output = Told> + Send + 'a>>;

/// Tells somebody outside of records, one after another.
///
/// A record may be told twice, after a crash or a lost answer; it has the same id then.
pub trait Channel: Debug + Send + Sync {
    /// Its name, by which its place in the chain is kept, e.g. `webhook/pager`.
    fn name(&self) -> &str;

    /// Tells of one record, or passes over it.
    fn tell<'a>(&'a self, tenant: &'a TenantId, record: &'a StoredRecord) -> Telling<'a>;
}

/// What became of telling somebody of one record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Told {
    /// They know.
    Done,
    /// It does not concern this channel.
    Passed,
    /// Not now; trying again may help.
    Later {
        /// What went wrong, on one line.
        why: String,
        /// How long the other side asks to be left alone.
        after: Option<Duration>,
    },
    /// The other side does not want this one. It is asked a few times more, in case it is being
    /// repaired.
    Rejected {
        /// What it says, on one line.
        why: String,
    },
    /// It can never be told: it is passed over at once.
    Never {
        /// What is wrong with it.
        why: String,
    },
    /// Nobody is there any more: the channel falls silent until the gate starts again.
    Gone {
        /// What the other side said.
        why: String,
    },
}

impl Told {
    /// What became of two things that one record tells: whatever must be tried again, or told to the
    /// operator, wins.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        if other.weight() > self.weight() {
            other
        } else {
            self
        }
    }

    const fn weight(&self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Done => 1,
            Self::Never { .. } => 2,
            Self::Rejected { .. } => 3,
            Self::Later { .. } => 4,
            Self::Gone { .. } => 5,
        }
    }

    /// What an error means for the record that was to be told.
    ///
    /// A secret that cannot be read is put back sooner or later; an address that may not be
    /// called, or an answer that makes no sense, rarely gets better.
    #[must_use]
    pub fn failed(error: &OutsideError) -> Self {
        let why = error.to_string();
        match error {
            OutsideError::Unreachable { .. }
            | OutsideError::Unanswered { .. }
            | OutsideError::NoSecret(_) => Self::Later { why, after: None },
            OutsideError::Forbidden { .. } | OutsideError::Unusable { .. } => {
                Self::Rejected { why }
            }
        }
    }
}

/// The longest name of a channel, in bytes.
const NAME_MAX_BYTES: usize = 64;
/// What a channel's name is.
pub(super) const NAME_RULE: &str =
    "expected 1 to 64 of the characters `a` to `z`, `0` to `9`, `-` and `_`";

pub(super) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    !name.is_empty() && name.len() <= NAME_MAX_BYTES && name.bytes().all(plain)
}
