//! What people are shown of a hold, and the signed request they answer.

use crate::{
    intake::{
        id::Named,
        query::{Asked, query},
    },
    rights::{Chooser, Gate, PlainWatcher},
    wire::{moment::Moment, sight::Sight, words},
};
use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use portcullis_door::reply::{Refusal, Reply};
use portcullis_firewall::{approval::Choice, click};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(sight))
        .routes(routes!(request))
}

query! {
    /// Which answer is asked for.
    pub(crate) struct ChoiceAsked {
        /// What would be decided; must be given.
        #[param(value_type = words::Choice)]
        choice: Choice,
    }
}

/// A request for one exact decision, signed by the gate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedRequest {
    /// The request, to be sent back with the decision. It says nothing about who may decide.
    pub token: String,
    /// When it is over.
    pub expires_at: Moment,
    /// Which level of the hold is asked, from 0.
    pub level: u8,
    /// What a passkey signs for this decision, base64url without padding.
    pub challenge: String,
}

/// Shows what an approver decides from
///
/// The frozen action as people are shown it, with what changed since the decision before, what is
/// left in the budgets, and the agent's own words apart from what the gate knows.
#[utoipa::path(
    get, path = "/v1/holds/{id}/sight", tag = "holds",
    params(("id" = String, Path, description = "The hold's id.")),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "The approver's view.", body = Sight)),
)]
async fn sight(
    State(gate): State<Gate>,
    PlainWatcher(caller): PlainWatcher,
    Named(id): Named,
) -> Reply<Json<Sight>> {
    Ok(Json(gate.sight(&caller, &id).await?.into()))
}

/// Signs a request for a decision
///
/// Good for this decision about this hold at its present level alone. Whoever answers with it
/// decides what they were shown, or nothing.
#[utoipa::path(
    get, path = "/v1/holds/{id}/request", tag = "holds",
    params(ChoiceAsked, ("id" = String, Path, description = "The hold's id.")),
    security(("bearer" = ["operator"])),
    responses(
        (status = 200, description = "The request.", body = SignedRequest),
        (status = 409, description = "It does not wait any more."),
    ),
)]
async fn request(
    State(gate): State<Gate>,
    Chooser(caller): Chooser,
    Named(id): Named,
    Asked(asked): Asked<ChoiceAsked>,
) -> Reply<Json<SignedRequest>> {
    let choice = asked.choice;
    let choice = choice.ok_or_else(|| Refusal::invalid("choice", "is required"))?;
    let (claims, token) = gate.request(&caller, &id, choice).await?;
    Ok(Json(SignedRequest {
        token,
        expires_at: claims.expires_at.into(),
        level: claims.level,
        challenge: URL_SAFE_NO_PAD.encode(click::challenge(&claims)),
    }))
}
