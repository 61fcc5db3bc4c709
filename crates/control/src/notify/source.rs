//! What followers and channels ask of the gate.

use jiff::Timestamp;
use portcullis_firewall::{batch::StoredRecord, error::GateError, hold::HoldStatus};
use portcullis_policy::{
    id::TenantId,
    tier::{RiskTier, Tier},
};
use std::{fmt::Debug, future::Future, pin::Pin};
use tokio::sync::watch;

/// An answer that comes later.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, GateError>> + Send + 'a>>;

/// The chain as a follower reads it, and where a channel stands in it.
///
/// None of this waits for a verdict, and no verdict waits for any of this.
pub trait Source: Debug + Send + Sync {
    /// The number of the last record; 0 for an empty chain.
    ///
    /// # Errors
    /// When the gate cannot answer now.
    fn end<'a>(&'a self, tenant: &'a TenantId) -> Pending<'a, u64>;

    /// The records after a number, in order, at most `limit` of them.
    ///
    /// # Errors
    /// When the gate cannot answer now.
    fn records_since<'a>(
        &'a self,
        tenant: &'a TenantId,
        after: u64,
        limit: usize,
    ) -> Pending<'a, Vec<StoredRecord>>;

    /// Changes whenever any record became durable.
    fn news(&self) -> watch::Receiver<u64>;

    /// The last record a channel was told of; `None` for a new channel.
    ///
    /// # Errors
    /// When the gate cannot answer now.
    fn cursor<'a>(&'a self, tenant: &'a TenantId, channel: &'a str) -> Pending<'a, Option<u64>>;

    /// Keeps, durably, the last record a channel was told of.
    ///
    /// # Errors
    /// When it cannot be written now.
    fn keep_cursor<'a>(
        &'a self,
        tenant: &'a TenantId,
        channel: &'a str,
        seq: u64,
    ) -> Pending<'a, ()>;

    /// What may be told of a hold as it stands now; `None` when there is no such hold.
    ///
    /// # Errors
    /// When the gate cannot answer now.
    fn outline<'a>(&'a self, tenant: &'a TenantId, hold: &'a str) -> Pending<'a, Option<Outline>>;
}

/// What may be told of a hold outside: nothing of its parameters, nothing in the agent's words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outline {
    /// The agent's id.
    pub agent: String,
    /// What it wants to do.
    pub action_type: String,
    /// On what.
    pub target: String,
    /// Where.
    pub environment: String,
    /// The tier that holds it.
    pub tier: Tier,
    /// How risky it is.
    pub risk_tier: RiskTier,
    /// Where it stands.
    pub status: HoldStatus,
    /// Who is asked now, as the rules name them; empty is anybody who decides.
    pub asked: Vec<String>,
    /// 1 for who is asked first; one more each time others are asked.
    pub level: u8,
    /// How many different people must approve.
    pub approvals_required: u8,
    /// How many did.
    pub approvals: usize,
    /// When this level ends.
    pub ends_at: Timestamp,
}
