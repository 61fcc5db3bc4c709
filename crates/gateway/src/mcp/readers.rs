//! How many clients listen to news, for each credential.

use portcullis_firewall::principal::Principal;
use portcullis_policy::id::TenantId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// How many clients of one credential may listen at once.
const READERS: usize = 32;

/// Who listens, by their credentials.
#[derive(Clone, Debug, Default)]
pub(super) struct Readers(Arc<Mutex<HashMap<(TenantId, String), usize>>>);

/// A place among them, until this is dropped.
#[derive(Debug)]
pub(super) struct Seat(Readers, (TenantId, String));

impl Readers {
    /// A place for one more; `None` when this credential has too many.
    pub(super) fn seat(&self, principal: &Principal) -> Option<Seat> {
        let who = (principal.tenant.clone(), principal.key.clone());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(who.clone()).or_default();
        if *count >= READERS {
            return None;
        }
        *count += 1;
        Some(Seat(self.clone(), who))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Self(readers, who) = self;
        let mut all = readers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(who) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                all.remove(who);
            }
        }
    }
}
