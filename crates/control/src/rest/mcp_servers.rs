//! `/v1/mcp/servers`: the MCP servers that architects add while the gate runs.

use crate::{
    intake::{
        body::{MaybeSent, Nothing, Sent, body},
        id::Named,
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Architect, Gate, Searcher},
    wire::{mcp_server::McpServer, words},
};
use axum::{Json, extract::State, http::StatusCode};
use portcullis_door::reply::Reply;
use portcullis_firewall::{
    added_server::NewServer, error::GateError, outside::SecretName, tool::FirstSight,
};
use portcullis_policy::id::WorkspaceId;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(remove))
}

page! {
    /// A page of MCP servers, in the order of their names.
    pub(crate) struct McpServerPage { servers: McpServer }
}

body! {
    /// An MCP server over Streamable HTTP. Programs are named in the operator's file alone.
    pub(crate) struct NewMcpServer {
        /// Its name: lower-case letters, digits and single hyphens, at most 32.
        #[schema(example = "tickets")]
        name: String,
        /// Its one address.
        #[schema(example = "https://tickets.example.com/mcp")]
        url: String,
        /// The name of a secret that it is shown as a bearer token: one of those that the operator's
        /// file lets architects name.
        #[schema(example = "env:TICKETS_TOKEN")]
        bearer: Option<String>,
        /// The workspace its actions belong to.
        #[schema(value_type = Option<String>)]
        workspace: Option<WorkspaceId>,
        /// The environment its actions happen in; `production` when not given.
        environment: Option<String>,
        /// What becomes of a tool that is seen for the first time; `quarantine` when not given.
        #[schema(value_type = Option<words::FirstSight>)]
        first_sight: Option<FirstSight>,
        /// How long one call may take; 60 when not given.
        #[schema(minimum = 1, maximum = 600)]
        timeout_seconds: Option<u32>,
    }
}

impl From<NewMcpServer> for NewServer {
    fn from(new: NewMcpServer) -> Self {
        let usual = Self::at(&new.name, &new.url);
        Self {
            bearer: new.bearer.map(|name| SecretName::new(&name)),
            workspace: new.workspace,
            environment: new.environment.unwrap_or(usual.environment),
            first_sight: new.first_sight.unwrap_or(usual.first_sight),
            timeout_seconds: new.timeout_seconds.unwrap_or(usual.timeout_seconds),
            name: usual.name,
            url: usual.url,
        }
    }
}

/// Lists added MCP servers
///
/// Those that architects added. The operator's file has others, which only the operator changes.
#[utoipa::path(
    get, path = "/v1/mcp/servers", operation_id = "list_mcp_servers", tag = "tools",
    params(PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of servers.", body = McpServerPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<McpServerPage>> {
    let servers = gate.added_servers(&caller).await?;
    Ok(Json(paging.cut(servers).into()))
}

/// Adds an MCP server
///
/// Agents reach it at once, as far as the tenant policy lets them and its tools are accepted. Where
/// it may be, and which secrets it may be shown, the operator's file says.
#[utoipa::path(
    post, path = "/v1/mcp/servers", operation_id = "add_mcp_server", tag = "tools",
    request_body = NewMcpServer,
    security(("bearer" = ["architect"])),
    responses(
        (status = 201, description = "The server.", body = McpServer),
        (status = 409, description = "The name is taken, or there is no room for another."),
    ),
)]
async fn add(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Sent(new): Sent<NewMcpServer>,
) -> Reply<(StatusCode, Json<McpServer>)> {
    let added = gate.add_server(&caller, new.into()).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Removes an added MCP server
///
/// Its tools are there no more from now on; calls that are being carried out end.
#[utoipa::path(
    delete, path = "/v1/mcp/servers/{name}", operation_id = "remove_mcp_server", tag = "tools",
    params(("name" = String, Path, description = "The server's name.")),
    security(("bearer" = ["architect"])),
    responses((status = 200, description = "The server as it was.", body = McpServer)),
)]
async fn remove(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Named(name): Named,
    MaybeSent(Nothing): MaybeSent<Nothing>,
) -> Reply<Json<McpServer>> {
    let mut servers = gate.added_servers(&caller).await?.into_iter();
    let missing = || GateError::NotFound("server", name.clone());
    let server = servers
        .find(|added| added.server.name == name)
        .ok_or_else(missing)?;
    gate.remove_server(&caller, &name).await?;
    Ok(Json(server.into()))
}
