//! Who listens for news, and for how many there is room.

use portcullis_policy::id::{PersonId, TenantId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most browsers that listen at once.
const IN_ALL: usize = 1_000;
/// The most of one person.
const OF_ONE: usize = 16;

/// Who somebody is, whatever their tenant.
type Name = (TenantId, PersonId);

/// How many browsers of whom listen.
#[derive(Clone, Debug, Default)]
pub struct Listeners(Arc<Mutex<HashMap<Name, usize>>>);

/// A place among them; given back when it is dropped.
#[derive(Debug)]
pub(in crate::console) struct Place {
    listeners: Listeners,
    name: Name,
}

impl Listeners {
    /// A place for somebody, as long as there is one.
    pub(in crate::console) fn place(&self, tenant: &TenantId, person: &PersonId) -> Option<Place> {
        let name = (tenant.clone(), person.clone());
        let mut all = self.counts();
        let in_all: usize = all.values().sum();
        let own = all.get(&name).copied().unwrap_or_default();
        if in_all >= IN_ALL || own >= OF_ONE {
            return None;
        }
        all.insert(name.clone(), own.saturating_add(1));
        drop(all);
        Some(Place {
            listeners: self.clone(),
            name,
        })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Name, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.listeners.counts();
        let own = all.get(&self.name).copied().unwrap_or_default();
        if own > 1 {
            all.insert(self.name.clone(), own - 1);
        } else {
            all.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_ALL, Listeners, OF_ONE};
    use portcullis_policy::id::{PersonId, TenantId};

    #[test]
    fn there_is_room_for_so_many_of_one_and_so_many_in_all() {
        let listeners = Listeners::default();
        let acme = TenantId::new("acme").unwrap();
        let person = |n: usize| PersonId::new(&format!("per_{n}")).unwrap();
        let mut places = Vec::new();
        for n in 0..IN_ALL / OF_ONE {
            let all = std::iter::repeat_with(|| listeners.place(&acme, &person(n)));
            places.extend(all.take_while(Option::is_some));
        }
        assert_eq!(places.len(), IN_ALL / OF_ONE * OF_ONE);
        let globex = TenantId::new("globex").unwrap();
        let more = std::iter::repeat_with(|| listeners.place(&globex, &person(0)));
        places.extend(more.take_while(Option::is_some));
        assert_eq!(places.len(), IN_ALL);
        drop(places);
        assert!(listeners.counts().is_empty());
    }
}
