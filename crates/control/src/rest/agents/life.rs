//! An agent's way through its life: each step a route.

use crate::{
    intake::{
        body::{MaybeSent, body},
        id::Named,
    },
    rights::{Architect, Gate},
    wire::agent::Agent,
};
use axum::{Json, extract::State};
use portcullis_door::reply::Reply;
use portcullis_firewall::{agent::Step, principal::Principal};
use portcullis_policy::facts::AgentStatus;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(block))
        .routes(routes!(unblock))
        .routes(routes!(deregister))
        .routes(routes!(reregister))
        .routes(routes!(revoke_identity))
}

body! {
    /// Why; may be left away, with or without the braces.
    pub(crate) struct Why {
        /// Why, for the record.
        reason: Option<String>,
    }
}

/// Takes a step.
///
/// Fails closed: a step back to active is taken from the one status it is meant for, so that
/// resuming never unblocks.
async fn take(
    gate: &Gate,
    caller: &Principal,
    (id, step): (&str, Step),
    why: Why,
) -> Reply<Json<Agent>> {
    gate.move_agent(caller, id, step, why.reason.as_deref())
        .await?;
    Ok(Json(gate.agent(caller, id).await?.into()))
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident $path:literal: $from:expr => $to:ident;)*) => {$(
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, tag = "registered agents",
            params(("id" = String, Path, description = "The agent's id.")),
            request_body = Option<Why>,
            security(("bearer" = ["architect"])),
            responses(
                (status = 200, description = "The agent as it is now.", body = Agent),
                (status = 409, description = "There is no way there from the agent's status."),
            ),
        )]
        pub(crate) async fn $name(
            State(gate): State<Gate>,
            Architect(caller): Architect,
            Named(id): Named,
            MaybeSent(why): MaybeSent<Why>,
        ) -> Reply<Json<Agent>> {
            let step = Step { to: AgentStatus::$to, from: $from };
            take(&gate, &caller, (&id, step), why).await
        }
    )*};
}

steps! {
    /// Pauses an agent
    ///
    /// From now on every action of an active agent is HELD.
    pause "/v1/agents/{id}/pause": None => Paused;
    /// Resumes a paused agent
    ///
    /// Its actions are judged normally again.
    resume "/v1/agents/{id}/resume": Some(AgentStatus::Paused) => Active;
    /// Blocks an agent
    ///
    /// From now on every action of it is BLOCKED, with a violation.
    block "/v1/agents/{id}/block": None => Blocked;
    /// Unblocks a blocked agent
    ///
    /// Its actions are judged normally again.
    unblock "/v1/agents/{id}/unblock": Some(AgentStatus::Blocked) => Active;
    /// Deregisters an agent
    ///
    /// It is rejected at the door; its history stays, and it may be registered again.
    deregister "/v1/agents/{id}/deregister": None => Deregistered;
    /// Registers a deregistered agent again
    ///
    /// It is active again, with its old id and history.
    reregister "/v1/agents/{id}/reregister": Some(AgentStatus::Deregistered) => Active;
    /// Revokes an agent's identity
    ///
    /// It is rejected at the door for ever; nothing leads back.
    revoke_identity "/v1/agents/{id}/revoke-identity": None => IdentityRevoked;
}
