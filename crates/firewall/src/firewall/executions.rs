//! What the gate carries out itself, how far it came, and what people found out about it.

use super::Firewall;
use crate::{
    batch::DocumentKind,
    error::GateError,
    execution::Execution,
    principal::{Principal, Role},
    state,
    turn::{Resolution, Sealed},
};
use portcullis_policy::id::TenantId;

impl Firewall {
    /// What the gate has begun and nobody knows the end of, the oldest first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for agents, clients and members, [`GateError::Unavailable`].
    pub async fn open_executions(
        &self,
        principal: &Principal,
    ) -> Result<Vec<Execution>, GateError> {
        if matches!(principal.role, Role::Agent(_) | Role::Client | Role::Member) {
            let message = "only people with a role in the tenant see what was begun";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        self.on_lane(principal, |turn| {
            Ok(turn.state.executions.values().cloned().collect())
        })
        .await
    }

    /// Seals what a person found out about an action whose end is unknown.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::resolve_execution`].
    pub async fn resolve_execution(
        &self,
        principal: &Principal,
        seq: u64,
        resolution: Resolution,
    ) -> Result<Sealed, GateError> {
        let caller = principal.clone();
        let why = self.screened_text(&principal.tenant, &resolution.why)?;
        let resolution = Resolution { why, ..resolution };
        self.on_lane(principal, move |turn| {
            turn.resolve_execution(&caller, seq, &resolution)
        })
        .await
    }

    /// How far an action came that the gate carried out or carries out.
    pub(super) async fn execution(
        &self,
        tenant: &TenantId,
        seq: u64,
    ) -> Result<Option<Execution>, GateError> {
        let id = seq.to_string();
        Ok(state::one(&*self.ledger, tenant, DocumentKind::Execution, &id).await?)
    }
}
