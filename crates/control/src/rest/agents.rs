//! `/v1/agents`: registered agents and their lives.

pub(crate) mod life;

use crate::{
    intake::{
        body::{Sent, body},
        field::Given,
        id::Named,
        page::{Paging, PagingParams, page},
        query::{Asked, query},
    },
    rights::{Anybody, Architect, Gate, Watcher},
    wire::{agent::Agent, words},
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::Reply;
use portcullis_firewall::turn;
use portcullis_policy::{facts::AgentStatus, tier::Tier};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(show, update))
        .merge(life::routes())
}

query! {
    /// Which agents.
    pub(crate) struct AgentFilter {
        /// Only in this status.
        #[param(value_type = Option<words::AgentStatus>)]
        status: AgentStatus,
    }
}

page! {
    /// A page of agents, in the order of their ids.
    pub(crate) struct AgentPage { agents: Agent }
}

body! {
    /// An agent to register. Its id is the gate's to give.
    pub(crate) struct NewAgent {
        /// For people.
        #[schema(example = "ops-bot")]
        name: String,
        /// What it does.
        description: Option<String>,
        /// A free label; `general` when not given.
        agent_type: Option<String>,
        /// Its own account of itself.
        who_i_am: Option<String>,
        /// The person who answers for it; they do not approve what it asks.
        owner: Option<String>,
    }
}

body! {
    /// What to change of an agent; what is not sent stays. Its id and its counts never change, and
    /// its status has routes of its own.
    pub(crate) struct AgentChange {
        /// For people.
        name: Option<String>,
        /// What it does.
        description: Option<String>,
        /// A free label.
        agent_type: Option<String>,
        /// Its own account of itself; a new one raises `who_i_am_version`.
        who_i_am: Option<String>,
        /// Raises every action to at least this tier; `null` takes it away.
        #[schema(value_type = Option<words::Tier>)]
        tier_override: Given<Tier>,
        /// A floor over every dimension of confidence, 0 to 1; `null` takes it away.
        #[schema(value_type = Option<f64>)]
        confidence_floor: Given<f64>,
        /// The person who answers for it and does not approve what it asks; `null` for nobody.
        #[schema(value_type = Option<String>)]
        owner: Given<String>,
    }
}

impl From<NewAgent> for turn::NewAgent {
    fn from(new: NewAgent) -> Self {
        Self {
            name: new.name,
            description: new.description.unwrap_or_default(),
            agent_type: new.agent_type.unwrap_or_default(),
            who_i_am: new.who_i_am.unwrap_or_default(),
            owner: new.owner,
        }
    }
}

impl From<AgentChange> for turn::AgentPatch {
    fn from(change: AgentChange) -> Self {
        Self {
            name: change.name,
            description: change.description,
            agent_type: change.agent_type,
            who_i_am: change.who_i_am,
            tier_override: change.tier_override.into_patch(),
            confidence_floor: change.confidence_floor.into_patch(),
            owner: change.owner.into_patch(),
        }
    }
}

/// Lists agents
///
/// Every agent ever registered that the caller sees, with its running counts. For whoever sees some
/// of its actions alone, those among the newest 10,000 judgements are counted.
#[utoipa::path(
    get, path = "/v1/agents", tag = "registered agents",
    params(AgentFilter, PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of agents.", body = AgentPage)),
)]
pub(crate) async fn list(
    State(gate): State<Gate>,
    Watcher(caller): Watcher,
    Asked((filter, paging)): Asked<(AgentFilter, Paging)>,
) -> Reply<Json<AgentPage>> {
    let mut agents = gate.agents(&caller).await?;
    agents.retain(|view| {
        filter
            .status
            .is_none_or(|status| status == view.agent.status)
    });
    Ok(Json(paging.cut(agents).into()))
}

/// Registers an agent
///
/// The agent is active at once, and may do nothing until the tenant policy allows it something and
/// a key is issued for it.
#[utoipa::path(
    post, path = "/v1/agents", tag = "registered agents",
    request_body = NewAgent,
    security(("bearer" = ["architect"])),
    responses((status = 201, description = "The agent, with its new id.", body = Agent)),
)]
pub(crate) async fn register(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(new): Sent<NewAgent>,
) -> Reply<(StatusCode, Json<Agent>)> {
    let agent = gate.register_agent(&caller, new.into()).await?;
    Ok((StatusCode::CREATED, Json(Agent::fresh(agent))))
}

/// Shows an agent
///
/// An agent's own key may look at itself.
#[utoipa::path(
    get, path = "/v1/agents/{id}", tag = "registered agents",
    params(("id" = String, Path, description = "The agent's id.")),
    security(("bearer" = ["agent"])),
    responses((status = 200, description = "The agent.", body = Agent)),
)]
pub(crate) async fn show(
    State(gate): State<Gate>,
    Anybody(caller): Anybody,
    Named(id): Named,
) -> Reply<Json<Agent>> {
    Ok(Json(gate.agent(&caller, &id).await?.into()))
}

/// Changes an agent
///
/// The change is recorded with what stood there before.
#[utoipa::path(
    patch, path = "/v1/agents/{id}", tag = "registered agents",
    params(("id" = String, Path, description = "The agent's id.")),
    request_body = AgentChange,
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The agent as it is now.", body = Agent)),
)]
pub(crate) async fn update(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(id): Named,
    Sent(change): Sent<AgentChange>,
) -> Reply<Json<Agent>> {
    gate.update_agent(&caller, &id, change.into()).await?;
    Ok(Json(gate.agent(&caller, &id).await?.into()))
}
