//! Lending: a credential is minted for an order, and ended when it is no longer needed.

use super::{
    Firewall, doing,
    purse::{Busy, Pocket},
};
use crate::{
    error::GateError,
    issuers,
    kept_lease::{Lease, LeaseStage},
    lease::{InHand, LeaseAsk, LeaseError, Minted, Revoked},
    order::Order,
    ports::{Issuer, Rooms},
    scope::Mode,
    turn::{Asking, Due, Ending},
};
use arc_swap::ArcSwap;
use jiff::Timestamp;
use portcullis_policy::id::TenantId;
use serde_json::{Map, Value};
use std::{collections::HashMap, sync::Arc};

/// How often the sealing of what came of a lease is tried.
const SEALINGS: usize = 3;

/// Who mints for each tenant.
#[derive(Clone, Debug, Default)]
pub(super) struct Issuers(Arc<ArcSwap<HashMap<TenantId, Arc<dyn Issuer>>>>);

/// Where sessions live.
#[derive(Clone, Debug)]
pub(super) struct Lodging(Arc<ArcSwap<Arc<dyn Rooms>>>);

impl Default for Lodging {
    fn default() -> Self {
        let none: Arc<dyn Rooms> = Arc::new(issuers::NoRooms);
        Self(Arc::new(ArcSwap::from_pointee(none)))
    }
}

/// A credential that was lent for one order.
#[derive(Clone, Debug)]
pub(super) struct Lent {
    /// The lease.
    pub(super) id: String,
    /// The credential.
    pub(super) in_hand: InHand,
    /// Whether it ends with the order.
    once: bool,
}

impl Firewall {
    /// Has `issuer` mint and end credentials for a tenant from now on. Scopes that were added stay;
    /// what it does not serve gives nothing.
    pub fn use_issuer(&self, tenant: &TenantId, issuer: &Arc<dyn Issuer>) {
        self.issuers.0.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.insert(tenant.clone(), Arc::clone(issuer));
            all
        });
    }

    /// Has sessions live in `rooms` from now on. Without any, they have no directory.
    pub fn use_rooms(&self, rooms: Arc<dyn Rooms>) {
        self.rooms.0.store(Arc::new(rooms));
    }

    pub(super) fn issuer(&self, tenant: &TenantId) -> Arc<dyn Issuer> {
        let all = self.issuers.0.load();
        all.get(tenant).cloned().unwrap_or_else(issuers::none)
    }

    pub(super) fn rooms(&self) -> Arc<dyn Rooms> {
        Arc::clone(&self.rooms.0.load())
    }

    /// The credential that an order is to be carried out with; `None` when it names no scope.
    ///
    /// Fails closed: an error means that nothing was handed out. Whatever may have come into the
    /// world is ended, now or by the janitor.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::ask_lease`], and what the issuer says.
    pub(super) async fn lend(&self, order: &Order, mode: Mode) -> Result<Option<Lent>, GateError> {
        let work = order.work.as_ref();
        let scoped = work.and_then(|work| Some((work, work.scope.as_ref()?)));
        let Some((work, scope)) = scoped else {
            return Ok(None);
        };
        let pocket = (
            order.tenant.clone(),
            work.session.clone(),
            scope.to_string(),
        );
        let (firewall, order) = (self.clone(), order.clone());
        // What is asked of a provider is heard to its end, whoever goes away.
        self.seen_through(async move { firewall.lend_from(pocket, &order, mode).await })
            .await
            .map(Some)
    }

    async fn lend_from(
        &self,
        pocket: Pocket,
        order: &Order,
        mode: Mode,
    ) -> Result<Lent, GateError> {
        if mode == Mode::Write {
            return self.mint(order, (mode, None)).await;
        }
        let pocket = self.purse.pocket(pocket);
        let mut at_hand = pocket.lock().await;
        let lent = self.mint(order, (mode, at_hand.clone())).await?;
        *at_hand = Some(lent.id.clone());
        Ok(lent)
    }

    /// What was lent for one order alone ends with it.
    pub(super) async fn give_back(&self, tenant: &TenantId, lent: Lent) {
        if lent.once {
            // One that could not be ended is listed, and tried again.
            drop(
                self.end_lease(tenant, &lent.id, "its action has ended")
                    .await,
            );
        }
    }

    async fn mint(
        &self,
        order: &Order,
        (mode, at_hand): (Mode, Option<String>),
    ) -> Result<Lent, GateError> {
        let once = mode == Mode::Write;
        let at_hand = at_hand.and_then(|id| Some((self.purse.in_hand(&id)?, id)));
        let id = self.lease_id()?;
        let busy = self.purse.minting(&id);
        let known = at_hand.as_ref().map(|(_, id)| id.clone());
        let due = self.ask_lease(order, (mode, known), id.clone()).await?;
        let ask = match (due, at_hand) {
            (Due::Again(_), Some((in_hand, id))) => return Ok(Lent { id, in_hand, once }),
            (Due::Again(_), None) => {
                let message = "a credential was to be used that is not at hand";
                return Err(GateError::Unavailable(message.to_owned()));
            }
            (Due::Anew(ask), _) => ask,
        };
        let issuer = self.issuer(&order.tenant);
        let minted = doing::unless_it_panics(|| issuer.mint(&ask)).await;
        let panicked = || LeaseError::Unanswered("the issuer stopped halfway".to_owned());
        match minted.unwrap_or_else(|| Err(panicked())) {
            Ok(minted) => self.taken(&ask, minted, (busy, once)).await,
            Err(error) => Err(self.not_taken(&ask, &error, busy).await),
        }
    }

    /// Takes a credential in, if it still may live.
    async fn taken(
        &self,
        ask: &LeaseAsk,
        minted: Minted,
        (busy, once): (Busy, bool),
    ) -> Result<Lent, GateError> {
        let in_hand = InHand {
            scope: ask.scope.name.clone(),
            provider: ask.scope.provider.clone(),
            mode: ask.mode,
            secrets: minted.secrets.clone(),
            open: minted.open.clone(),
        };
        let noted = self.note_granted(ask, minted).await;
        let why = match noted {
            Ok(None) => {
                self.purse.put(&ask.id, in_hand.clone());
                drop(busy);
                let id = ask.id.clone();
                return Ok(Lent { id, in_hand, once });
            }
            Ok(Some(why)) => why,
            Err(error) => format!("it could not be put on record: {error}"),
        };
        drop(busy);
        drop(self.end_lease(&ask.tenant, &ask.id, &why).await);
        Err(GateError::conflict("lease.refused", why))
    }

    async fn note_granted(
        &self,
        ask: &LeaseAsk,
        minted: Minted,
    ) -> Result<Option<String>, GateError> {
        let granted = self.screened_map(&ask.tenant, minted.granted)?;
        let minted = Minted { granted, ..minted };
        let mut tries = 1;
        loop {
            let (id, found) = (ask.id.clone(), minted.clone());
            let noted = self
                .in_turn(&ask.tenant, move |turn| turn.note_granted(&id, &found))
                .await;
            match noted {
                Err(GateError::Unavailable(_)) if tries < SEALINGS => tries += 1,
                noted => return noted,
            }
        }
    }

    /// What an issuer did not mint. Unless it is sure of that, whatever there may be is ended.
    async fn not_taken(&self, ask: &LeaseAsk, error: &LeaseError, busy: Busy) -> GateError {
        let error = self.screened_error(&ask.tenant, error);
        match error {
            LeaseError::Unanswered(_) | LeaseError::Exceeded(_) => {
                drop(busy);
                let why = format!("{}: {error}", error.code());
                drop(self.end_lease(&ask.tenant, &ask.id, &why).await);
            }
            LeaseError::NoProvider(_)
            | LeaseError::Scope { .. }
            | LeaseError::TooMuch(_)
            | LeaseError::Refused(_)
            | LeaseError::Unsealed(_) => {
                let (id, why) = (ask.id.clone(), error.clone());
                let noted = self
                    .in_turn(&ask.tenant, move |turn| turn.note_not_granted(&id, &why))
                    .await;
                drop(busy);
                // Then the janitor finds it, asks for its end, and notes that.
                drop(noted);
            }
        }
        GateError::conflict(error.code(), error.to_string())
    }

    async fn ask_lease(
        &self,
        order: &Order,
        (mode, at_hand): (Mode, Option<String>),
        id: String,
    ) -> Result<Due, GateError> {
        let (order, issuer) = (order.clone(), self.issuer(&order.tenant));
        let tenant = order.tenant.clone();
        self.in_turn(&tenant, move |turn| {
            let asking = Asking {
                id,
                mode,
                at_hand: at_hand.as_deref(),
                issuer: &*issuer,
            };
            turn.ask_lease(&order, &asking)
        })
        .await
    }

    /// Ends a lease: nobody gets it from now on, its issuer ends it, and that is put on record.
    /// `None` for one that had ended.
    ///
    /// # Errors
    /// When what came of it cannot be put on record: then it is tried again.
    pub(super) async fn end_lease(
        &self,
        tenant: &TenantId,
        id: &str,
        why: &str,
    ) -> Result<Option<Lease>, GateError> {
        let _busy = self.purse.ending(id);
        let wanted = id.to_owned();
        let lease = self
            .in_turn(tenant, move |turn| {
                Ok(turn.state.sessions.leases.get(&wanted).cloned())
            })
            .await?;
        let lease = match lease {
            Some(lease) if lease.stage != LeaseStage::Fading => lease,
            over => return Ok(over),
        };
        let began = self.house.clock.now();
        let said = self.revoked(tenant, &lease).await;
        let ending = Ending {
            why: why.to_owned(),
            said,
            took_ms: milliseconds_since(began, self.house.clock.now()),
        };
        let mut tries = 1;
        loop {
            let (id, ending) = (id.to_owned(), ending.clone());
            let noted = self
                .in_turn(tenant, move |turn| turn.note_ending(&id, ending))
                .await;
            match noted {
                Err(GateError::Unavailable(_)) if tries < SEALINGS => tries += 1,
                noted => return noted,
            }
        }
    }

    async fn revoked(&self, tenant: &TenantId, lease: &Lease) -> Result<Revoked, LeaseError> {
        let issuer = self.issuer(tenant);
        let handle = lease.grant.as_ref().map(|grant| &grant.handle);
        let said = doing::unless_it_panics(|| issuer.revoke(&lease.ask, handle)).await;
        let panicked = || LeaseError::Unanswered("the issuer stopped halfway".to_owned());
        match said.unwrap_or_else(|| Err(panicked())) {
            Ok(revoked) => {
                let how = self.screened_text(tenant, &revoked.how);
                let how = how.unwrap_or_else(|_| "what was said could not be screened".to_owned());
                Ok(Revoked { how, ..revoked })
            }
            Err(error) => Err(self.screened_error(tenant, &error)),
        }
    }

    fn screened_map(
        &self,
        tenant: &TenantId,
        map: Map<String, Value>,
    ) -> Result<Map<String, Value>, GateError> {
        match self.screened_value(tenant, &Value::Object(map))? {
            Value::Object(map) => Ok(map),
            other => Ok(Map::from_iter([("granted".to_owned(), other)])),
        }
    }

    /// What an issuer says of a failure, as it may be shown.
    fn screened_error(&self, tenant: &TenantId, error: &LeaseError) -> LeaseError {
        let shown = |text: &str| {
            let shown = self.screened_text(tenant, text);
            shown.unwrap_or_else(|_| "what was said could not be screened".to_owned())
        };
        match error {
            LeaseError::NoProvider(name) => LeaseError::NoProvider(name.clone()),
            LeaseError::Scope { path, why } => LeaseError::Scope {
                path: shown(path),
                why: shown(why),
            },
            LeaseError::TooMuch(why) => LeaseError::TooMuch(shown(why)),
            LeaseError::Exceeded(why) => LeaseError::Exceeded(shown(why)),
            LeaseError::Refused(why) => LeaseError::Refused(shown(why)),
            LeaseError::Unanswered(why) => LeaseError::Unanswered(shown(why)),
            LeaseError::Unsealed(why) => LeaseError::Unsealed(shown(why)),
        }
    }

    fn lease_id(&self) -> Result<String, GateError> {
        let mut bytes = [0_u8; 16];
        self.house.entropy.fill(&mut bytes)?;
        Ok(format!("lse_{}", hex::encode(bytes)))
    }
}

fn milliseconds_since(began: Timestamp, now: Timestamp) -> u64 {
    let took = now.duration_since(began).as_millis().max(0);
    u64::try_from(took).unwrap_or(u64::MAX)
}
