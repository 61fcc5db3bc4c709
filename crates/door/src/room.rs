//! How many requests there is room for at once, and for how many of whom.
//!
//! People stop what agents do by the same doors: a crowd of agents must not keep them out, nor may
//! one tenant's agents keep out those of another.

use crate::reply::Refusal;
use axum::http::{Extensions, StatusCode};
use portcullis_firewall::principal::Principal;
use portcullis_policy::id::TenantId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The room behind one threshold.
#[derive(Debug)]
pub(crate) struct Room {
    free: Arc<Semaphore>,
    taken: Mutex<Taken>,
    /// The most that agents and clients of one tenant take.
    of_tenant: usize,
    /// The most that agents and clients of all tenants take.
    of_machines: usize,
}

/// What agents and clients take at this moment.
#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_tenant: HashMap<TenantId, usize>,
}

/// The place of one request, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    room: Arc<Room>,
    /// The tenant that it counts for, once it is known to be an agent's or a client's.
    whose: Mutex<Option<TenantId>>,
    _permit: OwnedSemaphorePermit,
}

impl Room {
    /// Room for so many.
    pub(crate) fn new(places: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(places)),
            taken: Mutex::default(),
            of_tenant: places.div_ceil(2),
            of_machines: places - places / 4,
        }
    }

    /// A place for whoever comes, as long as there is one.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Arc<Place>> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
        Some(Arc::new(Place {
            room: Arc::clone(self),
            whose: Mutex::default(),
            _permit: permit,
        }))
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more of a tenant, or does not when there are too many.
    fn count(&self, tenant: &TenantId) -> bool {
        let mut taken = self.taken();
        let own = taken.by_tenant.get(tenant).copied().unwrap_or_default();
        if own >= self.of_tenant || taken.in_all >= self.of_machines {
            return false;
        }
        taken.in_all = taken.in_all.saturating_add(1);
        taken
            .by_tenant
            .insert(tenant.clone(), own.saturating_add(1));
        true
    }

    fn give_back(&self, tenant: &TenantId) {
        let mut taken = self.taken();
        taken.in_all = taken.in_all.saturating_sub(1);
        let own = taken.by_tenant.get(tenant).copied().unwrap_or_default();
        if own > 1 {
            taken.by_tenant.insert(tenant.clone(), own - 1);
        } else {
            taken.by_tenant.remove(tenant);
        }
    }
}

impl Place {
    fn is_for(&self, principal: &Principal) -> bool {
        if principal.role.is_person() {
            return true;
        }
        let mut whose = self.whose.lock().unwrap_or_else(PoisonError::into_inner);
        if whose.is_none() && self.room.count(&principal.tenant) {
            *whose = Some(principal.tenant.clone());
        }
        whose.is_some()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let whose = self.whose.get_mut();
        if let Some(tenant) = whose.unwrap_or_else(PoisonError::into_inner).take() {
            self.room.give_back(&tenant);
        }
    }
}

/// Says whose request it is, before its body is read. A request that came over no threshold takes
/// no place.
///
/// # Errors
/// 429 when too many agents and clients are being answered.
pub fn admit(extensions: &Extensions, principal: &Principal) -> Result<(), Refusal> {
    match extensions.get::<Arc<Place>>() {
        Some(place) if !place.is_for(principal) => Err(crowded()),
        _ => Ok(()),
    }
}

/// What somebody is told for whom there is no room.
pub(crate) fn crowded() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        "gate.busy",
        "too many requests at once; nothing was judged, try again",
    )
}

#[cfg(test)]
mod tests {
    use super::Room;
    use portcullis_firewall::principal::{Principal, Role};
    use portcullis_policy::id::TenantId;
    use std::sync::Arc;

    fn of(tenant: &str, role: Role) -> Principal {
        Principal {
            role,
            ..Principal::local(TenantId::new(tenant).unwrap())
        }
    }

    #[test]
    fn machines_take_half_of_it_for_a_tenant_and_three_quarters_for_all() {
        let room = Arc::new(Room::new(8));
        let mut kept = Vec::new();
        let mut enter = |principal: &Principal| {
            let place = room.enter().unwrap();
            let admitted = place.is_for(principal);
            assert_eq!(place.is_for(principal), admitted, "it counts once");
            kept.extend(admitted.then_some(place));
            admitted
        };
        let (acme, globex) = (of("acme", Role::Client), of("globex", Role::Client));
        let admitted = [0; 5].map(|_| enter(&acme));
        assert_eq!(admitted, [true, true, true, true, false]);
        let admitted = [0; 3].map(|_| enter(&globex));
        assert_eq!(admitted, [true, true, false]);
        let ann = of("acme", Role::Architect);
        assert!(enter(&ann) && enter(&ann));
        assert!(room.enter().is_none(), "nobody is let in when it is full");
        assert_eq!(kept.len(), 8);
        kept.clear();
        assert!(room.taken().by_tenant.is_empty());
        assert_eq!(room.taken().in_all, 0);
        assert!(room.enter().unwrap().is_for(&globex));
    }
}
