//! A hold as the ledger keeps it: while it waits, together with the action behind it.
//!
//! One document for both, because a HELD verdict waits for the disk: what people see of the action
//! stands in the hold, and beside it only what they do not.

use crate::{
    batch::Document, digest::Nonce, frozen::Frozen, hold::Hold, ports::LedgerError, stake::Stake,
    stored,
};
use portcullis_policy::{
    action::Action,
    id::{AgentId, ScopeName, SessionId, TenantId},
    label::Label,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A hold with what else its action needs.
#[derive(Debug, Serialize)]
pub struct KeptHold<'h> {
    #[serde(flatten)]
    hold: &'h Hold,
    #[serde(skip_serializing_if = "Option::is_none")]
    rest_of_action: Option<Rest>,
}

/// What a hold does not say of its action.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    agent: AgentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<ScopeName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    data_classes: Vec<Label>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    emergency: bool,
    nonce: Nonce,
    stake: Stake,
}

/// The part of a document that is not the hold.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    rest_of_action: Option<Rest>,
}

impl<'h> KeptHold<'h> {
    /// What to keep of a hold, and of the action behind it while that is kept with it.
    #[must_use]
    pub fn of(hold: &'h Hold, frozen: Option<&Frozen>) -> Self {
        let rest = |frozen: &Frozen| Rest {
            agent: frozen.action.agent.clone(),
            session: frozen.action.session.clone(),
            scope: frozen.action.scope.clone(),
            evidence: frozen.action.evidence.clone(),
            data_classes: frozen.action.data_classes.clone(),
            emergency: frozen.action.emergency,
            nonce: frozen.nonce,
            stake: frozen.stake.clone(),
        };
        Self {
            hold,
            rest_of_action: frozen.map(rest),
        }
    }
}

/// Reads a hold, and the action that is kept with it.
///
/// Whether it still is the action that was judged is for [`Frozen::thaw`] to say.
///
/// # Errors
/// [`LedgerError::Corrupt`] when it is no hold.
pub fn read(document: &Document, tenant: &TenantId) -> Result<(Hold, Option<Frozen>), LedgerError> {
    let hold: Hold = stored::thing(document)?;
    let Beside { rest_of_action } = stored::thing(document)?;
    let frozen = rest_of_action
        .map(|rest| frozen(&hold, rest, tenant))
        .transpose()?;
    Ok((hold, frozen))
}

fn frozen(hold: &Hold, rest: Rest, tenant: &TenantId) -> Result<Frozen, LedgerError> {
    let Value::Object(parameters) = hold.parameters.clone() else {
        let why = format!("hold `{}` has parameters that are no object", hold.id);
        return Err(LedgerError::Corrupt(why));
    };
    let action = Action {
        tenant: tenant.clone(),
        agent: rest.agent,
        workspace: hold.workspace_id.clone(),
        session: rest.session,
        scope: rest.scope,
        kind: Label::new(&hold.action_type),
        target: hold.target_service.clone(),
        environment: Label::new(&hold.environment),
        parameters,
        reasoning: hold.reasoning.clone(),
        confidence: hold.confidence,
        evidence: rest.evidence,
        data_classes: rest.data_classes,
        emergency: rest.emergency,
    };
    Ok(Frozen {
        id: hold.id.clone(),
        action,
        nonce: rest.nonce,
        digest: hold.action_digest,
        stake: rest.stake,
    })
}
