//! `/v1/executions`: what the gate carries out itself and whose end is not known.

use crate::{
    intake::{
        body::{Sent, body},
        id::Numbered,
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Decider, Gate, Resident},
    wire::execution::Execution,
};
use axum::{Json, extract::State};
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::turn::Resolution;
use portcullis_policy::amount::Micros;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(resolve))
}

page! {
    /// A page of executions, the oldest first.
    pub(crate) struct ExecutionPage { executions: Execution }
}

body! {
    /// What a person found out.
    pub(crate) struct Found {
        /// Whether it was done.
        done: bool,
        /// How the person knows.
        reason: String,
        /// What it cost, in US dollars, when known; what was reserved counts otherwise.
        cost_usd: Option<f64>,
        /// What it took, in GPU-hours, when known; what was reserved counts otherwise.
        gpu_hours: Option<f64>,
    }
}

impl Found {
    /// What was found, with its amounts read.
    ///
    /// # Errors
    /// 422 for an amount that is none.
    pub(crate) fn resolution(self) -> Result<Resolution, Refusal> {
        Ok(Resolution {
            done: self.done,
            cost_usd: amount("cost_usd", self.cost_usd)?,
            gpu_hours: amount("gpu_hours", self.gpu_hours)?,
            why: self.reason,
        })
    }
}

/// The record of an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutcomeRecord {
    /// Its number.
    seq: u64,
    /// Its hash, 64 hex digits.
    hash: String,
}

/// Lists what was begun
///
/// What the gate carries out now, and what it began and nobody can tell the end of: a person finds
/// out and resolves it.
#[utoipa::path(
    get, path = "/v1/executions", tag = "executions",
    params(PagingParams),
    security(("bearer" = ["viewer"])),
    responses((status = 200, description = "A page of executions.", body = ExecutionPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Resident(caller): Resident,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<ExecutionPage>> {
    Ok(Json(
        paging.cut(gate.open_executions(&caller).await?).into(),
    ))
}

/// Resolves an unknown outcome
///
/// Once, with a reason. It is sealed as the outcome, and settles the budget.
#[utoipa::path(
    post, path = "/v1/executions/{seq}/resolve", tag = "executions",
    params(("seq" = u64, Path, description = "The record of the action's verdict.")),
    request_body = Found,
    security(("bearer" = ["operator"])),
    responses(
        (status = 200, description = "The record of the outcome.", body = OutcomeRecord),
        (status = 404, description = "The gate has not begun it, or its end is known."),
        (status = 409, description = "It still runs."),
    ),
)]
async fn resolve(
    State(gate): State<Gate>,
    Decider(caller): Decider,
    Numbered(seq): Numbered,
    Sent(found): Sent<Found>,
) -> Reply<Json<OutcomeRecord>> {
    let resolution = found.resolution()?;
    let sealed = gate.resolve_execution(&caller, seq, resolution).await?;
    Ok(Json(OutcomeRecord {
        seq: sealed.seq,
        hash: sealed.hash.to_string(),
    }))
}

fn amount(path: &'static str, units: Option<f64>) -> Result<Option<Micros>, Refusal> {
    let Some(units) = units else { return Ok(None) };
    let amount = Micros::from_units(units);
    amount
        .map(Some)
        .ok_or_else(|| Refusal::invalid(path, "must be a number that is not negative"))
}
