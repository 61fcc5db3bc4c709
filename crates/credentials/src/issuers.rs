//! Every provider of the operator's, and who mints there.

use crate::issuer::{Provider, Tools, digits};
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    ports::{Doing, Issuer},
    scope::Scope,
};
use portcullis_policy::id::TenantId;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::ready,
    sync::Arc,
};

/// A provider, and who may use it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The operator's name for it.
    pub name: String,
    /// What kind it is, e.g. `postgres`.
    pub kind: &'static str,
    /// The tenants that may use it, and nobody else.
    pub tenants: BTreeSet<TenantId>,
    /// What it is.
    pub provider: Arc<dyn Provider>,
}

impl Entry {
    /// Whether a tenant may use it.
    #[must_use]
    pub fn serves(&self, tenant: &TenantId) -> bool {
        self.tenants.contains(tenant)
    }
}

/// The port [`Issuer`] over every provider.
///
/// Fails closed: what asks for more than its scope says, is of a tenant that may not use the
/// provider, or is over already is refused before any provider is asked.
#[derive(Debug)]
pub struct Issuers {
    desks: BTreeMap<String, Desk>,
}

#[derive(Debug)]
struct Desk {
    entry: Entry,
    issuer: Arc<dyn Issuer>,
}

impl Issuers {
    /// One desk for each provider. Of two with one name, the last counts.
    #[must_use]
    pub fn new(entries: Vec<Entry>, tools: &Tools) -> Self {
        let desks = entries.into_iter().map(|entry| {
            let issuer = entry.provider.issuer(tools);
            (entry.name.clone(), Desk { entry, issuer })
        });
        Self {
            desks: desks.collect(),
        }
    }

    fn desk(&self, scope: &Scope) -> Result<&Desk, LeaseError> {
        let desk = self.desks.get(&scope.provider);
        desk.ok_or_else(|| LeaseError::NoProvider(scope.provider.clone()))
    }

    /// Who mints for an ask that asks for no more than it may.
    fn cleared(&self, ask: &LeaseAsk) -> Result<&dyn Issuer, LeaseError> {
        let desk = self.desk(&ask.scope)?;
        if !desk.entry.serves(&ask.tenant) {
            return Err(LeaseError::NoProvider(ask.scope.provider.clone()));
        }
        digits(ask)?;
        let too_much = |why: &str| Err(LeaseError::TooMuch(why.to_owned()));
        if ask.mode > ask.scope.mode {
            return too_much("the scope only reads");
        }
        if ask.ends_at <= ask.asked_at {
            return too_much("it would end before it begins");
        }
        if ask.personal.is_some() && !desk.entry.provider.knows_people() {
            return too_much("nobody has a credential of their own there");
        }
        Ok(desk.issuer.as_ref())
    }
}

impl Issuer for Issuers {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        self.desk(scope)?.issuer.check(scope)
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        self.cleared(ask)?.asks(ask)
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        match self.cleared(ask) {
            Ok(issuer) => issuer.mint(ask),
            Err(why) => Box::pin(ready(Err(why))),
        }
    }

    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        handle: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        // Ending is never too much: a tenant that may not use the provider any more has leases to
        // end all the same.
        match self.desk(&ask.scope) {
            Ok(desk) => desk.issuer.revoke(ask, handle),
            Err(why) => Box::pin(ready(Err(why))),
        }
    }
}
