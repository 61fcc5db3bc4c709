//! What a lane knows of scopes, sessions, and the credentials that were minted for them.

use crate::{
    kept_lease::Lease, kept_scope::KeptScope, own_credential::OwnCredential, session::Session,
};
use portcullis_policy::id::{PersonId, SessionId};
use std::collections::BTreeMap;

/// Scopes, sessions and leases of one tenant.
#[derive(Debug, Default)]
pub struct Sessions {
    /// The scopes, by name.
    pub scopes: BTreeMap<String, KeptScope>,
    /// The sessions that are open, and those whose room is not known to be cleared.
    pub open: BTreeMap<SessionId, Session>,
    /// The credentials that live or may live, by id.
    pub leases: BTreeMap<String, Lease>,
    /// What people have said about their own credentials, by person and scope.
    pub own: BTreeMap<(PersonId, String), OwnCredential>,
}

impl Sessions {
    /// From what is kept.
    #[must_use]
    pub fn of(
        scopes: Vec<KeptScope>,
        open: Vec<Session>,
        leases: Vec<Lease>,
        own: Vec<OwnCredential>,
    ) -> Self {
        let named = |kept: KeptScope| (kept.scope.name.clone(), kept);
        let placed = |one: OwnCredential| ((one.person.clone(), one.scope.clone()), one);
        Self {
            scopes: scopes.into_iter().map(named).collect(),
            open: open.into_iter().map(|one| (one.id.clone(), one)).collect(),
            leases: leases
                .into_iter()
                .map(|one| (one.ask.id.clone(), one))
                .collect(),
            own: own.into_iter().map(placed).collect(),
        }
    }

    /// Whose own credential is used for a scope in a session: that of the person who opened it, and
    /// nobody else's.
    #[must_use]
    pub fn personal(&self, session: &Session, scope: &str) -> Option<PersonId> {
        let person = session.opened_by.clone()?;
        let said = self.own.get(&(person.clone(), scope.to_owned()))?;
        said.enabled.then_some(person)
    }
}
