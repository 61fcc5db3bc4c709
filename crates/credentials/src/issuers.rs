//! Every provider of the operator's, and who mints there.

use crate::{
    issuer::{
        Provider, Tools, digits,
        held::{self, Lost},
        sealed::Chest,
    },
    secrets::Secrets,
    strongbox::Lent,
};
use portcullis_firewall::{
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    ports::{Doing, Issuer},
    scope::Scope,
};
use portcullis_policy::id::TenantId;
use portcullis_screen::secrets::Secrets as Known;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    future::ready,
    sync::Arc,
};
use zeroize::Zeroizing;

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
    /// Where people's own secrets are kept, which stand in for the provider's: each under
    /// `<key>@<person>`.
    pub own: Option<Chest>,
}

impl Entry {
    /// Whether a tenant may use it.
    #[must_use]
    pub fn serves(&self, tenant: &TenantId) -> bool {
        self.tenants.contains(tenant)
    }

    /// Makes known to whatever redacts texts what it could give away at any time.
    pub fn register(&self, secrets: &Secrets, known: &mut Known) {
        self.provider.register(secrets, known);
        if let Some(own) = &self.own {
            own.register(secrets, known);
        }
    }

    /// Whether people may have credentials of their own there.
    fn knows_people(&self) -> bool {
        let has_keys = !self.provider.own_keys().is_empty();
        self.provider.knows_people() || (has_keys && self.own.is_some())
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
    tools: Tools,
}

/// Who mints with a person's own secrets, for as long as those are lent.
struct Proxy {
    issuer: Arc<dyn Issuer>,
    _lent: Vec<Lent>,
}

impl Desk {
    /// Who mints for an ask with secrets of a person's own; `None` where the provider has them, and
    /// for an ask that is for the shared ones.
    ///
    /// *Fails closed:* a person who has not all of them has none.
    fn proxy(&self, ask: &LeaseAsk) -> Result<Option<Proxy>, LeaseError> {
        let (Some(person), Some(chest)) = (&ask.personal, &self.entry.own) else {
            return Ok(None);
        };
        let store = chest.store(&self.tools.secrets);
        let provider = &self.entry.provider;
        let (mut own, mut lent) = (BTreeMap::new(), Vec::new());
        for key in provider.own_keys() {
            let secret = store.read(&format!("{key}@{person}"));
            let secret = secret.map_err(|error| LeaseError::Refused(error.to_string()))?;
            self.tools
                .strongbox
                .hide_also(&ask.tenant, secret.bytes())?;
            let bytes = Zeroizing::new(secret.bytes().to_vec());
            let one = self.tools.strongbox.lend(bytes);
            own.insert(*key, one.name());
            lent.push(one);
        }
        let provider = provider.with_own(&own);
        let provider = provider.ok_or_else(nobody_has_one)?;
        Ok(Some(Proxy {
            issuer: provider.issuer(&self.tools),
            _lent: lent,
        }))
    }

    async fn mint(&self, ask: &LeaseAsk) -> Result<Minted, LeaseError> {
        match self.proxy(ask)? {
            Some(proxy) => proxy.issuer.mint(ask).await,
            None => self.issuer.mint(ask).await,
        }
    }

    /// Ends a credential; one that only its holder can end, with what is kept of it at rest.
    ///
    /// *Fails closed:* one that lives on is not given up as long as what ends it may be had again.
    async fn revoke(
        &self,
        ask: &LeaseAsk,
        handle: Option<&Map<String, Value>>,
    ) -> Result<Revoked, LeaseError> {
        let brought = held::bring_back(&self.tools, ask).await;
        let mut revoked = self.end(ask, handle).await?;
        match brought {
            Err(Lost::ForNow(why)) if !revoked.dead => return Err(why),
            Err(Lost::ForGood(why)) if !revoked.dead => {
                revoked.how = format!("{}: {why}", revoked.how);
            }
            _ => {}
        }
        held::let_go(&self.tools, ask).await?;
        Ok(revoked)
    }

    /// Ending is never too much: what a person's own secret does not end any more, because it was
    /// changed or taken away, the shared one may.
    async fn end(
        &self,
        ask: &LeaseAsk,
        handle: Option<&Map<String, Value>>,
    ) -> Result<Revoked, LeaseError> {
        if let Ok(Some(proxy)) = self.proxy(ask) {
            let ended = proxy.issuer.revoke(ask, handle).await;
            if ended.is_ok() {
                return ended;
            }
        }
        self.issuer.revoke(ask, handle).await
    }
}

fn nobody_has_one() -> LeaseError {
    LeaseError::TooMuch("nobody has a credential of their own there".to_owned())
}

impl Issuers {
    /// One desk for each provider. Of two with one name, the last counts.
    #[must_use]
    pub fn new(entries: Vec<Entry>, tools: &Tools) -> Self {
        let desks = entries.into_iter().map(|entry| {
            let tools = tools.of(&*entry.provider);
            let desk = Desk {
                issuer: entry.provider.issuer(&tools),
                entry,
                tools,
            };
            (desk.entry.name.clone(), desk)
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
    fn cleared(&self, ask: &LeaseAsk) -> Result<&Desk, LeaseError> {
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
        if ask.personal.is_some() && !desk.entry.knows_people() {
            return Err(nobody_has_one());
        }
        Ok(desk)
    }
}

impl Issuer for Issuers {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        self.desk(scope)?.issuer.check(scope)
    }

    fn knows_people(&self, scope: &Scope) -> bool {
        self.desk(scope).is_ok_and(|desk| desk.entry.knows_people())
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        self.cleared(ask)?.issuer.asks(ask)
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        match self.cleared(ask) {
            Ok(desk) => Box::pin(desk.mint(ask)),
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
            Ok(desk) => Box::pin(desk.revoke(ask, handle)),
            Err(why) => Box::pin(ready(Err(why))),
        }
    }
}
