//! What the gate carries out itself, how far it came, and what people found out about it.

use super::Firewall;
use crate::{
    access::Verb,
    batch::DocumentKind,
    dry_run::Rehearsed,
    error::GateError,
    execution::{Execution, Stage},
    principal::{Principal, Role},
    query::DocumentQuery,
    sight::Foreseen,
    state,
    turn::{Resolution, Sealed},
};
use portcullis_policy::id::TenantId;

/// How many executions are looked through at most for a list.
const LOOKED_THROUGH: usize = 10_000;

impl Firewall {
    /// What the gate has begun and nobody knows the end of, as far as the caller sees it, the oldest
    /// first.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for agents, clients and members, [`GateError::Unavailable`].
    pub async fn open_executions(
        &self,
        principal: &Principal,
    ) -> Result<Vec<Execution>, GateError> {
        may_look(principal)?;
        let all: Vec<Execution> = self
            .on_lane(principal, |turn| {
                Ok(turn.state.executions.values().cloned().collect())
            })
            .await?;
        let mut seen = Vec::with_capacity(all.len());
        for execution in all {
            if self.reaches(principal, Verb::View, execution.seq).await? {
                seen.push(execution);
            }
        }
        Ok(seen)
    }

    /// What the gate carried out, carries out or tried, as far as the caller sees it, newest first:
    /// what is in one stage, and of one agent. The newest 10,000 are looked through.
    ///
    /// # Errors
    /// As [`Self::open_executions`].
    pub async fn executions(
        &self,
        principal: &Principal,
        (stage, agent): (Option<Stage>, Option<String>),
    ) -> Result<Vec<Execution>, GateError> {
        may_look(principal)?;
        let query = DocumentQuery {
            statuses: stage.iter().map(|one| one.as_str().to_owned()).collect(),
            agent,
            limit: LOOKED_THROUGH,
            ..DocumentQuery::all(DocumentKind::Execution)
        };
        self.things_seen(principal, query, |one: &Execution| one.seq)
            .await
    }

    /// One of them, with what its dry run found; one that the caller does not see is not there.
    ///
    /// # Errors
    /// As [`Self::open_executions`], and [`GateError::NotFound`].
    pub async fn foreseen_execution(
        &self,
        principal: &Principal,
        seq: u64,
    ) -> Result<(Execution, Option<Foreseen>), GateError> {
        may_look(principal)?;
        let missing = || GateError::NotFound("execution", seq.to_string());
        let kept = self.execution(&principal.tenant, seq).await?;
        let execution = kept.ok_or_else(missing)?;
        if !self.reaches(principal, Verb::View, seq).await? {
            return Err(missing());
        }
        let (kind, id) = (DocumentKind::DryRun, seq.to_string());
        let run: Option<Rehearsed> =
            state::one(&*self.ledger, &principal.tenant, kind, &id).await?;
        Ok((execution, run.as_ref().map(Foreseen::of)))
    }

    /// Seals what a person found out about an action whose end is unknown.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::resolve_execution`]; [`GateError::NotFound`] for what the caller does not
    /// see, and [`GateError::Forbidden`] for what they may only look at.
    pub async fn resolve_execution(
        &self,
        principal: &Principal,
        seq: u64,
        resolution: Resolution,
    ) -> Result<Sealed, GateError> {
        if principal.decides() {
            if !self.reaches(principal, Verb::View, seq).await? {
                return Err(GateError::NotFound("unknown outcome", seq.to_string()));
            }
            if !self.reaches(principal, Verb::Decide, seq).await? {
                let message = "your rights do not reach what this outcome is about";
                return Err(GateError::Forbidden(message.to_owned()));
            }
        }
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

/// Whether a caller may look at what was begun.
///
/// # Errors
/// [`GateError::Forbidden`] for agents, clients and members.
fn may_look(principal: &Principal) -> Result<(), GateError> {
    if matches!(principal.role, Role::Agent(_) | Role::Client | Role::Member) {
        let message = "only people with a role in the tenant see what was begun";
        return Err(GateError::Forbidden(message.to_owned()));
    }
    Ok(())
}
