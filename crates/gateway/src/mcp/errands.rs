//! Tasks that servers have made of calls, by the names that clients know. They are forgotten with the
//! gate.

use portcullis_firewall::principal::Principal;
use portcullis_policy::id::TenantId;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// How many tasks are known at once; the oldest are forgotten first.
const KEPT: usize = 10_000;

/// The tasks of servers, by the names that clients know.
#[derive(Debug, Default)]
pub(super) struct Errands(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    errands: HashMap<String, Errand>,
    order: VecDeque<String>,
}

/// One task of a server.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub(super) tenant: TenantId,
    pub(super) key: String,
    pub(super) server: String,
    /// What the server calls it.
    pub(super) own: String,
}

impl Errands {
    pub(super) fn put(&self, id: &str, errand: Errand) {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.errands.insert(id.to_owned(), errand);
        book.order.push_back(id.to_owned());
        while book.order.len() > KEPT {
            if let Some(oldest) = book.order.pop_front() {
                book.errands.remove(&oldest);
            }
        }
    }

    /// A task of this caller.
    pub(super) fn find(&self, principal: &Principal, id: &str) -> Option<Errand> {
        let book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let errand = book.errands.get(id)?;
        let is_own = errand.tenant == principal.tenant && errand.key == principal.key;
        is_own.then(|| errand.clone())
    }
}
