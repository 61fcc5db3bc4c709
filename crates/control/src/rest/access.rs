//! `/v1/access`: why somebody may do something, or may not.

use crate::{
    intake::body::{Sent, body},
    rights::{Gate, PlainResident},
    wire::{access::Explanation, words},
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{access::Verb, firewall::Wish};
use portcullis_policy::id::{AgentId, WorkspaceId};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new().routes(routes!(explain))
}

body! {
    /// What somebody would do, and to what. What is left away, the thing does not have.
    pub(crate) struct AccessQuestion {
        /// Who.
        person_id: String,
        /// What.
        #[schema(value_type = words::Verb)]
        verb: Verb,
        /// In which workspace.
        #[schema(value_type = Option<String>)]
        workspace: Option<WorkspaceId>,
        /// To which agent.
        #[schema(value_type = Option<String>)]
        agent_id: Option<AgentId>,
        /// What it touches; of an action, its target.
        scope: Option<String>,
    }
}

/// Explains what somebody may do
///
/// The same answer that decisions are checked against, with the role or the entry that decides it.
#[utoipa::path(
    post, path = "/v1/access/explain", tag = "permission sets",
    request_body = AccessQuestion,
    security(("bearer" = ["viewer"])),
    responses(
        (status = 200, description = "Whether they may, and why.", body = Explanation),
        (status = 404, description = "There is no such person."),
    ),
)]
async fn explain(
    State(gate): State<Gate>,
    PlainResident(caller): PlainResident,
    Sent(asked): Sent<AccessQuestion>,
) -> Reply<Json<Explanation>> {
    let wish = Wish {
        verb: asked.verb,
        workspace: asked.workspace,
        agent: asked.agent_id,
        scope: asked.scope,
    };
    let explained = gate.explain(&caller, &asked.person_id, wish).await?;
    Ok(Json(explained.into()))
}
