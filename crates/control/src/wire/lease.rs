//! A lease, as lists show it. The credential is never here.

use super::{moment::Moment, words};
use portcullis_firewall::{
    kept_lease::{self, LeaseStage},
    scope::Mode,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A credential that was minted, or asked for, and how it ends.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lease {
    /// `lse_…`; the provider's own trail names it wherever it can.
    pub id: String,
    /// How far it is.
    #[schema(value_type = words::LeaseStage)]
    pub stage: LeaseStage,
    /// The session that it dies with.
    pub session_id: String,
    /// Whose action it serves.
    pub agent_id: String,
    /// Where.
    pub workspace_id: String,
    /// What it was minted from.
    pub scope: String,
    /// The provider.
    pub provider: String,
    /// What may be done with it.
    #[schema(value_type = words::Access)]
    pub mode: Mode,
    /// Whose own credential stood in for the shared one.
    pub personal: Option<String>,
    /// The record of the decision that it was minted for first.
    pub seq: u64,
    /// That action's type.
    pub action_type: String,
    /// That action's target.
    pub target_service: String,
    /// The hold that people released for it.
    pub hold_id: Option<String>,
    /// What the provider was asked, in its words.
    #[schema(value_type = Object)]
    pub request: Map<String, Value>,
    /// What it granted, in its words.
    #[schema(value_type = Option<Object>)]
    pub granted: Option<Map<String, Value>>,
    /// When it was asked for.
    pub asked_at: Moment,
    /// When it must be dead.
    pub ends_at: Moment,
    /// When the provider itself lets it die, when it does.
    pub expires_at: Option<Moment>,
    /// How many seconds more than asked for were granted.
    pub longer_by_seconds: Option<i64>,
    /// Why it ends or ended.
    pub ending: Option<String>,
    /// By what means it was ended.
    pub how: Option<String>,
    /// Whether the provider refuses it from then on.
    pub dead: Option<bool>,
    /// When that was known.
    pub ended_at: Option<Moment>,
    /// How long it took until the provider refused it, when that was looked at.
    pub delay_ms: Option<u64>,
    /// How often ending it was tried in vain.
    pub tries: u32,
    /// Why that failed the last time.
    pub failure: Option<String>,
}

impl From<kept_lease::Lease> for Lease {
    fn from(lease: kept_lease::Lease) -> Self {
        let (expires_at, longer) = (lease.expires_at(), lease.longer_by_seconds());
        let kept_lease::Lease { ask, end, .. } = lease;
        Self {
            id: ask.id,
            stage: lease.stage,
            session_id: ask.session.to_string(),
            agent_id: ask.agent.to_string(),
            workspace_id: ask.workspace.to_string(),
            scope: ask.scope.name,
            provider: ask.scope.provider,
            mode: ask.mode,
            personal: ask.personal.map(|person| person.to_string()),
            seq: ask.action.seq,
            action_type: ask.action.action_type,
            target_service: ask.action.target,
            hold_id: ask.action.hold,
            request: lease.request,
            granted: lease.grant.map(|grant| grant.granted),
            asked_at: ask.asked_at.into(),
            ends_at: ask.ends_at.into(),
            expires_at: expires_at.map(Into::into),
            longer_by_seconds: longer,
            ending: lease.ending,
            how: end.as_ref().map(|end| end.revoked.how.clone()),
            dead: end.as_ref().map(|end| end.revoked.dead),
            ended_at: end.as_ref().map(|end| end.at.into()),
            delay_ms: end.and_then(|end| end.revoked.delay_ms),
            tries: lease.tries,
            failure: lease.failure,
        }
    }
}
