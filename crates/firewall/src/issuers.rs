//! Who mints credentials for the gate: many issuers as one.

use crate::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    ports::{Doing, Issuer, Rooms},
    scope::Scope,
};
use portcullis_policy::id::{SessionId, TenantId};
use serde_json::{Map, Value};
use std::{future::ready, sync::Arc};

/// Many issuers as one: a scope is for the first that serves its provider.
///
/// Fails closed: a scope of a provider that nobody serves is [`LeaseError::NoProvider`].
#[must_use]
pub fn joined(issuers: Vec<Arc<dyn Issuer>>) -> Arc<dyn Issuer> {
    Arc::new(Joined(issuers))
}

/// Serves no provider.
#[must_use]
pub(crate) fn none() -> Arc<dyn Issuer> {
    joined(Vec::new())
}

#[derive(Debug)]
struct Joined(Vec<Arc<dyn Issuer>>);

impl Joined {
    fn of(&self, scope: &Scope) -> Result<&Arc<dyn Issuer>, LeaseError> {
        let serves = |issuer: &&Arc<dyn Issuer>| {
            !matches!(issuer.check(scope), Err(LeaseError::NoProvider(_)))
        };
        let missing = || LeaseError::NoProvider(scope.provider.clone());
        self.0.iter().find(serves).ok_or_else(missing)
    }
}

impl Issuer for Joined {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        self.of(scope)?.check(scope)
    }

    fn knows_people(&self, scope: &Scope) -> bool {
        self.of(scope)
            .is_ok_and(|issuer| issuer.knows_people(scope))
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        self.of(&ask.scope)?.asks(ask)
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        match self.of(&ask.scope) {
            Ok(issuer) => issuer.mint(ask),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        handle: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        match self.of(&ask.scope) {
            Ok(issuer) => issuer.revoke(ask, handle),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}

/// No rooms: where nothing runs, nothing needs a directory.
#[derive(Debug)]
pub(crate) struct NoRooms;

impl Rooms for NoRooms {
    fn open<'a>(&'a self, _: &'a TenantId, _: &'a SessionId) -> Doing<'a, Result<(), String>> {
        Box::pin(ready(Ok(())))
    }

    fn clear<'a>(&'a self, _: &'a TenantId, _: &'a SessionId) -> Doing<'a, Result<(), String>> {
        Box::pin(ready(Ok(())))
    }
}
