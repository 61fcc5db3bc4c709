//! `/v1/policies/conflicts`: where policies disagree.

use crate::{
    rights::{Gate, Reader},
    wire::conflict::Conflict,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_policy::conflict;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The disagreements of the active policies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictList {
    /// Two by two, at most 1000.
    pub conflicts: Vec<Conflict>,
}

/// Lists conflicts
///
/// Where active policies disagree whatever the action, and which of them takes effect: the more
/// restrictive, then the agent's own, then the newer.
#[utoipa::path(
    get, path = "/v1/policies/conflicts", operation_id = "conflicts", tag = "policies",
    security(("bearer" = ["client"])),
    responses((status = 200, description = "Every conflict.", body = ConflictList)),
)]
async fn list(State(gate): State<Gate>, Reader(caller): Reader) -> Reply<Json<ConflictList>> {
    let policies = gate.policies(&caller).await?;
    let policies: Vec<_> = policies
        .iter()
        .map(|view| Arc::clone(&view.policy))
        .collect();
    let conflicts = conflict::among(&policies)
        .into_iter()
        .map(Conflict::from)
        .collect();
    Ok(Json(ConflictList { conflicts }))
}
