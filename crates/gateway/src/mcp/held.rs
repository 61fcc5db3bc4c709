//! How a client is told that people decide first, each in the way it understands best.
//!
//! A client that looks after tasks gets a task. One that can send its user to an address does so,
//! and asks again: then the call waits a while for the decision. Everybody else waits as long as
//! the operator says, and is then told which hold it is and that calling again resumes it.

use super::{
    era::Era, fault::Fault, guest::Guest, order::Deed, refused::Refusal, shop::Shop, tasks,
};
use portcullis_firewall::hold::Hold;
use serde_json::{Value, json};
use std::time::Duration;

/// How long a call waits after its user was sent to an address: below what clients give a call.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

impl Shop {
    /// Where people look at a hold and decide.
    pub(super) fn link(&self, hold: &str) -> String {
        format!("{}/console/approvals/{hold}", self.public_url)
    }

    /// How long a call waits before its client is told.
    pub(super) fn patience(&self, guest: &Guest, deed: Deed, was_told: bool) -> Duration {
        let shelf = self.shelf(&guest.principal.tenant);
        let usual = shelf.map_or(Duration::ZERO, |shelf| shelf.wait);
        let takes_task = guest.abilities.tasks && deed == Deed::CallTool;
        match (takes_task || guest.abilities.url, was_told) {
            (_, true) => PATIENCE,
            (true, false) => Duration::ZERO,
            (false, false) => usual,
        }
    }

    /// The answer to a call whose action waits.
    pub(super) fn held(&self, guest: &Guest, deed: Deed, hold: &Hold) -> Result<Value, Fault> {
        let link = self.link(&hold.id);
        let why = &hold.decision_reasoning;
        let message = format!("People decide about `{}`: {why}", hold.action_type);
        match guest.era {
            Era::Stateless if guest.abilities.tasks && deed == Deed::CallTool => {
                Ok(tasks::begun(hold, &message))
            }
            Era::Stateless if guest.abilities.url && deed.in_rounds() => Ok(json!({
                "resultType": "input_required",
                "inputRequests": {
                    "approval": {
                        "method": "elicitation/create",
                        "params": {"mode": "url", "message": message, "url": link},
                    },
                },
                // It only names the hold: whose it is and what it is about is known here.
                "requestState": hold.id,
            })),
            Era::Handshake(_) if guest.abilities.url => {
                let elicitation = json!({
                    "mode": "url", "elicitationId": hold.id, "message": message, "url": link,
                });
                Err(Fault::url_elicitation(message, &elicitation))
            }
            _ => Refusal::held(&hold.id, why, &link).outcome(deed),
        }
    }
}
