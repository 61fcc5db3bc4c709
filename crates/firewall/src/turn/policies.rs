//! Swapping in new rules.

use super::{Sealed, Turn, details, json};
use crate::{
    batch::{DocumentKind, RecordKind},
    error::GateError,
    proposal::Proposal,
    state::{CURRENT, KeptTenantPolicy},
};
use serde_json::Value;
use std::sync::Arc;

impl Turn<'_> {
    /// Makes proposed rules the rules in force: the next judgement uses them.
    ///
    /// # Errors
    /// [`GateError::Conflict`] with `rules.moved` when the rules changed since the proposal was
    /// made; then it must be made again.
    pub fn adopt(&mut self, actor: &str, proposal: Proposal) -> Result<Option<Sealed>, GateError> {
        if self.state.rulebook.revision.saturating_add(1) != proposal.rulebook.revision {
            return Err(GateError::conflict(
                "rules.moved",
                "the rules changed meanwhile",
            ));
        }
        let mut last = None;
        for change in &proposal.policies {
            let policy = &change.after.policy;
            let members = details([
                (
                    "before",
                    change
                        .before
                        .as_ref()
                        .map_or(Ok(Value::Null), |p| json(&**p))?,
                ),
                ("after", json(&**policy)?),
                ("policy_id", policy.id.as_str().into()),
                ("version", policy.version.into()),
            ]);
            let agent = policy
                .agent
                .as_ref()
                .map_or("", |agent| agent.as_str())
                .to_owned();
            let sealed = self.seal_event(RecordKind::PolicyChange, (actor, &agent), members)?;
            let status = if policy.active { "active" } else { "inactive" };
            let (id, at) = (policy.id.as_str(), policy.created_at);
            let version = format!("{id}@{}", policy.version);
            self.keep(
                DocumentKind::Policy,
                id,
                (status, &agent, at),
                &change.after,
            )?;
            let kept = details([
                ("since_seq", sealed.seq.into()),
                ("policy", json(&change.after)?),
            ]);
            self.keep(
                DocumentKind::PolicyVersion,
                &version,
                (id, &agent, self.now),
                &kept,
            )?;
            last = Some(sealed);
        }
        if let Some(replaced) = &proposal.tenant_policy {
            last = Some(self.replace_tenant_policy(actor, &proposal, replaced)?);
        }
        if let Some(settings) = proposal.settings {
            last = Some(self.change_settings(actor, settings)?);
        }
        self.state.rulebook = Arc::new(proposal.rulebook);
        self.supersede_all()?;
        Ok(last)
    }

    fn replace_tenant_policy(
        &mut self,
        actor: &str,
        proposal: &Proposal,
        policy: &portcullis_policy::tenant::TenantPolicy,
    ) -> Result<Sealed, GateError> {
        let version = proposal.rulebook.manuscript.tenant_policy_version;
        let before = self.state.rulebook.manuscript.tenant_policy.as_deref();
        let members = details([
            ("before", before.map_or(Ok(Value::Null), json)?),
            ("after", json(policy)?),
            ("version", version.into()),
        ]);
        let sealed = self.seal_event(RecordKind::TenantPolicyChange, (actor, ""), members)?;
        let kept = KeptTenantPolicy {
            version,
            policy: policy.clone(),
            since_seq: sealed.seq,
            applied_at: self.now,
            applied_by: actor.to_owned(),
        };
        self.keep(
            DocumentKind::TenantPolicy,
            CURRENT,
            (CURRENT, "", self.now),
            &kept,
        )?;
        let id = format!("version-{version}");
        self.keep(
            DocumentKind::TenantPolicy,
            &id,
            ("version", "", self.now),
            &kept,
        )?;
        Ok(sealed)
    }
}
