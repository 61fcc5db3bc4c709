//! The description of the API for agents.

use super::{
    read::{OutcomeRequest, PermitRequest},
    schema::{
        ActReply, ActRequest, BatchReply, BatchRequest, CheckShape, ClaimReply, ConfidenceShape,
        DryRunReply, DryRunShape, EnvelopeShape, ErrorReply, ErrorShape, ExecutionShape,
        FaultShape, GovernReply, GovernRequest, HoldReply, KeyReply, ObligationsShape, RedeemReply,
        SealedReply, SignatureShape, VerifyReply, WouldShape,
    },
    serve,
};
use utoipa::OpenApi;

/// The description of every route for agents below `/v1`.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Portcullis", description = "The action firewall for AI agents"),
    paths(
        serve::govern,
        serve::govern_batch,
        serve::redeem,
        serve::verify,
        serve::key,
        serve::hold,
        serve::claim,
        serve::act,
        serve::act_released,
        serve::act_decided,
        serve::rehearse,
        serve::rehearse_decided,
        serve::outcome,
        serve::rules,
    ),
    components(schemas(
        ActReply, ActRequest, BatchReply, BatchRequest, CheckShape, ClaimReply, ConfidenceShape,
        DryRunReply, DryRunShape, EnvelopeShape, ErrorReply, ErrorShape, ExecutionShape, FaultShape, GovernReply, GovernRequest, HoldReply, KeyReply, ObligationsShape,
        OutcomeRequest, PermitRequest, RedeemReply, SealedReply, SignatureShape, VerifyReply,
        WouldShape,
    )),
    tags((name = "agents", description = "What agents ask the gate")),
)]
struct Description;
