//! Clicks that are not heard.

use super::{Turn, details, json};
use crate::{approval, batch::RecordKind, click::Unheard, error::GateError, hold::Hold};
use serde_json::Value;

impl Turn<'_> {
    /// Puts a click that is not heard on record, unless there were very many lately. `hold` is what
    /// it names, when there is such a hold.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_unheard(
        &mut self,
        hold: Option<&Hold>,
        unheard: &Unheard,
    ) -> Result<(), GateError> {
        let Some(untold) = self.state.strangers.admit(self.now) else {
            return Ok(());
        };
        let choice = unheard.token.as_deref().and_then(approval::named);
        let choice = choice.map_or(Value::Null, |(.., choice)| choice.as_str().into());
        let members = details([
            ("action_digest", json(&hold.map(|hold| hold.action_digest))?),
            ("choice", choice),
            ("code", unheard.code.into()),
            ("hold_id", json(&hold.map(|hold| &hold.id))?),
            ("parent_seq", json(&hold.map(|hold| hold.seq))?),
            ("refused_because", unheard.because.as_str().into()),
            ("unrecorded_before", untold.into()),
            ("way", unheard.way.as_str().into()),
        ]);
        let agent = hold.map(|hold| hold.agent_id.clone());
        let agent = agent.as_ref().map_or("", |agent| agent.as_str());
        let about = (unheard.by.as_str(), agent);
        self.seal_event(RecordKind::DecisionRefused, about, members)
            .map(drop)
    }
}
