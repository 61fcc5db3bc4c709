//! What every handler of this crate works with.

use axum::extract::FromRef;
use portcullis_firewall::firewall::Firewall;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many requests may wait for a hold's decision at once; more are answered at once.
const SEATS: usize = 256;

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
}

impl FromRef<Desk> for Arc<Firewall> {
    fn from_ref(desk: &Desk) -> Self {
        Self::clone(&desk.firewall)
    }
}
