//! What must end by itself: leases whose session, scope, rights or time are gone, leases of a gate
//! that crashed, and the rooms of sessions that are over.

use super::Firewall;
use crate::{
    error::GateError,
    kept_lease::Lease,
    moment,
    session::{Session, SessionStatus},
};
use jiff::Timestamp;
use portcullis_policy::id::{SessionId, TenantId};
use tokio::sync::oneshot;

/// The pause between two tries to clear a room, in seconds.
const ROOM_PAUSE_SECONDS: u32 = 30;

/// What is to be done for a tenant.
struct Chores {
    leases: Vec<(Lease, String)>,
    rooms: Vec<SessionId>,
    now: Timestamp,
}

impl Firewall {
    /// Ends everything that was minted and must not live on, and clears the rooms of sessions that
    /// are over, for every tenant. To be called every second or so, and when the gate begins. What
    /// fails is listed, and tried again.
    ///
    /// Tenants do not wait for each other; one that is being tended is left to whoever tends it.
    ///
    /// # Errors
    /// The first failure to find out what is to be done.
    pub async fn tend_leases(&self) -> Result<(), GateError> {
        let mut waiting = Vec::new();
        for tenant in self.tenants() {
            let (tell, told) = oneshot::channel();
            let firewall = self.clone();
            (self.spawn.0)(Box::pin(async move {
                // Whoever called may have gone; it is done all the same.
                let _ = tell.send(firewall.tend(&tenant).await);
            }));
            waiting.push(told);
        }
        let mut first = Ok(());
        for told in waiting {
            let cut_short = || Err(GateError::Unavailable("tending was cut short".to_owned()));
            first = first.and(told.await.unwrap_or_else(|_| cut_short()));
        }
        first
    }

    /// The same for one tenant, beside everything else, when something has just been taken away.
    pub(super) fn tend_soon(&self, tenant: &TenantId) {
        let (firewall, tenant) = (self.clone(), tenant.clone());
        (self.spawn.0)(Box::pin(async move {
            // What could not be done now is done the next time.
            let _ = firewall.tend(&tenant).await;
        }));
    }

    async fn tend(&self, tenant: &TenantId) -> Result<(), GateError> {
        let Some(_turn) = self.purse.tending(tenant) else {
            return Ok(());
        };
        let purse = self.purse.clone();
        let Chores { leases, rooms, now } = self
            .in_turn(tenant, move |turn| {
                let sessions = turn.state.sessions.open.values();
                let over = |session: &&Session| session.status == SessionStatus::Closing;
                Ok(Chores {
                    leases: turn.due_leases(&|id| purse.holding(id)),
                    rooms: sessions.filter(over).map(|one| one.id.clone()).collect(),
                    now: turn.now,
                })
            })
            .await?;
        if !leases.is_empty() {
            self.end_all(tenant, leases).await;
        }
        for session in rooms {
            if !self.purse.may_clear(tenant, &session, now) {
                continue;
            }
            self.purse.forget(tenant, &session);
            if self.clear_room(tenant, &session).await.is_err() {
                let later = moment::later(now, ROOM_PAUSE_SECONDS);
                self.purse.clear_later(tenant, &session, later);
            }
        }
        Ok(())
    }

    /// Does what time demands, for every tenant. To be called every second or so.
    ///
    /// # Errors
    /// The first failure; the other tenants are swept all the same.
    pub async fn sweep(&self) -> Result<(), GateError> {
        let mut first = Ok(());
        for tenant in self.tenants() {
            let swept = self.in_turn(&tenant, |turn| turn.sweep()).await;
            first = first.and(swept);
        }
        first
    }
}
