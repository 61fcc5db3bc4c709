//! Agents as the client reads them.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        id::Named,
    },
    rights::{Anybody, Architect, Gate, Reader},
    wire::agent::Agent,
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::Reply;
use portcullis_firewall::turn::{AgentPatch, NewAgent};
use portcullis_policy::facts::AgentStatus;
use serde::Serialize;

body! {
    /// An agent that connects.
    pub(crate) struct Connection {
        /// For people.
        name: String,
        /// A free label; `general` when not given.
        agent_type: Option<String>,
        /// Its own account of itself.
        who_i_am: Option<String>,
    }
}

body! {
    /// What to change of an agent.
    pub(crate) struct Change {
        /// For people.
        name: Option<String>,
        /// A free label.
        agent_type: Option<String>,
        /// Its own account of itself.
        who_i_am: Option<String>,
    }
}

/// An agent with a word to whoever asked.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    #[serde(flatten)]
    agent: Agent,
    message: &'static str,
}

/// What was done to an agent.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    id: String,
    status: &'static str,
    message: String,
}

/// Every agent, as a bare list.
pub(super) async fn list(
    State(gate): State<Gate>,
    Reader(caller): Reader,
) -> Reply<Json<Vec<Agent>>> {
    Ok(Json(
        gate.agents(&caller)
            .await?
            .into_iter()
            .map(Agent::from)
            .collect(),
    ))
}

/// Registers an agent.
pub(super) async fn connect(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(new): Sent<Connection>,
) -> Reply<(StatusCode, Json<Told>)> {
    let new = NewAgent {
        name: new.name,
        description: String::new(),
        agent_type: new.agent_type.unwrap_or_default(),
        who_i_am: new.who_i_am.unwrap_or_default(),
        owner: None,
    };
    let agent = Agent::fresh(gate.register_agent(&caller, new).await?);
    let message = "registered; the tenant policy says what it may do";
    Ok((StatusCode::CREATED, Json(Told { agent, message })))
}

/// One agent.
pub(super) async fn show(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
) -> Reply<Json<Agent>> {
    Ok(Json(gate.agent(&caller, &id).await?.into()))
}

/// Changes an agent; its id is not to be changed (principle 16).
pub(super) async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(change): Sent<Change>,
) -> Reply<Json<Done>> {
    let patch = AgentPatch {
        name: change.name,
        agent_type: change.agent_type,
        who_i_am: change.who_i_am,
        ..AgentPatch::default()
    };
    let agent = gate.update_agent(&caller, &id, patch).await?;
    let message = format!("agent `{}` is updated", agent.name);
    Ok(Json(Done {
        id,
        status: "updated",
        message,
    }))
}

/// Deregisters an agent; its history stays.
pub(super) async fn delete(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<Done>> {
    let agent = gate
        .move_agent(&caller, &id, AgentStatus::Deregistered, None)
        .await?;
    let message = format!("agent `{}` is deregistered; its history stays", agent.name);
    Ok(Json(Done {
        id,
        status: "deregistered",
        message,
    }))
}
