//! What a command says, while it runs.
//!
//! Every piece is screened and made visible before anybody hears it, and whoever listens can
//! neither slow the command down nor change what becomes of it: a listener that is too slow misses
//! pieces, and is told how many.

mod plain;
mod teller;

pub(crate) use teller::{Kept, Teller};

use portcullis_policy::id::TenantId;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::broadcast::{self, error::RecvError};

/// How many pieces wait for a slow listener.
const WAITING: usize = 256;

/// Which action: its tenant, and its number there.
pub type Which = (TenantId, u64);

/// Screens what is shown while a command runs.
pub trait Screens: fmt::Debug + Send + Sync {
    /// Begins a text of a tenant's; `None` when it cannot be screened, and then nobody hears it
    /// before it is over and screened as a whole.
    fn begin(&self, tenant: &TenantId) -> Option<Box<dyn Sieve>>;
}

/// A text that is being screened, cut anywhere.
pub trait Sieve: fmt::Debug + Send {
    /// Takes the next bytes, and gives those that may be shown.
    fn push(&mut self, bytes: &[u8]) -> Vec<u8>;

    /// The rest of the text.
    fn finish(self: Box<Self>) -> Vec<u8>;
}

impl Sieve for portcullis_screen::stream::Stream {
    fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        Self::push(self, bytes).bytes
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        Self::finish(*self).0.bytes
    }
}

/// One of the two streams of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What a listener hears.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// The next command begins: its place, from 1.
    Begun(usize),
    /// It said something.
    Text(Stream, String),
    /// So many pieces were missed.
    Missed(u64),
}

/// Who listens to which action.
#[derive(Debug, Default)]
pub struct Listeners {
    running: Mutex<HashMap<Which, broadcast::Sender<Said>>>,
}

impl Listeners {
    /// Listens to an action from now on; `None` when it does not run.
    #[must_use]
    pub fn listen(&self, which: &Which) -> Option<Listener> {
        let running = self.running();
        let sender = running.get(which)?;
        Some(Listener(sender.subscribe()))
    }

    /// Begins to tell of an action.
    fn begin(self: &Arc<Self>, which: Which) -> Told {
        let (sender, _) = broadcast::channel(WAITING);
        self.running().insert(which.clone(), sender.clone());
        Told {
            by: sender,
            of: Arc::clone(self),
            which,
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Which, broadcast::Sender<Said>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears what a command says.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Said>);

impl Listener {
    /// What comes next; `None` when the action is over.
    pub async fn next(&mut self) -> Option<Said> {
        match self.0.recv().await {
            Ok(said) => Some(said),
            Err(RecvError::Lagged(missed)) => Some(Said::Missed(missed)),
            Err(RecvError::Closed) => None,
        }
    }
}

/// An action on the list of those that run.
#[derive(Debug)]
struct Told {
    by: broadcast::Sender<Said>,
    of: Arc<Listeners>,
    which: Which,
}

impl Told {
    /// Tells whoever listens; nobody is waited for.
    fn tell(&self, said: Said) {
        let _ = self.by.send(said);
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.of.running().remove(&self.which);
    }
}
