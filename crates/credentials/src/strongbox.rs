//! Credentials that were minted: in memory alone, hidden in every text of their tenant, and
//! forgotten when they end.

use crate::secret::Secret;
use jiff::Timestamp;
use portcullis_firewall::{
    firewall::Screens,
    lease::{LeaseAsk, LeaseError},
    outside::SecretName,
    ports::Clock,
};
use portcullis_policy::id::TenantId;
use portcullis_screen::secrets::{Level, Secrets as Known};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};
use zeroize::Zeroizing;

/// How the names of what is in here begin.
pub(crate) const SCHEME: &str = "lease:";

/// The most credentials of one tenant that are live at a time. All of them are looked for in every
/// text.
pub const MOST_LIVE: usize = 1_000;

/// How many dead credentials of a tenant are still hidden: what was printed just before they ended
/// may be shown just after.
const LINGER: usize = 16;

/// How many leases are remembered that the provider has ended.
const REMEMBERED: usize = 1_000;

/// The parts of a credential: what each is called, and its bytes.
pub(crate) type Parts = Vec<(String, Zeroizing<Vec<u8>>)>;

/// Keeps what issuers mint. Cheap to clone; all clones are one.
///
/// A part stands under `lease:<id>/<part>`, which [`Secrets`](crate::Secrets) resolves. Nothing of it
/// is written anywhere, so that a gate that stops forgets all of it.
///
/// Fails closed: what cannot be hidden in its tenant's texts is not kept, and cannot be used.
#[derive(Clone)]
pub struct Strongbox(Arc<Inside>);

struct Inside {
    screens: Screens,
    clock: Arc<dyn Clock>,
    shelf: RwLock<Shelf>,
    lent: AtomicU64,
}

#[derive(Default)]
struct Shelf {
    live: HashMap<String, Kept>,
    faded: HashMap<TenantId, VecDeque<Faded>>,
    /// What issuers themselves need for one call, e.g. a signed token.
    lent: HashMap<String, Secret>,
    /// What people have of their own and was used, by its digest: hidden from then on.
    own: HashMap<TenantId, HashMap<[u8; 32], Known>>,
    /// The leases that the provider has ended, newest last.
    ended: VecDeque<String>,
}

/// A credential that can be used.
struct Kept {
    tenant: TenantId,
    parts: Vec<(String, Secret)>,
    known: Known,
}

impl Kept {
    /// Tells its parts from all others, and says nothing of them.
    fn print(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for (_, secret) in &self.parts {
            digest.update(Sha256::digest(secret.bytes()));
        }
        digest.finalize().into()
    }
}

/// A credential that cannot be used here any more and is still hidden.
struct Faded {
    lease: String,
    known: Known,
    /// Tells one that is there already, for what is lent again and again.
    print: [u8; 32],
    /// Until when somebody else could use it.
    lives_until: Option<Timestamp>,
}

impl fmt::Debug for Strongbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = self.shelf().live.len();
        f.debug_struct("Strongbox").field("live", &live).finish()
    }
}

impl Strongbox {
    /// An empty one, which tells these screens what to hide.
    #[must_use]
    pub fn new(screens: Screens, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inside {
            screens,
            clock,
            shelf: RwLock::default(),
            lent: AtomicU64::new(0),
        }))
    }

    /// How many credentials are live.
    #[must_use]
    pub fn live(&self) -> usize {
        self.shelf().live.len()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Keeps the parts of a credential, hidden from now on, and says under which names. What stood
    /// under the same lease before is gone.
    pub(crate) fn keep(
        &self,
        ask: &LeaseAsk,
        parts: Parts,
    ) -> Result<Vec<(String, SecretName)>, LeaseError> {
        let mut known = Known::new();
        for (_, bytes) in &parts {
            known.add(bytes).map_err(|why| unfit(&why.to_string()))?;
        }
        let names = parts.iter().map(|(part, _)| {
            let name = format!("{SCHEME}{}/{part}", ask.id);
            (part.clone(), SecretName::new(&name))
        });
        let names = names.collect();
        let mut shelf = self.shelf_mut();
        let of_tenant = |kept: &&Kept| kept.tenant == ask.tenant;
        if shelf.live.values().filter(of_tenant).count() >= MOST_LIVE {
            let why = format!("{MOST_LIVE} credentials are live already");
            return Err(LeaseError::TooMuch(why));
        }
        let parts = parts.into_iter();
        let kept = Kept {
            tenant: ask.tenant.clone(),
            parts: parts
                .map(|(part, bytes)| (part, Secret::new(bytes)))
                .collect(),
            known,
        };
        shelf.live.insert(ask.id.clone(), kept);
        if let Err(why) = self.hide(&mut shelf, &ask.tenant) {
            shelf.live.remove(&ask.id);
            return Err(why);
        }
        Ok(names)
    }

    /// Forgets a credential: it cannot be used here any more. Its bytes are overwritten; its encodings
    /// are looked for a little longer when the provider has ended it, or until `lives_until` when it
    /// lives. Asked again without that, the provider has ended it by now.
    pub(crate) fn forget(&self, ask: &LeaseAsk, lives_until: Option<Timestamp>) {
        let mut shelf = self.shelf_mut();
        let shelf = &mut *shelf;
        let faded = shelf.faded.entry(ask.tenant.clone()).or_default();
        match shelf.live.remove(&ask.id) {
            Some(kept) => {
                let print = kept.print();
                faded.retain(|one| one.print != print);
                faded.push_back(Faded {
                    lease: ask.id.clone(),
                    known: kept.known,
                    print,
                    lives_until,
                });
            }
            None => match faded.iter_mut().find(|one| one.lease == ask.id) {
                Some(one) if lives_until.is_none() => one.lives_until = None,
                _ => return,
            },
        }
        if lives_until.is_none() {
            shelf.ended.push_back(ask.id.clone());
            let over = shelf.ended.len().saturating_sub(REMEMBERED);
            shelf.ended.drain(..over);
        }
        let now = self.0.clock.now();
        let dead = |one: &Faded| one.lives_until.is_none_or(|until| until <= now);
        let mut over = faded
            .iter()
            .filter(|one| dead(one))
            .count()
            .saturating_sub(LINGER);
        faded.retain(|one| {
            let goes = over > 0 && dead(one);
            over -= usize::from(goes);
            !goes
        });
    }

    /// Whether the provider has ended a lease that was kept here.
    pub(crate) fn has_ended(&self, ask: &LeaseAsk) -> bool {
        self.shelf().ended.contains(&ask.id)
    }

    /// The name of a part, when it is here.
    pub(crate) fn name(&self, ask: &LeaseAsk, part: &str) -> Option<SecretName> {
        let name = format!("{SCHEME}{}/{part}", ask.id);
        self.read(&name).map(|_| SecretName::new(&name))
    }

    /// A secret for one call of an issuer's own, which is forgotten when this is dropped.
    pub(crate) fn lend(&self, bytes: Zeroizing<Vec<u8>>) -> Lent {
        let number = self.0.lent.fetch_add(1, Ordering::Relaxed);
        let name = format!("{SCHEME}~{number}");
        self.shelf_mut()
            .lent
            .insert(name.clone(), Secret::new(bytes));
        Lent {
            strongbox: self.clone(),
            name: SecretName::new(&name),
        }
    }

    /// Hides a secret in a tenant's texts from now on, also when it was set since the gate began.
    pub(crate) fn hide_also(&self, tenant: &TenantId, bytes: &[u8]) -> Result<(), LeaseError> {
        let print: [u8; 32] = Sha256::digest(bytes).into();
        let mut shelf = self.shelf_mut();
        let own = shelf.own.entry(tenant.clone()).or_default();
        if own.contains_key(&print) {
            return Ok(());
        }
        let mut known = Known::new();
        known.add(bytes).map_err(|why| unfit(&why.to_string()))?;
        own.insert(print, known);
        let hidden = self.hide(&mut shelf, tenant);
        if hidden.is_err() {
            // It is tried again before it is used.
            shelf.own.entry(tenant.clone()).or_default().remove(&print);
        }
        hidden
    }

    /// What stands under a name.
    pub(crate) fn read(&self, name: &str) -> Option<Secret> {
        let shelf = self.shelf();
        if let Some(lent) = shelf.lent.get(name) {
            return Some(lent.copy());
        }
        let (lease, part) = name.strip_prefix(SCHEME)?.split_once('/')?;
        let parts = &shelf.live.get(lease)?.parts;
        let found = parts.iter().find(|(known, _)| *known == part);
        found.map(|(_, secret)| secret.copy())
    }

    /// Has everything of a tenant looked for that is on the shelf.
    fn hide(&self, shelf: &mut Shelf, tenant: &TenantId) -> Result<(), LeaseError> {
        let mut all = Known::new();
        let live = shelf.live.values().filter(|kept| kept.tenant == *tenant);
        live.for_each(|kept| all.add_all(&kept.known));
        let faded = shelf.faded.get(tenant).into_iter().flatten();
        faded.for_each(|faded| all.add_all(&faded.known));
        let own = shelf.own.get(tenant).into_iter().flatten();
        own.for_each(|(_, known)| all.add_all(known));
        let told = self.0.screens.know(tenant, Level::Session, &all);
        told.map_err(|error| unfit(&error.to_string()))
    }

    fn shelf(&self) -> RwLockReadGuard<'_, Shelf> {
        // Nothing panics while it holds the lock; every state in between is a whole one.
        let locked = self.0.shelf.read();
        locked.unwrap_or_else(PoisonError::into_inner)
    }

    fn shelf_mut(&self) -> RwLockWriteGuard<'_, Shelf> {
        let locked = self.0.shelf.write();
        locked.unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret that is known by its name as long as this lives.
pub(crate) struct Lent {
    strongbox: Strongbox,
    name: SecretName,
}

impl Lent {
    pub(crate) fn name(&self) -> SecretName {
        self.name.clone()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.strongbox.shelf_mut().lent.remove(self.name.as_str());
    }
}

fn unfit(why: &str) -> LeaseError {
    LeaseError::Refused(format!("what came could not be hidden in texts: {why}"))
}

#[cfg(test)]
mod tests;
