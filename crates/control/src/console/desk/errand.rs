//! What a browser is in the middle of: signing in elsewhere, a ceremony, an invitation.

use crate::oidc::Begun;
use jiff::{SignedDuration, Timestamp};
use portcullis_firewall::error::GateError;
use portcullis_policy::id::TenantId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long it may take.
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// The most of each kind that are kept. What anybody can begin must not push out what others are
/// in the middle of: when there is no room, nothing new is begun.
const MOST: usize = 10_000;

/// One errand. Each is finished once.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Somebody who signs in: a passkey is to sign these bits.
    Passkey([u8; 32]),
    /// Somebody who is signed in registers a passkey with these bits.
    Registration([u8; 32]),
    /// Somebody is at the identity provider of a tenant, and wants to go on to a page.
    Provider(TenantId, Begun, String),
    /// Somebody who is signed in is at Slack.
    Slack(Begun),
    /// Somebody holds an invitation.
    Invitation(String),
    /// Somebody who is signed in has invited a person: the link to show, and when it ends.
    Invited(String, Option<Timestamp>),
}

/// The kinds of errands; a browser can be in the middle of one of each.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(in crate::console) enum Kind {
    Passkey,
    Registration,
    Provider,
    Slack,
    Invitation,
    Invited,
}

impl Errand {
    const fn kind(&self) -> Kind {
        match self {
            Self::Passkey(_) => Kind::Passkey,
            Self::Registration(_) => Kind::Registration,
            Self::Provider(..) => Kind::Provider,
            Self::Slack(_) => Kind::Slack,
            Self::Invitation(_) => Kind::Invitation,
            Self::Invited(..) => Kind::Invited,
        }
    }
}

/// The errands of one kind, by the cookie or the secret of the sign-in they belong to.
type Shelf = HashMap<String, (Timestamp, Errand)>;

/// The errands of all browsers.
#[derive(Debug, Default)]
pub struct Errands(Mutex<HashMap<Kind, Shelf>>);

impl Errands {
    /// Keeps one in the place of the one of its kind before.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when there is no room for its kind.
    pub(in crate::console) fn put(
        &self,
        id: &str,
        errand: Errand,
        now: Timestamp,
    ) -> Result<(), GateError> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = shelves.entry(errand.kind()).or_default();
        if shelf.len() >= MOST && !shelf.contains_key(id) {
            shelf.retain(|_, (at, _)| now.duration_since(*at) < LIFE);
        }
        if shelf.len() >= MOST && !shelf.contains_key(id) {
            let message = "too many people are in the middle of something; try again soon";
            return Err(GateError::Unavailable(message.to_owned()));
        }
        shelf.insert(id.to_owned(), (now, errand));
        Ok(())
    }

    /// Takes one: it is there once.
    pub(in crate::console) fn take(&self, id: &str, kind: Kind, now: Timestamp) -> Option<Errand> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, errand) = shelves.get_mut(&kind)?.remove(id)?;
        (now.duration_since(at) < LIFE).then_some(errand)
    }

    /// The invitation that a browser holds, without taking it.
    pub(in crate::console) fn invitation(&self, id: &str, now: Timestamp) -> Option<String> {
        let shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shelves.get(&Kind::Invitation)?.get(id)? {
            (at, Errand::Invitation(code)) if now.duration_since(*at) < LIFE => Some(code.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Errand, Errands, Kind, MOST};
    use jiff::Timestamp;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn an_errand_is_done_once_and_in_time() {
        let errands = Errands::default();
        let passkey = || Errand::Passkey([1; 32]);
        errands.put("a", passkey(), at(0)).unwrap();
        assert!(errands.take("b", Kind::Passkey, at(1)).is_none());
        assert!(errands.take("a", Kind::Provider, at(1)).is_none());
        assert!(errands.take("a", Kind::Passkey, at(1)).is_some());
        assert!(errands.take("a", Kind::Passkey, at(1)).is_none());
        errands.put("a", passkey(), at(0)).unwrap();
        assert!(errands.take("a", Kind::Passkey, at(900)).is_none());
    }

    #[test]
    fn a_flood_pushes_nobody_out() {
        let errands = Errands::default();
        let invitation = || Errand::Invitation("code".to_owned());
        errands.put("mine", invitation(), at(0)).unwrap();
        errands
            .put("mine", Errand::Passkey([1; 32]), at(0))
            .unwrap();
        let flood = (0..MOST + 10).map(|at| at.to_string());
        let full = flood.filter(|id| errands.put(id, Errand::Passkey([2; 32]), at(1)).is_err());
        assert_eq!(full.count(), 11);
        assert!(errands.put("other", invitation(), at(1)).is_ok());
        assert!(errands.invitation("mine", at(2)).is_some());
        assert!(errands.take("mine", Kind::Passkey, at(2)).is_some());
        assert!(
            errands
                .put("late", Errand::Passkey([3; 32]), at(901))
                .is_ok()
        );
    }
}
