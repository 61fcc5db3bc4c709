//! What the firewall needs from the world. Implemented on the floor above, joined in the app.

use crate::{
    batch::{Batch, Document, DocumentKind, Head, StoredRecord},
    chain::Hash,
    digest::Means,
    lease::{Asked, LeaseAsk, LeaseError, Minted, Revoked},
    order::{DryRun, Effect, Order},
    query::{DocumentQuery, RecordQuery},
    scope::Scope,
};
use jiff::Timestamp;
use portcullis_policy::{
    action::Action,
    id::{SessionId, TenantId},
};
use std::{fmt::Debug, future::Future, pin::Pin};

/// An answer that comes later.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, LedgerError>> + Send + 'a>>;

/// The durable memory: records in a chain for each tenant, and documents beside them.
///
/// Fails closed: whatever cannot be written durably is an error, and then there is no verdict.
pub trait Ledger: Debug + Send + Sync {
    /// Makes a batch durable, all of it or nothing.
    ///
    /// # Errors
    /// [`LedgerError::Moved`] when the chain's head is not the one the batch expects, else
    /// [`LedgerError::Unavailable`].
    fn commit(&self, batch: Batch) -> Pending<'_, ()>;

    /// The end of a tenant's chain; [`Head::EMPTY`] for a tenant without records.
    fn head<'a>(&'a self, tenant: &'a TenantId) -> Pending<'a, Head>;

    /// The records a query asks for.
    fn records<'a>(
        &'a self,
        tenant: &'a TenantId,
        query: RecordQuery,
    ) -> Pending<'a, Vec<StoredRecord>>;

    /// The effects of the records after `seq`, in order, at most `limit` of them.
    fn effects<'a>(
        &'a self,
        tenant: &'a TenantId,
        after: u64,
        limit: usize,
    ) -> Pending<'a, Vec<(u64, Vec<u8>)>>;

    /// The hashes of the records `first..first + count`, as far as they exist.
    fn hashes<'a>(
        &'a self,
        tenant: &'a TenantId,
        first: u64,
        count: usize,
    ) -> Pending<'a, Vec<Hash>>;

    /// One document.
    fn document<'a>(
        &'a self,
        tenant: &'a TenantId,
        kind: DocumentKind,
        id: &'a str,
    ) -> Pending<'a, Option<Document>>;

    /// The documents a query asks for.
    fn documents<'a>(
        &'a self,
        tenant: &'a TenantId,
        query: DocumentQuery,
    ) -> Pending<'a, Vec<Document>>;

    /// Every tenant that has a record or a document, in order.
    fn tenants(&self) -> Pending<'_, Vec<TenantId>>;
}

/// Why the memory did not answer.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LedgerError {
    /// Somebody else wrote to this chain.
    #[error("the chain has moved on")]
    Moved,
    /// The memory cannot be reached, is full, or is broken.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(String),
    /// What is stored cannot be read.
    #[error("the ledger holds something unreadable: {0}")]
    Corrupt(String),
}

/// Something that is being done outside.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Acts for the gate. It is handed an order at most once for each action, after its permit was
/// spent and that is durable.
///
/// It keeps a deadline of its own, and ends by itself. Nobody stops it: what was begun is seen
/// through even when whoever asked has gone away.
///
/// Fails closed: an order for something it does not serve is [`Ended::Failed`] and touches
/// nothing; when it cannot tell whether the order took effect, the answer is [`Ended::Unknown`].
///
/// [`Ended::Failed`]: crate::order::Ended::Failed
/// [`Ended::Unknown`]: crate::order::Ended::Unknown
pub trait Executor: Debug + Send + Sync {
    /// Names how it would carry out an action: something else as soon as anything about that
    /// changes. `None` for what it does not serve. Asked on the hot path: no waiting in here.
    fn means(&self, action: &Action) -> Option<Means>;

    /// Carries out an order.
    fn execute(&self, order: Order) -> Doing<'_, Effect>;
}

/// Finds out what an order would do, without doing it.
///
/// Fails closed: what it cannot find out is a check that did not pass.
pub trait Rehearsal: Debug + Send + Sync {
    /// Whether it knows how to look at such an action. Asked on the hot path: no waiting in here.
    fn rehearses(&self, action: &Action) -> bool;

    /// Whether it looks by doing and undoing, which takes a credential that may write. Everything
    /// else is looked at with one that may only read.
    fn does_and_undoes(&self, _: &Order) -> bool {
        false
    }

    /// Looks at an order whose permit is not spent.
    fn rehearse(&self, order: Order) -> Doing<'_, DryRun>;
}

/// The time.
pub trait Clock: Debug + Send + Sync {
    /// The present moment in whole milliseconds, UTC.
    fn now(&self) -> Timestamp;
}

/// Randomness for ids, nonces and keys.
pub trait Entropy: Debug + Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    ///
    /// # Errors
    /// When the system has no randomness to give; then nothing that needs it happens.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The system has no randomness to give.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no randomness is available")]
pub struct EntropyError;

/// Mints credentials, and ends them. One issuer serves one provider of the operator's.
///
/// It keeps a deadline of its own, and ends by itself.
///
/// Fails closed: what cannot be narrowed to the ask is not minted; a provider that grants more than
/// was asked is made to take it back, and the answer is [`LeaseError::Exceeded`].
pub trait Issuer: Debug + Send + Sync {
    /// Whether it serves the scope's provider and understands its filters. No waiting in here.
    ///
    /// # Errors
    /// [`LeaseError::NoProvider`], [`LeaseError::Scope`].
    fn check(&self, scope: &Scope) -> Result<(), LeaseError>;

    /// Whether people may have credentials of their own at the scope's provider. Nobody has, unless an
    /// issuer says so. No waiting in here.
    fn knows_people(&self, _: &Scope) -> bool {
        false
    }

    /// What it would ask the provider for. No waiting in here.
    ///
    /// # Errors
    /// [`LeaseError`] but [`LeaseError::Unanswered`].
    fn asks(&self, ask: &LeaseAsk) -> Result<Asked, LeaseError>;

    /// Mints a credential.
    fn mint<'a>(&'a self, ask: &'a LeaseAsk) -> Doing<'a, Result<Minted, LeaseError>>;

    /// Ends a credential, and forgets its secrets. Asked again for one that is ended, it says so.
    ///
    /// `handle` is [`Minted::handle`], or nothing when a crash came between: then whatever the ask
    /// may have brought into the world is found by its id, and ended.
    ///
    /// # Errors
    /// [`LeaseError::Unanswered`], [`LeaseError::Refused`]: it may still live.
    fn revoke<'a>(
        &'a self,
        ask: &'a LeaseAsk,
        handle: Option<&'a serde_json::Map<String, serde_json::Value>>,
    ) -> Doing<'a, Result<Revoked, LeaseError>>;
}

/// The private directories of sessions.
///
/// Fails closed: a directory that cannot be made private is an error, and then there is no session.
pub trait Rooms: Debug + Send + Sync {
    /// Makes the directory of a session that nobody else can read. Asked again, it is the same.
    ///
    /// # Errors
    /// What went wrong, for people.
    fn open<'a>(
        &'a self,
        tenant: &'a TenantId,
        session: &'a SessionId,
    ) -> Doing<'a, Result<(), String>>;

    /// Removes the directory with all that is in it, after ending every process that runs there.
    /// Asked again, it is still gone.
    ///
    /// # Errors
    /// What went wrong, for people.
    fn clear<'a>(
        &'a self,
        tenant: &'a TenantId,
        session: &'a SessionId,
    ) -> Doing<'a, Result<(), String>>;
}
