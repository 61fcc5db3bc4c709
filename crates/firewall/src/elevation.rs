//! A change of somebody's own rights, which waits for a second person.

use jiff::{SignedDuration, Timestamp};
use portcullis_policy::id::{GroupId, PersonId};
use serde::{Deserialize, Serialize};

/// How long it waits.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// A change as it is kept until somebody else agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elevation {
    /// `elv_…`
    pub id: String,
    /// Who would gain by it, and asked for it.
    pub person: PersonId,
    /// What they want.
    pub change: Gain,
    /// When they asked.
    pub created_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// What somebody would gain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Gain {
    /// To be in a group.
    JoinGroup {
        /// Which.
        group: GroupId,
    },
}

impl Elevation {
    /// One that was asked for just now.
    #[must_use]
    pub fn new(id: String, person: PersonId, change: Gain, now: Timestamp) -> Self {
        Self {
            id,
            person,
            change,
            created_at: now,
            // A moment so late that a day more is out of range ends at once.
            expires_at: now.checked_add(LIFE).unwrap_or(now),
        }
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }
}
