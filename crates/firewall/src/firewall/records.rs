//! Records, as callers may see them.

use super::{Firewall, seen::may_watch};
use crate::{batch::StoredRecord, error::GateError, principal::Principal, query::RecordQuery};

impl Firewall {
    /// Records as a query asks for them, among those that the caller sees. For who sees some of
    /// them alone, 10,000 are looked through.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn records(
        &self,
        principal: &Principal,
        query: RecordQuery,
    ) -> Result<Vec<StoredRecord>, GateError> {
        may_watch(principal)?;
        self.records_seen(principal, query).await
    }

    /// One record.
    ///
    /// # Errors
    /// [`GateError::Forbidden`]; [`GateError::NotFound`], also for one that the caller does not see.
    pub async fn record(&self, principal: &Principal, seq: u64) -> Result<StoredRecord, GateError> {
        may_watch(principal)?;
        let missing = || GateError::NotFound("record", seq.to_string());
        let one = RecordQuery::one(seq);
        let records = self.ledger.records(&principal.tenant, one).await?;
        let found = records.into_iter().find(|record| record.seq == seq);
        let record = found.ok_or_else(missing)?;
        if !self.sees_record(principal, &record).await? {
            return Err(missing());
        }
        Ok(record)
    }
}
