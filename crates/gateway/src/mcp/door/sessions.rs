//! Sessions of clients that begin with a handshake. They live in memory: after a restart of the
//! gate clients shake hands again, and what they wait for is found by what they ask.

use crate::mcp::settled::Settled;
use portcullis_firewall::{digest::Nonce, principal::Principal};
use portcullis_policy::id::TenantId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How many sessions there are at most, and of one credential.
const MOST: usize = 10_000;
const MOST_OF_ONE: usize = 100;
/// How long a session may be silent.
const SILENCE: Duration = Duration::from_secs(24 * 3_600);

#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Debug)]
struct Session {
    tenant: TenantId,
    key: String,
    settled: Settled,
    heard: Instant,
}

impl Session {
    /// A session serves the credential it was begun with.
    fn is_of(&self, principal: &Principal) -> bool {
        self.tenant == principal.tenant && self.key == principal.key
    }
}

impl Sessions {
    /// Begins a session under 128 random bits. The oldest makes room when there are too many.
    pub(super) fn begin(&self, nonce: &Nonce, principal: &Principal, settled: Settled) -> String {
        let id = hex::encode(nonce.as_bytes());
        let session = Session {
            tenant: principal.tenant.clone(),
            key: principal.key.clone(),
            settled,
            heard: Instant::now(),
        };
        let mut all = self.all();
        let own = all.values().filter(|one| one.is_of(principal)).count();
        if own >= MOST_OF_ONE {
            drop_oldest(&mut all, |one| one.is_of(principal));
        }
        if all.len() >= MOST {
            all.retain(|_, one| one.heard.elapsed() < SILENCE);
        }
        if all.len() >= MOST {
            drop_oldest(&mut all, |_| true);
        }
        all.insert(id.clone(), session);
        id
    }

    /// What was settled in a session of this caller.
    pub(super) fn find(&self, id: &str, principal: &Principal) -> Option<Settled> {
        let mut all = self.all();
        let session = all.get_mut(id)?;
        if !session.is_of(principal) || session.heard.elapsed() >= SILENCE {
            return None;
        }
        session.heard = Instant::now();
        Some(session.settled.clone())
    }

    /// Ends a session of this caller; whether there was one.
    pub(super) fn end(&self, id: &str, principal: &Principal) -> bool {
        let mut all = self.all();
        all.get(id).is_some_and(|session| session.is_of(principal)) && all.remove(id).is_some()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn drop_oldest(all: &mut HashMap<String, Session>, among: impl Fn(&Session) -> bool) {
    let oldest = all
        .iter()
        .filter(|(_, session)| among(session))
        .min_by_key(|(_, session)| session.heard)
        .map(|(id, _)| id.clone());
    if let Some(id) = oldest {
        all.remove(&id);
    }
}
