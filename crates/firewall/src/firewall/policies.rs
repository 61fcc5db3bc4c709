//! Policies as they are in force, and as they were.

use super::{Firewall, entry::may_read};
use crate::{
    batch::DocumentKind,
    error::GateError,
    principal::Principal,
    query::DocumentQuery,
    state::{self, KeptTenantPolicy},
    tally::metrics::Metrics,
};
use portcullis_policy::cham::Policy;
use serde_json::Value;
use std::sync::Arc;

/// A policy with its metrics.
#[derive(Clone, Debug)]
pub struct PolicyView {
    /// The policy.
    pub policy: Arc<Policy>,
    /// How it performs.
    pub metrics: Metrics,
}

impl Firewall {
    /// Every policy, the inactive ones too, oldest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn policies(&self, principal: &Principal) -> Result<Vec<PolicyView>, GateError> {
        may_read(principal)?;
        self.on_lane(principal, |turn| {
            let tally = &turn.state.tally;
            let mut entries: Vec<_> = turn.state.rulebook.manuscript.policies.values().collect();
            entries.sort_by_key(|entry| entry.number);
            Ok(entries
                .into_iter()
                .map(|entry| PolicyView {
                    policy: Arc::clone(&entry.policy),
                    metrics: tally.policy(entry.number),
                })
                .collect())
        })
        .await
    }

    /// One policy.
    ///
    /// # Errors
    /// [`GateError::Forbidden`], [`GateError::NotFound`].
    pub async fn policy(&self, principal: &Principal, id: &str) -> Result<PolicyView, GateError> {
        may_read(principal)?;
        let id = id.to_owned();
        self.on_lane(principal, move |turn| {
            let entry = turn.state.rulebook.manuscript.policies.get(id.as_str());
            let entry = entry.ok_or(GateError::NotFound("policy", id))?;
            Ok(PolicyView {
                policy: Arc::clone(&entry.policy),
                metrics: turn.state.tally.policy(entry.number),
            })
        })
        .await
    }

    /// Every version of a policy as JSON `{since_seq, policy}`, newest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`], [`GateError::NotFound`].
    pub async fn policy_versions(
        &self,
        principal: &Principal,
        id: &str,
    ) -> Result<Vec<Value>, GateError> {
        self.policy(principal, id).await?;
        let query = DocumentQuery::with_status(DocumentKind::PolicyVersion, id);
        Ok(state::all(&*self.ledger, &principal.tenant, query).await?)
    }

    /// The tenant policy in force.
    ///
    /// # Errors
    /// [`GateError::Forbidden`], [`GateError::NotFound`] when none was ever applied.
    pub async fn tenant_policy(
        &self,
        principal: &Principal,
    ) -> Result<KeptTenantPolicy, GateError> {
        may_read(principal)?;
        let kind = DocumentKind::TenantPolicy;
        state::one(&*self.ledger, &principal.tenant, kind, state::CURRENT)
            .await?
            .ok_or_else(|| GateError::NotFound("tenant policy", state::CURRENT.to_owned()))
    }

    /// Every version of the tenant policy, newest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn tenant_policy_versions(
        &self,
        principal: &Principal,
    ) -> Result<Vec<KeptTenantPolicy>, GateError> {
        may_read(principal)?;
        let query = DocumentQuery::with_status(DocumentKind::TenantPolicy, "version");
        Ok(state::all(&*self.ledger, &principal.tenant, query).await?)
    }
}
