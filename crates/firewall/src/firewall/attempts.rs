//! Putting on record what a door refused before it could be judged.

use super::Firewall;
use crate::{attempt::Attempt, error::GateError, principal::Principal};

impl Firewall {
    /// Puts an attempt on record that a door refused before it could be judged, and returns the
    /// record's number. It is durable.
    ///
    /// It counts for the rates of its agent and its tenant as an action does. At most
    /// [`crate::alarm::ATTEMPTS_MOST`] of one agent, or of one client of the tenant, get a record
    /// within an hour, so that nonsense fills no disk; the others are counted in the next record,
    /// or in one of their own when the hour is over. What people do here is no agent's attempt.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when it cannot be written; whoever asked is refused all the same.
    pub async fn note_attempt(
        &self,
        principal: &Principal,
        attempt: Attempt,
    ) -> Result<Option<u64>, GateError> {
        if principal.role.is_person() {
            return Ok(None);
        }
        let screen = self.screens.of(&principal.tenant)?;
        let attempt = attempt.shown(&screen, self.nonce()?);
        let caller = principal.clone();
        self.on_lane(principal, move |turn| turn.note_attempt(&caller, attempt))
            .await
    }
}
