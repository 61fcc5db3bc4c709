//! Telling a request that is sent again from a new one.
//!
//! A request with an idempotency key is answered once and for a day with the same answer. One
//! without a key is the same request only while its first sending is still HELD: then it gets the
//! same hold, and no second one is made.

use crate::{answer::Answer, digest::ActionDigest, hold::Hold};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How long an answer to a request with an idempotency key is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was answered lately.
#[derive(Debug, Default)]
pub struct RetryBook {
    holds: HashMap<String, String>,
    answers: HashMap<String, StoredAnswer>,
}

/// The answer to a request that named an idempotency key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// Agent and key together.
    pub id: String,
    /// What was asked: another request under the same key is a mistake.
    pub request: ActionDigest,
    /// When.
    pub at: Timestamp,
    /// The answer.
    pub answer: Answer,
}

impl RetryBook {
    /// The book of what the ledger holds.
    #[must_use]
    pub fn read<'h>(holds: impl Iterator<Item = &'h Hold>, answers: Vec<StoredAnswer>) -> Self {
        Self {
            holds: holds.map(|h| (h.request_digest.clone(), h.id.clone())).collect(),
            answers: answers.into_iter().map(|a| (a.id.clone(), a)).collect(),
        }
    }

    /// The hold that the same request made.
    #[must_use]
    pub fn hold(&self, request: &str) -> Option<&str> {
        self.holds.get(request).map(String::as_str)
    }

    /// Whether no hold waits, so that no look-up is worth its text.
    #[must_use]
    pub fn has_no_holds(&self) -> bool {
        self.holds.is_empty()
    }

    /// The answer under an idempotency key.
    #[must_use]
    pub fn answer(&self, id: &str) -> Option<&StoredAnswer> {
        self.answers.get(id)
    }

    /// Notes a hold.
    pub fn note_hold(&mut self, hold: &Hold) {
        self.holds.insert(hold.request_digest.clone(), hold.id.clone());
    }

    /// Forgets a hold that ended.
    pub fn forget_hold(&mut self, hold: &Hold) {
        if self.holds.get(&hold.request_digest) == Some(&hold.id) {
            self.holds.remove(&hold.request_digest);
        }
    }

    /// Notes an answer.
    pub fn note_answer(&mut self, answer: StoredAnswer) {
        self.answers.insert(answer.id.clone(), answer);
    }

    /// Takes out the answers that are too old to be asked for, and names them.
    pub fn forget_answers(&mut self, now: Timestamp) -> Vec<String> {
        let old = |answer: &StoredAnswer| now.duration_since(answer.at) > KEPT;
        let ids: Vec<String> =
            self.answers.values().filter(|a| old(a)).map(|a| a.id.clone()).collect();
        for id in &ids {
            self.answers.remove(id);
        }
        ids
    }
}

/// The id of an answer: agent and key together, in a form that is safe as an id.
#[must_use]
pub fn answer_id(agent: &str, key: &str) -> String {
    format!("{agent}/{key}")
}
