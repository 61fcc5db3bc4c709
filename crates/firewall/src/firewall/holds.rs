//! Holds, for callers who see all of them and for those who see some.

use super::{Firewall, seen::may_watch};
use crate::{
    access::Verb,
    batch::DocumentKind,
    error::GateError,
    hold::{Hold, HoldStatus},
    principal::Principal,
    query::DocumentQuery,
    state,
};

/// How many holds are read at once for somebody who sees some of them.
const AT_ONCE: usize = 200;
/// How many holds are looked through at most for somebody who sees some of them.
const LOOKED_THROUGH: usize = 10_000;

impl Firewall {
    /// Holds that the caller may see, newest first; overdue ones show as TIMED_OUT. For who sees
    /// some of them alone, the newest 10,000 are looked through.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn holds(
        &self,
        principal: &Principal,
        query: DocumentQuery,
    ) -> Result<Vec<Hold>, GateError> {
        may_watch(principal)?;
        let query = DocumentQuery {
            kind: DocumentKind::Hold,
            ..query
        };
        let holds = if principal.sees_all() {
            state::all(&*self.ledger, &principal.tenant, query).await?
        } else {
            self.holds_seen(principal, query).await?
        };
        Ok(holds.into_iter().map(|hold| self.as_of_now(hold)).collect())
    }

    /// The page that a query asks for among the holds that the caller sees: what is hidden from
    /// them leaves no gap.
    async fn holds_seen(
        &self,
        principal: &Principal,
        query: DocumentQuery,
    ) -> Result<Vec<Hold>, GateError> {
        let wanted = query.offset.saturating_add(query.limit);
        let mut seen: Vec<Hold> = Vec::new();
        for offset in (0..LOOKED_THROUGH).step_by(AT_ONCE) {
            let part = DocumentQuery {
                offset,
                limit: AT_ONCE,
                ..query.clone()
            };
            let read: Vec<Hold> = state::all(&*self.ledger, &principal.tenant, part).await?;
            let is_last = read.len() < AT_ONCE;
            let may = |hold: &Hold| principal.may(Verb::View, &hold.resource());
            seen.extend(read.into_iter().filter(may));
            if is_last || seen.len() >= wanted {
                break;
            }
        }
        Ok(seen
            .into_iter()
            .skip(query.offset)
            .take(query.limit)
            .collect())
    }

    /// One hold. An agent's own key may look at its own holds.
    ///
    /// # Errors
    /// [`GateError::NotFound`], also for one that the caller may not see.
    pub async fn hold(&self, principal: &Principal, id: &str) -> Result<Hold, GateError> {
        let hold = self.kept_hold(&principal.tenant, id).await?;
        if !principal.may(Verb::View, &hold.resource()) {
            return Err(GateError::NotFound("hold", id.to_owned()));
        }
        Ok(self.as_of_now(hold))
    }

    /// An overdue hold is over, whether or not it was swept yet.
    pub(super) fn as_of_now(&self, mut hold: Hold) -> Hold {
        let now = self.house.clock.now();
        if hold.is_over(now) {
            let why = Some("nobody decided in time");
            hold.end(HoldStatus::TimedOut, "portcullis", hold.timeout_at, why);
        }
        hold
    }
}
