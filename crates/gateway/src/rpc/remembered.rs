//! What wishes came to, while people decide on them.

use portcullis_firewall::outside::Intent;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The most wishes that are remembered while people decide.
const REMEMBERED_MAX: usize = 1_024;
/// For how long, in seconds.
const REMEMBERED_SECONDS: i64 = 7_200;

/// Names a wish of a caller.
pub(super) type Name = [u8; 32];

/// What wishes came to while people decide on them. The same wish later is then the same action, although
/// prices and fees have moved: whether it still does what was judged is looked at before it is signed.
#[derive(Debug, Default)]
pub(super) struct Wishes(Mutex<HashMap<Name, (i64, Intent)>>);

impl Wishes {
    pub(super) fn find(&self, name: &Name, now: i64) -> Option<Intent> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (until, _)| *until > now);
        known.get(name).map(|(_, intent)| intent.clone())
    }

    pub(super) fn keep(&self, name: Name, intent: Intent, now: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED_MAX || known.contains_key(&name) {
            known.insert(name, (now.saturating_add(REMEMBERED_SECONDS), intent));
        }
    }

    pub(super) fn forget(&self, name: &Name) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(name);
    }
}
