//! What every handler of this crate works with.

use axum::extract::FromRef;
use portcullis_firewall::{
    error::GateError,
    firewall::Firewall,
    hold::{Hold, HoldStatus},
    principal::Principal,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// How many requests may wait for a hold's decision at once; more are answered at once.
const SEATS: usize = 256;
/// The first pause between two looks, in milliseconds; each is twice the one before.
const PAUSE_MS: u64 = 50;
/// The longest pause, in milliseconds.
const PAUSE_MAX_MS: u64 = 1_000;

/// The gate, and the seats for those who wait for people.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) firewall: Arc<Firewall>,
    pub(crate) seats: Arc<Semaphore>,
}

impl Desk {
    pub(crate) fn new(firewall: Firewall) -> Self {
        Self {
            firewall: Arc::new(firewall),
            seats: Arc::new(Semaphore::new(SEATS)),
        }
    }

    /// A hold, looked at again and again until it is decided or the wait is over.
    ///
    /// When too many wait already, it is shown as it stands.
    ///
    /// # Errors
    /// As [`Firewall::hold`].
    pub(crate) async fn decided(
        &self,
        caller: &Principal,
        id: &str,
        wait_ms: u64,
    ) -> Result<Hold, GateError> {
        let mut hold = self.firewall.hold(caller, id).await?;
        let Ok(_seat) = self.seats.try_acquire() else {
            return Ok(hold);
        };
        let mut left = wait_ms;
        let mut pause = PAUSE_MS;
        while hold.status == HoldStatus::Held && left > 0 {
            let nap = pause.min(left);
            tokio::time::sleep(Duration::from_millis(nap)).await;
            left -= nap;
            pause = pause.saturating_mul(2).min(PAUSE_MAX_MS);
            hold = self.firewall.hold(caller, id).await?;
        }
        Ok(hold)
    }
}

impl FromRef<Desk> for Arc<Firewall> {
    fn from_ref(desk: &Desk) -> Self {
        Self::clone(&desk.firewall)
    }
}
