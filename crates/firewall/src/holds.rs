//! The holds at hand: those that wait, and released ones whose permit was not taken.

use crate::hold::{Hold, HoldStatus};
use portcullis_policy::id::AgentId;
use std::collections::{BTreeMap, HashMap};

/// Holds by their ids, how many of each agent are HELD, and which permits wait to be taken.
#[derive(Clone, Debug, Default)]
pub struct Holds {
    by_id: BTreeMap<String, Hold>,
    held: HashMap<AgentId, usize>,
    /// The released ones of each request, by the numbers of their records.
    released: BTreeMap<String, BTreeMap<u64, String>>,
}

impl Holds {
    /// One of them.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Hold> {
        self.by_id.get(id)
    }

    /// All of them, in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &Hold> {
        self.by_id.values()
    }

    /// How many of an agent are HELD, those among them whose time is over and that were not swept
    /// yet.
    #[must_use]
    pub fn held_of(&self, agent: &AgentId) -> usize {
        self.held.get(agent).copied().unwrap_or_default()
    }

    /// The released hold of a request whose permit was not taken yet; the newest of several.
    #[must_use]
    pub fn released_of(&self, request: &str) -> Option<&Hold> {
        let newest = self.released.get(request)?.values().next_back()?;
        self.by_id.get(newest)
    }

    /// Puts a hold in the place of what it was before.
    pub fn put(&mut self, hold: Hold) {
        self.remove(&hold.id);
        if hold.status == HoldStatus::Held {
            *self.held.entry(hold.agent_id.clone()).or_default() += 1;
        }
        if is_to_be_taken(&hold) {
            let same = self.released.entry(hold.request_digest.clone());
            same.or_default().insert(hold.seq, hold.id.clone());
        }
        self.by_id.insert(hold.id.clone(), hold);
    }

    /// Takes a hold out.
    pub fn remove(&mut self, id: &str) {
        if let Some(hold) = self.by_id.remove(id) {
            self.forget(hold);
        }
    }

    fn forget(&mut self, hold: Hold) {
        if is_to_be_taken(&hold)
            && let Some(same) = self.released.get_mut(&hold.request_digest)
        {
            same.remove(&hold.seq);
            if same.is_empty() {
                self.released.remove(&hold.request_digest);
            }
        }
        if hold.status != HoldStatus::Held {
            return;
        }
        let left = self.held_of(&hold.agent_id).saturating_sub(1);
        if left == 0 {
            self.held.remove(&hold.agent_id);
        } else {
            self.held.insert(hold.agent_id, left);
        }
    }
}

impl FromIterator<Hold> for Holds {
    fn from_iter<I: IntoIterator<Item = Hold>>(holds: I) -> Self {
        let mut all = Self::default();
        holds.into_iter().for_each(|hold| all.put(hold));
        all
    }
}

fn is_to_be_taken(hold: &Hold) -> bool {
    hold.status == HoldStatus::Released && !hold.claimed
}
