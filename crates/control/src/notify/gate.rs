//! The gate as followers and channels see it.

use super::{
    mail::AddressBook,
    source::{Outline, Pending, Source},
};
use portcullis_firewall::{batch::StoredRecord, error::GateError, firewall::Firewall, hold::Hold};
use portcullis_policy::id::TenantId;
use tokio::sync::watch;

impl Source for Firewall {
    fn end<'a>(&'a self, tenant: &'a TenantId) -> Pending<'a, u64> {
        Box::pin(self.newest(tenant))
    }

    fn records_since<'a>(
        &'a self,
        tenant: &'a TenantId,
        after: u64,
        limit: usize,
    ) -> Pending<'a, Vec<StoredRecord>> {
        Box::pin(Self::records_since(self, tenant, after, limit))
    }

    fn news(&self) -> watch::Receiver<u64> {
        Self::news(self)
    }

    fn cursor<'a>(&'a self, tenant: &'a TenantId, channel: &'a str) -> Pending<'a, Option<u64>> {
        Box::pin(Self::cursor(self, tenant, channel))
    }

    fn keep_cursor<'a>(
        &'a self,
        tenant: &'a TenantId,
        channel: &'a str,
        seq: u64,
    ) -> Pending<'a, ()> {
        Box::pin(Self::keep_cursor(self, tenant, channel, seq))
    }

    fn outline<'a>(&'a self, tenant: &'a TenantId, hold: &'a str) -> Pending<'a, Option<Outline>> {
        Box::pin(async move {
            match self.hold_of(tenant, hold).await {
                Ok(hold) => Ok(Some(outline(hold))),
                Err(GateError::NotFound(..)) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }
}

impl AddressBook for Firewall {
    fn addresses<'a>(
        &'a self,
        tenant: &'a TenantId,
        hold: &'a str,
        named: &'a [String],
    ) -> Pending<'a, Vec<String>> {
        Box::pin(Self::addresses(self, tenant, hold, named))
    }

    fn named<'a>(&'a self, tenant: &'a TenantId, named: &'a [String]) -> Pending<'a, Vec<String>> {
        Box::pin(self.addresses_of(tenant, named))
    }
}

fn outline(hold: Hold) -> Outline {
    Outline {
        agent: hold.agent_id.to_string(),
        action_type: hold.action_type,
        target: hold.target_service,
        environment: hold.environment,
        tier: hold.tier,
        risk_tier: hold.risk_tier,
        status: hold.status,
        asked: hold.approvers,
        // People count from one.
        level: hold.level.saturating_add(1),
        approvals_required: hold.approvals_required,
        approvals: hold.approvals.len(),
        ends_at: hold.timeout_at,
    }
}
