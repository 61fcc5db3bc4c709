//! What was refused before it could be judged.

use super::{Turn, details, json};
use crate::{
    attempt::{ShownAttempt, charged},
    batch::RecordKind,
    effects::{AttemptEffects, Effects},
    error::GateError,
    principal::Principal,
};
use portcullis_policy::id::AgentId;
use serde_json::Value;

impl Turn<'_> {
    /// Puts an attempt on record that is not judged, unless there were very many lately; its number.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_attempt(
        &mut self,
        principal: &Principal,
        attempt: ShownAttempt,
    ) -> Result<Option<u64>, GateError> {
        let Some(untold) = self.state.attempts.admit(&charged(principal), self.now) else {
            return Ok(None);
        };
        let agent = self.agent_of(principal, attempt.agent.as_deref());
        let mut members = details([
            ("attempt_digest", json(&attempt.digest)?),
            ("code", attempt.code.into()),
            ("method", attempt.method.into()),
            ("name", attempt.name.into()),
            ("nonce", json(&attempt.nonce)?),
            ("parameter_bytes", json(&attempt.parameter_bytes)?),
            ("parameters", attempt.parameters.unwrap_or(Value::Null)),
            ("refused_because", attempt.because.into()),
            ("target_service", attempt.target.into()),
            ("unrecorded_before", untold.into()),
            ("way", attempt.door.as_str().into()),
        ]);
        if attempt.hidden_parts > 0 {
            members.insert("hidden_parts".to_owned(), json(&attempt.hidden_parts)?);
        }
        let effects = Effects {
            attempt: agent.clone().map(|agent| AttemptEffects {
                at_ms: self.now.as_millisecond(),
                agent,
            }),
            ..Effects::default()
        };
        let agent = agent.as_ref().map_or("", AgentId::as_str);
        let (actor, kind) = (principal.actor(), RecordKind::AttemptRefused);
        let sealed = self.seal_event_with(kind, (&actor, agent), members, &effects)?;
        Ok(Some(sealed.seq))
    }

    /// Says how many attempts no record tells of, once their period is over.
    pub(super) fn count_attempts(&mut self) -> Result<(), GateError> {
        for (who, untold) in self.state.attempts.over(self.now) {
            let members = details([
                ("asked_by", who.as_str().into()),
                ("code", "attempts.unrecorded".into()),
                ("unrecorded_before", untold.into()),
            ]);
            let agent = AgentId::new(&who).ok();
            let agent = agent.filter(|agent| self.state.agents.contains_key(agent));
            let agent = agent.as_ref().map_or("", AgentId::as_str);
            self.seal_event(RecordKind::AttemptRefused, ("portcullis", agent), members)?;
        }
        Ok(())
    }

    /// Whose attempt it is; of a name that a client gives, only one that is known.
    fn agent_of(&self, principal: &Principal, named: Option<&str>) -> Option<AgentId> {
        let own = principal.role.agent().cloned();
        let agent = own.or_else(|| AgentId::new(named?).ok())?;
        self.state.agents.contains_key(&agent).then_some(agent)
    }
}
