//! What Slack's side needs from the gate.

use super::message::Buttons;
use portcullis_firewall::{
    batch::StoredRecord, error::GateError, hold::Hold, person::SlackUser, sight::Sight,
};
use portcullis_policy::id::TenantId;
use std::{fmt::Debug, future::Future, pin::Pin};
use tokio::sync::watch;

/// An answer of the gate that comes later.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, GateError>> + Send + 'a>>;

/// The gate, as far as Slack is concerned: showing holds, deciding them, and what was told so far.
pub trait Gate: Debug + Send + Sync {
    /// What to show of a hold.
    fn sight<'a>(&'a self, tenant: &'a TenantId, hold: &'a str) -> Asked<'a, Sight>;

    /// The tokens of the level that is asked now; a conflict when the hold is over.
    fn buttons<'a>(&'a self, tenant: &'a TenantId, hold: &'a str) -> Asked<'a, Buttons>;

    /// One person's click. Every refusal has its record.
    fn decide<'a>(
        &'a self,
        tenant: &'a TenantId,
        user: &'a SlackUser,
        token: &'a str,
        reason: Option<String>,
    ) -> Asked<'a, Hold>;

    /// Records after one, in order, at most so many.
    fn records<'a>(
        &'a self,
        tenant: &'a TenantId,
        after: u64,
        most: usize,
    ) -> Asked<'a, Vec<StoredRecord>>;

    /// Changes whenever a record became durable.
    fn news(&self) -> watch::Receiver<u64>;

    /// Up to which record Slack was told.
    fn cursor<'a>(&'a self, tenant: &'a TenantId) -> Asked<'a, Option<u64>>;

    /// Notes up to which record it was.
    fn keep_cursor<'a>(&'a self, tenant: &'a TenantId, seq: u64) -> Asked<'a, ()>;

    /// What stands in Slack about one level of a hold.
    fn posting<'a>(
        &'a self,
        tenant: &'a TenantId,
        hold: &'a str,
        level: u8,
    ) -> Asked<'a, Option<Posted>>;

    /// Notes what stands there.
    fn keep_posting<'a>(
        &'a self,
        tenant: &'a TenantId,
        hold: &'a str,
        level: u8,
        posted: Posted,
    ) -> Asked<'a, ()>;
}

/// A message that stands in Slack.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Posted {
    /// Where.
    pub place: super::api::Place,
    /// The digest of what it shows.
    pub told: String,
}
