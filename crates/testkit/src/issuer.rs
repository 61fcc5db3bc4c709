//! An issuer of credentials that open nothing, and rooms without walls; both remember everything.

use crate::memory::MemoryLedger;
use jiff::SignedDuration;
use portcullis_firewall::{
    batch::DocumentKind,
    firewall::Firewall,
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    outside::SecretName,
    ports::{Doing, Issuer, Ledger, Rooms},
    scope::Scope,
};
use portcullis_policy::id::{SessionId, TenantId};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use tokio::sync::Semaphore;

/// Mints and ends credentials, and counts those that live. What it does depends on the provider's
/// name: `refuses`, `silent` (mints, and does not say so), `exceeds`, `panics`, `hangs` (mints, and
/// never answers), `slow` (mints when it is told to), `lingers` (what is ended lives until it
/// expires) and `hourly` (grants an hour more than asked); any other that begins with `fake` mints.
#[derive(Debug, Default)]
pub struct FakeIssuer {
    alive: Mutex<BTreeMap<String, LeaseAsk>>,
    minted: Mutex<Vec<LeaseAsk>>,
    /// How many of the next revocations fail.
    pub fails: AtomicUsize,
    /// Whether revocations wait for [`FakeIssuer::go_on`].
    pub holds_back: AtomicBool,
    waiting: AtomicUsize,
    most_waiting: AtomicUsize,
    gate: Option<Arc<Semaphore>>,
    unrecorded: AtomicUsize,
    ledger: Option<Arc<MemoryLedger>>,
}

const PROVIDERS: [&str; 8] = [
    "refuses", "silent", "exceeds", "panics", "hangs", "slow", "lingers", "hourly",
];

impl FakeIssuer {
    /// An issuer that a tenant of a gate uses from now on.
    #[must_use]
    pub fn of(firewall: &Firewall, tenant: &TenantId) -> Arc<Self> {
        let issuer = Arc::new(Self {
            gate: Some(Arc::new(Semaphore::new(0))),
            ..Self::default()
        });
        issuer.serve(firewall, tenant);
        issuer
    }

    /// One that counts what it is asked for and is not on record in a ledger.
    #[must_use]
    pub fn watching(ledger: &Arc<MemoryLedger>) -> Arc<Self> {
        Arc::new(Self {
            gate: Some(Arc::new(Semaphore::new(0))),
            ledger: Some(Arc::clone(ledger)),
            ..Self::default()
        })
    }

    /// Has another gate use the same issuer.
    pub fn serve(self: &Arc<Self>, firewall: &Firewall, tenant: &TenantId) {
        let issuer: Arc<dyn Issuer> = Arc::<Self>::clone(self);
        firewall.use_issuer(tenant, &issuer);
    }

    /// What lives, in order of the leases' ids.
    #[must_use]
    pub fn alive(&self) -> Vec<LeaseAsk> {
        locked(&self.alive).values().cloned().collect()
    }

    /// Everything that was ever minted, in order.
    #[must_use]
    pub fn minted(&self) -> Vec<LeaseAsk> {
        locked(&self.minted).clone()
    }

    /// Lets so many of those that wait go on.
    pub fn go_on(&self, times: usize) {
        self.gate
            .as_ref()
            .expect("an issuer of a gate")
            .add_permits(times);
    }

    /// How many waited at once, at most.
    #[must_use]
    pub fn most_waiting(&self) -> usize {
        self.most_waiting.load(Ordering::SeqCst)
    }

    fn bring_to_life(&self, ask: &LeaseAsk) {
        locked(&self.alive).insert(ask.id.clone(), ask.clone());
        locked(&self.minted).push(ask.clone());
    }

    async fn wait(&self) {
        let waiting = self.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_waiting.fetch_max(waiting, Ordering::SeqCst);
        let gate = self.gate.as_ref().expect("an issuer of a gate");
        gate.acquire().await.expect("never closed").forget();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }

    /// How often it was asked for what was not on record.
    #[must_use]
    pub fn unrecorded(&self) -> usize {
        self.unrecorded.load(Ordering::SeqCst)
    }

    async fn look_it_up(&self, ask: &LeaseAsk) {
        let Some(ledger) = &self.ledger else { return };
        let kept = ledger.document(&ask.tenant, DocumentKind::Lease, &ask.id);
        let kept = kept.await.expect("a ledger in memory is read");
        if kept.is_none_or(|kept| kept.status != "asked") {
            self.unrecorded.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn locked<T>(all: &Mutex<T>) -> MutexGuard<'_, T> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Issuer for FakeIssuer {
    fn check(&self, scope: &Scope) -> Result<(), LeaseError> {
        let provider = scope.provider.as_str();
        if !provider.starts_with("fake") && !PROVIDERS.contains(&provider) {
            return Err(LeaseError::NoProvider(scope.provider.clone()));
        }
        match scope.filters.get("bad") {
            None => Ok(()),
            Some(_) => Err(LeaseError::Scope {
                path: "filters.bad".to_owned(),
                why: "cannot be enforced".to_owned(),
            }),
        }
    }

    fn knows_people(&self, scope: &Scope) -> bool {
        scope.provider.starts_with("fake")
    }

    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError> {
        if ask.mode > ask.scope.mode {
            return Err(LeaseError::TooMuch("writing".to_owned()));
        }
        let request = json!({ "role": ask.scope.name, "mode": ask.mode });
        Ok(Asked {
            request: request.as_object().cloned().unwrap_or_default(),
        })
    }

    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>> {
        Box::pin(async move {
            self.look_it_up(ask).await;
            let provider = ask.scope.provider.as_str();
            match provider {
                "refuses" => return Err(LeaseError::Refused("not today".to_owned())),
                "exceeds" => return Err(LeaseError::Exceeded("everything".to_owned())),
                "slow" => self.wait().await,
                _ => {}
            }
            self.bring_to_life(ask);
            match provider {
                "silent" => return Err(LeaseError::Unanswered("no answer".to_owned())),
                "panics" => panic!("as it should"),
                "hangs" => std::future::pending::<()>().await,
                _ => {}
            }
            let hours = i64::from(provider == "hourly");
            Ok(Minted {
                secrets: vec![(
                    "password".to_owned(),
                    SecretName::new(&format!("lease:{}", ask.id)),
                )],
                open: vec![("user".to_owned(), ask.id.clone())],
                granted: Map::from_iter([("role".to_owned(), Value::from(&*ask.scope.name))]),
                expires_at: Some(ask.ends_at + SignedDuration::from_hours(hours)),
                handle: Map::from_iter([("user".to_owned(), Value::from(&*ask.id))]),
            })
        })
    }

    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        _: Option<&'a Map<String, Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>> {
        Box::pin(async move {
            if self.holds_back.load(Ordering::SeqCst) {
                self.wait().await;
            }
            let less = |left: usize| left.checked_sub(1);
            let order = Ordering::SeqCst;
            if self.fails.fetch_update(order, order, less).is_ok() {
                return Err(LeaseError::Unanswered("no answer".to_owned()));
            }
            let dead = ask.scope.provider != "lingers";
            if dead {
                locked(&self.alive).remove(&ask.id);
            }
            Ok(Revoked {
                how: "DROP ROLE".to_owned(),
                dead,
                delay_ms: dead.then_some(3),
            })
        })
    }
}

/// Rooms that are only names.
#[derive(Debug, Default)]
pub struct FakeRooms {
    open: Mutex<BTreeSet<(TenantId, SessionId)>>,
    /// How many of the next calls fail.
    pub fails: AtomicUsize,
}

impl FakeRooms {
    /// Rooms that a gate uses from now on.
    #[must_use]
    pub fn of(firewall: &Firewall) -> Arc<Self> {
        let rooms = Arc::new(Self::default());
        firewall.use_rooms(Arc::<Self>::clone(&rooms));
        rooms
    }

    /// Those that are there.
    #[must_use]
    pub fn open(&self) -> Vec<(TenantId, SessionId)> {
        locked(&self.open).iter().cloned().collect()
    }

    fn fails(&self) -> Result<(), String> {
        let less = |left: usize| left.checked_sub(1);
        let order = Ordering::SeqCst;
        match self.fails.fetch_update(order, order, less) {
            Ok(_) => Err("no room".to_owned()),
            Err(_) => Ok(()),
        }
    }
}

impl Rooms for FakeRooms {
    fn open<'a>(
        &'a self,
        tenant: &'a TenantId,
        session: &'a SessionId,
    ) -> Doing<'a, Result<(), String>> {
        Box::pin(async move {
            self.fails()?;
            locked(&self.open).insert((tenant.clone(), session.clone()));
            Ok(())
        })
    }

    fn clear<'a>(
        &'a self,
        tenant: &'a TenantId,
        session: &'a SessionId,
    ) -> Doing<'a, Result<(), String>> {
        Box::pin(async move {
            self.fails()?;
            locked(&self.open).remove(&(tenant.clone(), session.clone()));
            Ok(())
        })
    }
}
