//! What a browser is in the middle of: signing in elsewhere, a ceremony, an invitation.

use crate::oidc::Begun;
use jiff::{SignedDuration, Timestamp};
use portcullis_policy::id::TenantId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long it may take.
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// The most that are kept; then the oldest give way.
const MOST: usize = 10_000;

/// One errand. Each is finished once.
#[derive(Clone, Debug)]
pub enum Errand {
    /// A passkey is to sign these bits.
    Passkey([u8; 32]),
    /// Somebody is at the identity provider of a tenant, and wants to go on to a page.
    Provider(TenantId, Begun, String),
    /// Somebody who is signed in is at Slack.
    Slack(Begun),
    /// Somebody holds an invitation.
    Invitation(String),
}

/// The errands of all browsers, by their cookie or by the secret of their sign-in.
#[derive(Debug, Default)]
pub struct Errands(Mutex<HashMap<String, (Timestamp, Errand)>>);

impl Errands {
    /// Keeps one in the place of the one before.
    pub(in crate::console) fn put(&self, id: &str, errand: Errand, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, (at, _)| now.duration_since(*at) < LIFE);
        }
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, (at, _))| *at);
            if let Some(id) = oldest.map(|(id, _)| id.clone()) {
                kept.remove(&id);
            }
        }
        kept.insert(id.to_owned(), (now, errand));
    }

    /// Takes one: it is there once.
    pub(in crate::console) fn take(&self, id: &str, now: Timestamp) -> Option<Errand> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, errand) = kept.remove(id)?;
        (now.duration_since(at) < LIFE).then_some(errand)
    }

    /// The invitation that a browser holds, without taking it.
    pub(in crate::console) fn invitation(&self, id: &str, now: Timestamp) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get(id)? {
            (at, Errand::Invitation(code)) if now.duration_since(*at) < LIFE => Some(code.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Errand, Errands};
    use jiff::Timestamp;

    #[test]
    fn an_errand_is_done_once_and_in_time() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let errands = Errands::default();
        errands.put("a", Errand::Passkey([1; 32]), at(0));
        assert!(errands.take("b", at(1)).is_none());
        assert!(errands.take("a", at(1)).is_some());
        assert!(errands.take("a", at(1)).is_none());
        errands.put("a", Errand::Passkey([1; 32]), at(0));
        assert!(errands.take("a", at(900)).is_none());
    }
}
