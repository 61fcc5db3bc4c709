//! `/v1/chain`: what a person does about a broken chain.

use crate::{
    intake::body::{Sent, body},
    rights::{Architect, Gate},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(acknowledge))
}

body! {
    /// What was found out about the break.
    pub(crate) struct Acknowledgement {
        /// Why judging may go on, for the record.
        reason: String,
    }
}

/// The place of the record that was sealed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SealedRecord {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: String,
}

/// Acknowledges a broken chain
///
/// Verdicts stop when the chain does not verify; they go on after this, and the break stays
/// visible for ever.
#[utoipa::path(
    post, path = "/v1/chain/acknowledge", tag = "audit",
    request_body = Acknowledgement,
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The record of it.", body = SealedRecord),
        (status = 409, description = "The chain is not broken."),
    ),
)]
async fn acknowledge(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(said): Sent<Acknowledgement>,
) -> Reply<Json<SealedRecord>> {
    let sealed = gate.acknowledge(&caller, &said.reason).await?;
    Ok(Json(SealedRecord {
        seq: sealed.seq,
        hash: sealed.hash.to_string(),
    }))
}
