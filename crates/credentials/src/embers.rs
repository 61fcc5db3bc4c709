//! What was minted and only its holder can end: sealed at rest until it has ended, so that a gate that
//! was killed ends it when it starts again.

use crate::sealed::{Means, SealError, SealedStore};
use portcullis_firewall::{
    lease::LeaseAsk,
    ports::{Clock, Entropy},
};
use sha2::{Digest as _, Sha256};
use std::{fmt, sync::Arc};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

/// How many bytes of the digest of tenant and provider are in a name.
const PRINT_BYTES: usize = 16;

/// Tokens at rest, one sealed file for each lease. Cheap to clone; all clones are one.
///
/// A file is sealed for its lease, tenant and provider: what was changed, or moved to another's place,
/// holds nothing.
#[derive(Clone)]
pub struct Embers {
    store: SealedStore,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for Embers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embers({:?})", self.store)
    }
}

impl Embers {
    /// What is kept in a folder of its own.
    #[must_use]
    pub fn new(store: SealedStore, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            store,
            clock,
            entropy,
        }
    }

    /// Seals the token of a lease. It is durable when this answers.
    pub(crate) async fn seal(
        &self,
        ask: &LeaseAsk,
        token: Zeroizing<Vec<u8>>,
    ) -> Result<(), SealError> {
        let (embers, name) = (self.clone(), name(ask));
        beside(move || {
            let means = Means {
                clock: &*embers.clock,
                entropy: &*embers.entropy,
            };
            embers.store.set(&name, &token, means).map(drop)
        })
        .await
    }

    /// The token of a lease in the clear; `None` when there is none.
    pub(crate) async fn open(
        &self,
        ask: &LeaseAsk,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SealError> {
        let (store, name) = (self.store.clone(), name(ask));
        beside(move || match store.read(&name) {
            Ok(token) => Ok(Some(Zeroizing::new(token.bytes().to_vec()))),
            Err(SealError::Absent(_)) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    /// Removes the token of a lease for good, wherever there is one.
    pub(crate) async fn discard(&self, ask: &LeaseAsk) -> Result<(), SealError> {
        let (store, name) = (self.store.clone(), name(ask));
        beside(move || store.discard(&name)).await
    }
}

/// Does what waits for the disk beside everything else.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SealError> + Send + 'static,
) -> Result<T, SealError> {
    let done = spawn_blocking(work).await;
    let broke_off = || SealError::Folder("the work on it broke off".to_owned());
    done.unwrap_or_else(|_| Err(broke_off()))
}

/// What the token of a lease stands under. The name is sealed along, and with it whose it is.
fn name(ask: &LeaseAsk) -> String {
    let mut digest = Sha256::new();
    for part in [ask.tenant.as_str(), ask.scope.provider.as_str()] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let digest = digest.finalize();
    let print = digest.get(..PRINT_BYTES).unwrap_or(&digest);
    format!("{}-{}", ask.id, hex::encode(print))
}

#[cfg(test)]
mod tests;
