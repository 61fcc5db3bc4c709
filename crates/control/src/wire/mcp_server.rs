//! An MCP server that an architect added, as lists show it.

use super::{moment::Moment, words};
use portcullis_firewall::{added_server::AddedServer, tool::FirstSight};
use serde::Serialize;
use utoipa::ToSchema;

/// An MCP server that an architect added. Those of the operator's file are not here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct McpServer {
    /// What its tools, action types and records begin with.
    #[schema(example = "tickets")]
    pub name: String,
    /// Its one address.
    #[schema(example = "https://tickets.example.com/mcp")]
    pub url: String,
    /// The name of the secret that it is shown as a bearer token.
    #[schema(example = "env:TICKETS_TOKEN")]
    pub bearer: Option<String>,
    /// The workspace its actions belong to.
    pub workspace: Option<String>,
    /// The environment its actions happen in.
    pub environment: String,
    /// What becomes of a tool that is seen for the first time.
    #[schema(value_type = words::FirstSight)]
    pub first_sight: FirstSight,
    /// How long one call may take.
    pub timeout_seconds: u32,
    /// When it was added.
    pub added_at: Moment,
    /// By whom.
    pub added_by: String,
}

impl From<AddedServer> for McpServer {
    fn from(added: AddedServer) -> Self {
        let server = added.server;
        Self {
            name: server.name,
            url: server.url,
            bearer: server.bearer.map(|secret| secret.as_str().to_owned()),
            workspace: server.workspace.map(|id| id.to_string()),
            environment: server.environment,
            first_sight: server.first_sight,
            timeout_seconds: server.timeout_seconds,
            added_at: added.added_at.into(),
            added_by: added.added_by,
        }
    }
}
