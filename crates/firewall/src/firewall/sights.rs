//! What approvers are shown, gathered from everywhere it stands.

use super::Firewall;
use crate::{
    batch::{DocumentKind, RecordKind, StoredRecord},
    dry_run::Rehearsed,
    error::GateError,
    hold::Hold,
    principal::Principal,
    query::RecordQuery,
    sight::{self, Around, Previous, Sight},
    state,
};
use portcullis_policy::{id::TenantId, tier::Verdict};
use serde_json::Value;

/// How many earlier decisions are looked through for one to compare with.
const LOOKED_THROUGH: usize = 50;

impl Firewall {
    /// What a caller is shown of a hold before they decide.
    ///
    /// # Errors
    /// As [`Self::hold`].
    pub async fn sight(&self, principal: &Principal, hold: &str) -> Result<Sight, GateError> {
        let hold = self.hold(principal, hold).await?;
        self.sight_at(&principal.tenant, hold).await
    }

    /// The same, for those who tell people of holds.
    ///
    /// # Errors
    /// [`GateError::NotFound`], [`GateError::Unavailable`].
    pub async fn sight_of(&self, tenant: &TenantId, hold: &str) -> Result<Sight, GateError> {
        let hold = self.kept_hold(tenant, hold).await?;
        let hold = self.as_of_now(hold);
        self.sight_at(tenant, hold).await
    }

    async fn sight_at(&self, tenant: &TenantId, hold: Hold) -> Result<Sight, GateError> {
        let record = self.record_at(tenant, hold.seq).await?;
        let payload: Value = serde_json::from_slice(&record.payload)
            .map_err(|error| GateError::Unavailable(format!("an unreadable record: {error}")))?;
        let before = self.previous(tenant, &hold).await?;
        let seq = hold.seq.to_string();
        let run: Option<Rehearsed> =
            state::one(&*self.ledger, tenant, DocumentKind::DryRun, &seq).await?;
        self.in_turn(tenant, move |turn| {
            let around = Around {
                state: turn.state,
                record: &payload,
                before: before
                    .as_ref()
                    .map(|(previous, parameters)| (previous, parameters)),
                dry_run: run.as_ref(),
                now: turn.now,
            };
            Ok(sight::render(&hold, &around))
        })
        .await
    }

    pub(super) async fn record_at(
        &self,
        tenant: &TenantId,
        seq: u64,
    ) -> Result<StoredRecord, GateError> {
        let records = self.ledger.records(tenant, RecordQuery::one(seq)).await?;
        let found = records.into_iter().find(|record| record.seq == seq);
        found.ok_or_else(|| GateError::Unavailable(format!("record {seq} is not there")))
    }

    /// The last action of the same agent, type and target that was not refused.
    async fn previous(
        &self,
        tenant: &TenantId,
        hold: &Hold,
    ) -> Result<Option<(Previous, Value)>, GateError> {
        let query = RecordQuery {
            beyond: hold.seq,
            limit: LOOKED_THROUGH,
            newest_first: true,
            agent: Some(hold.agent_id.to_string()),
            action_type: Some(hold.action_type.clone()),
            kind: Some(RecordKind::Decision),
            ..RecordQuery::default()
        };
        let records = self.ledger.records(tenant, query).await?;
        let likely = records
            .iter()
            .filter(|record| record.verdict != Some(Verdict::Blocked));
        Ok(likely.filter_map(|record| same_target(record, hold)).next())
    }
}

fn same_target(record: &StoredRecord, hold: &Hold) -> Option<(Previous, Value)> {
    let mut payload: Value = serde_json::from_slice(&record.payload).ok()?;
    let same = |key: &str, wanted: &str| payload.get(key).and_then(Value::as_str) == Some(wanted);
    if !same("target_service", &hold.target_service) || !same("environment", &hold.environment) {
        return None;
    }
    let parameters = payload.get_mut("parameters")?.take();
    Some((
        Previous {
            seq: record.seq,
            at: record.at,
        },
        parameters,
    ))
}
