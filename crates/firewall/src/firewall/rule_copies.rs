//! Handing out the rules that judge one agent.

use super::Firewall;
use crate::{
    dsse::{self, Envelope},
    error::GateError,
    principal::{Principal, Role},
    rule_copy::{self, RuleCopy},
    rulebook::Rulebook,
    turn::Turn,
};
use portcullis_policy::{
    facts::AgentStatus,
    id::AgentId,
    rules::{EDITION, Source},
};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A copy of the rules that is named and not made: making and signing it takes time.
#[derive(Clone, Debug)]
pub struct UnmadeCopy {
    copy: RuleCopy,
    book: Arc<Rulebook>,
}

impl Firewall {
    /// The tag that names the rules that judge the caller's own agent, and what a copy of them is
    /// made from; only the tag when it is the one that the caller knows.
    ///
    /// Nothing of other agents, of people, and of where people are told is in it.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] unless the key belongs to one agent, [`GateError::NotFound`] and
    /// [`GateError::AgentRejected`] as for an action of it.
    pub async fn rule_copy(
        &self,
        principal: &Principal,
        known: Option<&str>,
    ) -> Result<(String, Option<UnmadeCopy>), GateError> {
        let Role::Agent(agent) = principal.role.clone() else {
            let message = "a copy of the rules is for the key of one agent";
            return Err(GateError::Forbidden(message.to_owned()));
        };
        let (asked, key_id) = (agent, principal.key.clone());
        let (book, copy) = self
            .on_lane(principal, move |turn| {
                must_have_identity(turn, &asked)?;
                let copy = unfilled(turn, (asked, key_id));
                Ok((Arc::clone(&turn.state.rulebook), copy))
            })
            .await?;
        let key = self.house.signing_key.public_key();
        let tag = tag(&copy, &dsse::key_id(&key))?;
        let is_news = known != Some(tag.as_str());
        Ok((tag, is_news.then_some(UnmadeCopy { copy, book })))
    }

    /// Makes a copy of the rules and signs it.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when it cannot be written down.
    pub fn signed_copy(&self, unmade: UnmadeCopy) -> Result<Envelope, GateError> {
        let UnmadeCopy { copy, book } = unmade;
        let part = source(&book).narrowed_to(&copy.agent);
        let copy = RuleCopy {
            tenant_policy: part.tenant_policy,
            policies: part.policies,
            ..copy
        };
        let signed = copy.sign(&self.house.signing_key);
        signed.map_err(|error| cannot(&error))
    }
}

fn must_have_identity(turn: &Turn<'_>, agent: &AgentId) -> Result<(), GateError> {
    let known = turn.state.agents.get(agent);
    match known.map(|agent| agent.status) {
        None => Err(GateError::NotFound("agent", agent.to_string())),
        Some(status @ (AgentStatus::Deregistered | AgentStatus::IdentityRevoked)) => {
            Err(GateError::AgentRejected(agent.to_string(), status.as_str()))
        }
        Some(AgentStatus::Active | AgentStatus::Paused | AgentStatus::Blocked) => Ok(()),
    }
}

/// A copy without the rules themselves.
fn unfilled(turn: &Turn<'_>, (agent, key): (AgentId, String)) -> RuleCopy {
    let settings = &turn.state.tenant.settings;
    RuleCopy {
        tenant: turn.state.tenant.id.clone(),
        agent,
        key,
        edition: EDITION,
        seq: turn.state.head.seq,
        rule_set: hex::encode(turn.state.rulebook.rules.digest()),
        issued_at: turn.now,
        valid_until: rule_copy::end_of(turn.now, settings.rules_seconds),
        mode: settings.mode_at(turn.now),
        mode_expires_at: settings.mode_expires_at,
        scope_mode: settings.scope_mode,
        tenant_policy: None,
        policies: Vec::new(),
    }
}

fn source(book: &Rulebook) -> Source {
    let manuscript = &book.manuscript;
    let policies = manuscript.policies.values();
    Source {
        tenant: manuscript.tenant.clone(),
        tenant_policy: manuscript.tenant_policy.as_deref().cloned(),
        policies: policies.map(|entry| Arc::clone(&entry.policy)).collect(),
        scope_mode: manuscript.scope_mode,
    }
}

/// Names what an unfilled copy and its rules say, but for the moment and the record at which it
/// was made (RFC 9110, section 8.8.3, a weak tag).
fn tag(copy: &RuleCopy, key: &str) -> Result<String, GateError> {
    let timeless = RuleCopy {
        seq: 0,
        issued_at: copy.valid_until,
        ..copy.clone()
    };
    let bytes = serde_json::to_vec(&(timeless, key)).map_err(|error| cannot(&error))?;
    Ok(format!("W/\"{}\"", hex::encode(Sha256::digest(&bytes))))
}

fn cannot(error: &dyn std::fmt::Display) -> GateError {
    GateError::Unavailable(format!("the rules cannot be copied: {error}"))
}
