//! Holds as the documentation shows them: nested, with their countdown.

use crate::{
    intake::{body::MaybeSent, id::Named, page::Paging, query::Asked},
    rest::holds::HoldFilter,
    rights::{Anybody, Gate, Reader, Searcher},
    thewardn::client::Note,
    wire::{
        hold::{Confidence, FiredPolicy},
        moment::Moment,
        tenant::Waiting,
    },
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::hold::{Hold, HoldStatus};
use portcullis_policy::tier::Tier;
use serde::Serialize;
use serde_json::Value;

/// A page of holds.
#[derive(Debug, Serialize)]
pub(super) struct Items {
    escrow_items: Vec<Item>,
    has_more: bool,
}

/// A hold.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    id: String,
    escrow_id: String,
    status: HoldStatus,
    agent_id: String,
    action: Action,
    tier: Tier,
    reasoning: Option<String>,
    /// The least of the dimensions, as this surface shows one number.
    confidence: Option<f64>,
    confidence_scores: Confidence,
    policies_fired: Vec<FiredPolicy>,
    hold_reason: String,
    countdown: Countdown,
    seq: u64,
    hash: String,
    decision: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<Moment>,
    execute: bool,
}

#[derive(Debug, Serialize)]
struct Action {
    #[serde(rename = "type")]
    kind: String,
    target: String,
    environment: String,
    payload_summary: Value,
}

#[derive(Debug, Serialize)]
struct Countdown {
    started_at: Moment,
    expires_at: Moment,
    timeout_seconds: u32,
}

/// The least of the reported dimensions.
pub(super) fn least(scores: &Confidence) -> Option<f64> {
    [scores.incident, scores.fix, scores.containment]
        .into_iter()
        .flatten()
        .reduce(f64::min)
}

impl From<Hold> for Item {
    fn from(hold: Hold) -> Self {
        let confidence_scores = Confidence::from(hold.confidence);
        Self {
            id: hold.id.clone(),
            escrow_id: hold.id,
            status: hold.status,
            agent_id: hold.agent_id.to_string(),
            action: Action {
                kind: hold.action_type,
                target: hold.target_service,
                environment: hold.environment,
                payload_summary: hold.parameters,
            },
            tier: hold.tier,
            reasoning: hold.reasoning,
            confidence: least(&confidence_scores),
            confidence_scores,
            policies_fired: hold
                .policies_fired
                .into_iter()
                .map(FiredPolicy::from)
                .collect(),
            hold_reason: hold.decision_reasoning,
            countdown: Countdown {
                started_at: hold.created_at.into(),
                expires_at: hold.timeout_at.into(),
                timeout_seconds: hold.timeout_seconds,
            },
            seq: hold.seq,
            hash: hold.hash.to_string(),
            decision: hold.decision,
            decided_by: hold.decided_by,
            decided_at: hold.decided_at.map(Moment),
            execute: hold.status == HoldStatus::Released,
        }
    }
}

/// A page of holds.
pub(super) async fn list(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked((filter, paging)): Asked<(HoldFilter, Paging)>,
) -> Reply<Json<Items>> {
    let cut = filter.find(&gate, &caller, paging).await?;
    let has_more = cut.has_more;
    Ok(Json(Items {
        escrow_items: cut.items.into_iter().map(Item::from).collect(),
        has_more,
    }))
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
    Reader(caller): Reader,
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
