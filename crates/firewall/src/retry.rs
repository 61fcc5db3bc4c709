//! Telling a request that is sent again from a new one.
//!
//! A request with an idempotency key is answered once and for a day with the same answer. One
//! without a key is the same request only while its first sending is still HELD: then it gets the
//! same hold, and no second one is made.

use crate::{answer::Answer, digest::ActionDigest, hold::Hold, stake::Stake};
use jiff::{SignedDuration, Timestamp};
use portcullis_policy::id::AgentId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// How long an answer to a request with an idempotency key is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was answered lately.
#[derive(Debug, Default)]
pub struct RetryBook {
    /// The waiting holds of each request, by the numbers of their records.
    holds: HashMap<String, BTreeMap<u64, String>>,
    answers: HashMap<String, StoredAnswer>,
    /// When each answer was noted, the oldest first.
    noted: VecDeque<(Timestamp, String)>,
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
    /// What was counted for it.
    pub stake: Stake,
}

impl RetryBook {
    /// The book of what the ledger holds.
    #[must_use]
    pub fn read<'h>(holds: impl Iterator<Item = &'h Hold>, mut answers: Vec<StoredAnswer>) -> Self {
        answers.sort_by_key(|answer| answer.at);
        let mut book = Self::default();
        holds.for_each(|hold| book.note_hold(hold));
        answers
            .into_iter()
            .for_each(|answer| book.note_answer(answer));
        book
    }

    /// The hold that the same request made; the newest of several.
    #[must_use]
    pub fn hold(&self, request: &str) -> Option<&str> {
        self.holds
            .get(request)?
            .values()
            .next_back()
            .map(String::as_str)
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
        self.holds
            .entry(hold.request_digest.clone())
            .or_default()
            .insert(hold.seq, hold.id.clone());
    }

    /// Forgets a hold that ended.
    pub fn forget_hold(&mut self, hold: &Hold) {
        let Some(same) = self.holds.get_mut(&hold.request_digest) else {
            return;
        };
        same.remove(&hold.seq);
        if same.is_empty() {
            self.holds.remove(&hold.request_digest);
        }
    }

    /// Notes an answer.
    pub fn note_answer(&mut self, answer: StoredAnswer) {
        self.noted.push_back((answer.at, answer.id.clone()));
        self.answers.insert(answer.id.clone(), answer);
    }

    /// Takes out the answers that are too old to be asked for, at most so many, and names them.
    pub fn forget_answers(&mut self, now: Timestamp, most: usize) -> Vec<String> {
        let mut forgotten = Vec::new();
        while forgotten.len() < most
            && self
                .noted
                .front()
                .is_some_and(|(at, _)| now.duration_since(*at) > KEPT)
        {
            let Some((at, id)) = self.noted.pop_front() else {
                break;
            };
            // A newer answer under the same key stays.
            if self.answers.get(&id).is_some_and(|answer| answer.at == at) {
                self.answers.remove(&id);
                forgotten.push(id);
            }
        }
        forgotten
    }
}

/// What a hold calls the request that made it. The same request of another agent is another one.
#[must_use]
pub fn request_id(charged: &AgentId, request: &ActionDigest) -> String {
    format!("{charged}/{request}")
}

/// The id of an answer: agent and key together, in a form that is safe as an id.
#[must_use]
pub fn answer_id(agent: &str, key: &str) -> String {
    format!("{agent}/{key}")
}
