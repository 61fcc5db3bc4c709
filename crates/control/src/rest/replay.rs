//! `/v1/replay`: recorded decisions judged again.

use super::policies::{PolicyDraft, of_items};
use crate::{
    intake::body::{Sent, body},
    rights::{Gate, Reader},
    wire::words,
};
use axum::{Json, extract::State};
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::firewall;
use portcullis_policy::{
    fault::Faults,
    tier::{Tier, Verdict},
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The most records one replay looks at.
const SPAN_MAX: u64 = 100_000;

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(replay))
}

body! {
    /// What to judge again.
    pub(crate) struct ReplayRequest {
        /// The first record.
        #[schema(minimum = 1)]
        from: u64,
        /// The last record; at most 100000 records at once.
        to: u64,
        /// Policies to judge by besides those in force. Without them the decisions are judged by
        /// the rules of their time, and must come out the same to the byte.
        #[schema(value_type = Option<Vec<PolicyDraft>>)]
        policies: Option<Value>,
    }
}

/// What judging again showed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayReport {
    /// How many decisions were judged again.
    pub replayed: u64,
    /// How many came out otherwise.
    pub changed: u64,
    /// How many gave other bytes under the rules of their time; always 0 unless something is wrong.
    pub differing_bytes: u64,
    /// How many were not judged again, for parts of their actions are hidden.
    pub hidden: u64,
    /// The changes by kind, e.g. `CLEARED to HELD`.
    pub summary: BTreeMap<String, u64>,
    /// The decisions that came out otherwise, in order.
    pub records: Vec<ReplayedDecision>,
}

/// One decision that came out otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReplayedDecision {
    /// Its record.
    pub seq: u64,
    /// When it was made.
    pub timestamp: String,
    /// Whose action.
    pub agent_id: String,
    /// What action.
    pub action_type: String,
    /// What was decided.
    pub original: Decided,
    /// What is decided now.
    pub replayed: Decided,
    /// Why now.
    pub reasoning: String,
}

/// A verdict and its tier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decided {
    /// The verdict.
    #[schema(value_type = words::Verdict)]
    pub verdict: Verdict,
    /// The tier.
    #[schema(value_type = words::Tier)]
    pub tier: Tier,
}

impl From<(Verdict, Tier)> for Decided {
    fn from((verdict, tier): (Verdict, Tier)) -> Self {
        Self { verdict, tier }
    }
}

impl From<firewall::Replay> for ReplayReport {
    fn from(replay: firewall::Replay) -> Self {
        Self {
            replayed: replay.replayed,
            changed: replay.changed,
            differing_bytes: replay.differing_bytes,
            hidden: replay.hidden,
            summary: replay.summary,
            records: replay
                .records
                .into_iter()
                .map(ReplayedDecision::from)
                .collect(),
        }
    }
}

impl From<firewall::ReplayedRecord> for ReplayedDecision {
    fn from(record: firewall::ReplayedRecord) -> Self {
        Self {
            seq: record.seq,
            timestamp: record.timestamp,
            agent_id: record.agent_id,
            action_type: record.action_type,
            original: record.original.into(),
            replayed: record.replayed.into(),
            reasoning: record.reasoning,
        }
    }
}

/// Judges recorded decisions again
///
/// Under the rules of their time, as a check, or with more policies, to see what would change.
/// Nothing is changed, counted or recorded.
#[utoipa::path(
    post, path = "/v1/replay", tag = "audit",
    request_body = ReplayRequest,
    security(("bearer" = ["client"])),
    responses((status = 200, description = "What judging again showed.", body = ReplayReport)),
)]
async fn replay(
    State(gate): State<Gate>,
    Reader(caller): Reader,
    Sent(request): Sent<ReplayRequest>,
) -> Reply<Json<ReplayReport>> {
    request.check()?;
    let candidate = match &request.policies {
        None => None,
        Some(list) => {
            let mut faults = Faults::default();
            let drafts = of_items(list, "policies", &mut faults);
            faults.or(())?;
            Some(gate.candidate_rules(&caller, drafts).await?)
        }
    };
    let span = (request.from, request.to);
    let replay = gate.replay(&caller, span, candidate, &mut |_| ()).await?;
    Ok(Json(replay.into()))
}

impl ReplayRequest {
    fn check(&self) -> Result<(), Refusal> {
        if self.from == 0 || self.to < self.from {
            return Err(Refusal::invalid(
                "to",
                "expected 1 or more for `from`, and no less for `to`",
            ));
        }
        if self.to.saturating_sub(self.from) >= SPAN_MAX {
            return Err(Refusal::invalid(
                "to",
                format!("at most {SPAN_MAX} records at once"),
            ));
        }
        Ok(())
    }
}
