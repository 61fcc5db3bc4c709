//! Holds as the client reads them: flat items, fired policies as a list of ids.

use crate::{
    intake::{
        body::{MaybeSent, body},
        id::Named,
    },
    rights::{Anybody, Gate, Reader},
    wire::{hold::Confidence, moment::Moment, tenant::Waiting},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    batch::DocumentKind,
    hold::{Hold, HoldStatus},
    query::DocumentQuery,
};
use portcullis_policy::tier::Tier;
use serde::Serialize;

body! {
    /// Why; the client sends nothing at all.
    pub(crate) struct Note {
        /// Why.
        reason: Option<String>,
        /// The same under another name.
        notes: Option<String>,
    }
}

impl Note {
    /// The one text.
    pub(crate) fn text(&self) -> Option<&str> {
        self.reason.as_deref().or(self.notes.as_deref())
    }
}

/// A hold as the client reads it. `execute` tells the agent what became of it.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    id: String,
    escrow_id: String,
    agent_id: String,
    action_type: String,
    target_service: String,
    environment: String,
    tier: Tier,
    reasoning: Option<String>,
    confidence: Confidence,
    policies_fired: Vec<String>,
    seq: u64,
    hash: String,
    created_at: Moment,
    timeout_at: Moment,
    timeout_seconds: u32,
    status: HoldStatus,
    decision: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<Moment>,
    execute: bool,
    message: String,
}

impl From<Hold> for Item {
    fn from(hold: Hold) -> Self {
        Self {
            message: message(&hold),
            id: hold.id.clone(),
            escrow_id: hold.id,
            agent_id: hold.agent_id.to_string(),
            action_type: hold.action_type,
            target_service: hold.target_service,
            environment: hold.environment,
            tier: hold.tier,
            reasoning: hold.reasoning,
            confidence: hold.confidence.into(),
            policies_fired: hold
                .policies_fired
                .iter()
                .map(|f| f.policy_id.to_string())
                .collect(),
            seq: hold.seq,
            hash: hold.hash.to_string(),
            created_at: hold.created_at.into(),
            timeout_at: hold.timeout_at.into(),
            timeout_seconds: hold.timeout_seconds,
            status: hold.status,
            decision: hold.decision,
            decided_by: hold.decided_by,
            decided_at: hold.decided_at.map(Moment),
            execute: hold.status == HoldStatus::Released,
        }
    }
}

fn message(hold: &Hold) -> String {
    match hold.status {
        HoldStatus::Held => {
            let (have, need) = (hold.approvals.len(), hold.approvals_required);
            format!("waits for people: {have} of {need} approvals")
        }
        HoldStatus::Released => "released".to_owned(),
        HoldStatus::Killed => "refused by a person".to_owned(),
        HoldStatus::TimedOut => "nobody decided in time: refused".to_owned(),
        HoldStatus::Superseded => "no longer what was asked: refused".to_owned(),
    }
}

/// The holds that wait, as a bare list.
pub(super) async fn list(
    State(gate): State<Gate>,
    Reader(caller): Reader,
) -> Reply<Json<Vec<Item>>> {
    let query = DocumentQuery::with_status(DocumentKind::Hold, HoldStatus::Held.as_str());
    let mut holds = gate.holds(&caller, query).await?;
    // What was HELD when it was stored may be over by now.
    holds.retain(|hold| hold.status == HoldStatus::Held);
    Ok(Json(holds.into_iter().map(Item::from).collect()))
}

/// How many wait, and since when.
pub(super) async fn stats(
    State(gate): State<Gate>,
    Reader(caller): Reader,
) -> Reply<Json<Waiting>> {
    Ok(Json(gate.overview(&caller).await?.waiting.into()))
}

/// One hold.
pub(super) async fn show(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
) -> Reply<Json<Item>> {
    Ok(Json(gate.hold(&caller, &id).await?.into()))
}

/// Approves a hold.
pub(super) async fn release(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
    MaybeSent(note): MaybeSent<Note>,
) -> Reply<Json<Item>> {
    Ok(Json(gate.release(&caller, &id, note.text()).await?.into()))
}

/// Refuses a hold.
pub(super) async fn kill(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
    MaybeSent(note): MaybeSent<Note>,
) -> Reply<Json<Item>> {
    Ok(Json(gate.kill(&caller, &id, note.text()).await?.into()))
}
