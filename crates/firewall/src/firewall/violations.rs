//! Violations: who sees and resolves them.

use super::{Firewall, seen::may_watch};
use crate::{
    access::Verb, batch::DocumentKind, error::GateError, principal::Principal,
    query::DocumentQuery, state, violation::Violation,
};

impl Firewall {
    /// Violations that the caller sees, newest first. For who sees some of them alone, the newest
    /// 10,000 are looked through.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn violations(
        &self,
        principal: &Principal,
        query: DocumentQuery,
    ) -> Result<Vec<Violation>, GateError> {
        may_watch(principal)?;
        let query = DocumentQuery {
            kind: DocumentKind::Violation,
            ..query
        };
        self.things_seen(principal, query, |violation: &Violation| violation.seq)
            .await
    }

    /// One violation.
    ///
    /// # Errors
    /// [`GateError::Forbidden`]; [`GateError::NotFound`], also for one that the caller does not see.
    pub async fn violation(&self, principal: &Principal, id: &str) -> Result<Violation, GateError> {
        may_watch(principal)?;
        let missing = || GateError::NotFound("violation", id.to_owned());
        let kind = DocumentKind::Violation;
        let found: Option<Violation> =
            state::one(&*self.ledger, &principal.tenant, kind, id).await?;
        let violation = found.ok_or_else(missing)?;
        if !self.reaches(principal, Verb::View, violation.seq).await? {
            return Err(missing());
        }
        Ok(violation)
    }

    /// Resolves a violation.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for others than operators and architects, [`GateError::NotFound`],
    /// [`GateError::Conflict`].
    pub async fn resolve_violation(
        &self,
        principal: &Principal,
        id: &str,
        notes: &str,
    ) -> Result<Violation, GateError> {
        if !principal.decides() {
            return Err(GateError::Forbidden(
                "only an operator or architect resolves".to_owned(),
            ));
        }
        let violation: Violation = state::one(
            &*self.ledger,
            &principal.tenant,
            DocumentKind::Violation,
            id,
        )
        .await?
        .ok_or_else(|| GateError::NotFound("violation", id.to_owned()))?;
        if !self.reaches(principal, Verb::View, violation.seq).await? {
            return Err(GateError::NotFound("violation", id.to_owned()));
        }
        if !self.reaches(principal, Verb::Decide, violation.seq).await? {
            let message = "your rights do not reach what this violation is about";
            return Err(GateError::Forbidden(message.to_owned()));
        }
        let (actor, notes) = (principal.actor(), notes.to_owned());
        self.on_lane(principal, move |turn| {
            turn.resolve(&actor, violation, &notes)
        })
        .await
    }
}
