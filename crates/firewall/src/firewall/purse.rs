//! The credentials that this gate has in its hands. What another gate had, before a crash, is not
//! among them: nobody can use it, and it is ended.

use crate::{lease::InHand, turn::Holding};
use jiff::Timestamp;
use portcullis_policy::id::{SessionId, TenantId};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// One scope of one session, for reading.
pub(super) type Pocket = (TenantId, SessionId, String);

/// Credentials in hand, by the ids of their leases.
#[derive(Clone, Debug, Default)]
pub(super) struct Purse(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    in_hand: HashMap<String, InHand>,
    /// What is being minted.
    minting: HashSet<String>,
    /// What is being ended, and by how many at once.
    ending: HashMap<String, usize>,
    /// The credential for reading of each scope of each session; held while one is minted, so that
    /// many who ask at once get one.
    pockets: HashMap<Pocket, Arc<tokio::sync::Mutex<Option<String>>>>,
    /// The tenants that are being tended.
    tended: HashSet<TenantId>,
    /// When the clearing of a room is tried again.
    clear_at: HashMap<(TenantId, SessionId), Timestamp>,
}

/// Says that a tenant is being tended, until it is dropped.
#[derive(Debug)]
pub(super) struct Tending {
    purse: Purse,
    tenant: TenantId,
}

impl Drop for Tending {
    fn drop(&mut self) {
        self.purse.inside().tended.remove(&self.tenant);
    }
}

/// Says that something is being done to a lease, until it is dropped.
#[derive(Debug)]
pub(super) struct Busy {
    purse: Purse,
    id: String,
    minting: bool,
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut inside = self.purse.inside();
        if self.minting {
            inside.minting.remove(&self.id);
            return;
        }
        let left = inside.ending.get(&self.id).map_or(0, |count| count - 1);
        if left == 0 {
            inside.ending.remove(&self.id);
        } else {
            inside.ending.insert(self.id.clone(), left);
        }
    }
}

impl Purse {
    /// What is written under the lock is whole at every moment.
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that a credential is being minted.
    pub(super) fn minting(&self, id: &str) -> Busy {
        self.inside().minting.insert(id.to_owned());
        self.busy(id, true)
    }

    /// Takes a credential out of everybody's hands, and says that it is being ended.
    pub(super) fn ending(&self, id: &str) -> Busy {
        let mut inside = self.inside();
        inside.in_hand.remove(id);
        *inside.ending.entry(id.to_owned()).or_default() += 1;
        drop(inside);
        self.busy(id, false)
    }

    fn busy(&self, id: &str, minting: bool) -> Busy {
        Busy {
            purse: self.clone(),
            id: id.to_owned(),
            minting,
        }
    }

    /// Puts a credential in.
    pub(super) fn put(&self, id: &str, in_hand: InHand) {
        self.inside().in_hand.insert(id.to_owned(), in_hand);
    }

    /// A credential in hand.
    pub(super) fn in_hand(&self, id: &str) -> Option<InHand> {
        self.inside().in_hand.get(id).cloned()
    }

    /// What there is of a lease.
    pub(super) fn holding(&self, id: &str) -> Holding {
        let inside = self.inside();
        if inside.minting.contains(id) || inside.ending.contains_key(id) {
            Holding::Busy
        } else if inside.in_hand.contains_key(id) {
            Holding::InHand
        } else {
            Holding::Nothing
        }
    }

    /// Whether a credential is being minted.
    pub(super) fn is_minting(&self, id: &str) -> bool {
        self.inside().minting.contains(id)
    }

    /// The place of the credential for reading of a scope of a session.
    pub(super) fn pocket(&self, pocket: Pocket) -> Arc<tokio::sync::Mutex<Option<String>>> {
        Arc::clone(self.inside().pockets.entry(pocket).or_default())
    }

    /// Forgets the places of a session that is over.
    pub(super) fn forget(&self, tenant: &TenantId, session: &SessionId) {
        let of = |pocket: &Pocket| (&pocket.0, &pocket.1) == (tenant, session);
        let mut inside = self.inside();
        inside.pockets.retain(|pocket, _| !of(pocket));
        inside.clear_at.remove(&(tenant.clone(), session.clone()));
    }

    /// Says that a tenant is being tended; `None` when it is already.
    pub(super) fn tending(&self, tenant: &TenantId) -> Option<Tending> {
        self.inside()
            .tended
            .insert(tenant.clone())
            .then(|| Tending {
                purse: self.clone(),
                tenant: tenant.clone(),
            })
    }

    /// Whether it is time to clear a room that could not be cleared before.
    pub(super) fn may_clear(&self, tenant: &TenantId, session: &SessionId, now: Timestamp) -> bool {
        let inside = self.inside();
        let at = inside.clear_at.get(&(tenant.clone(), session.clone()));
        at.is_none_or(|at| *at <= now)
    }

    /// Has a room cleared later.
    pub(super) fn clear_later(&self, tenant: &TenantId, session: &SessionId, at: Timestamp) {
        let room = (tenant.clone(), session.clone());
        self.inside().clear_at.insert(room, at);
    }
}
