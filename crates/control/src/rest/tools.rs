//! `/v1/tools`: the tools of MCP servers, and what people stand behind.

use crate::{
    intake::{
        body::{Sent, body},
        page::{Paging, PagingParams, page},
        query::Asked,
    },
    rights::{Architect, Gate, Searcher},
    wire::tool::Tool,
};
use axum::{
    Json,
    extract::{Path, State},
};
use portcullis_door::reply::Reply;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<Gate> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(accept))
}

page! {
    /// A page of tools, in the order of servers and names.
    pub(crate) struct ToolPage { tools: Tool }
}

body! {
    /// What was looked at.
    pub(crate) struct Acceptance {
        /// The digest of the proposed definition.
        digest: String,
    }
}

/// Lists tools
///
/// Every tool that a server behind the gate ever listed, the ones that wait to be accepted too.
#[utoipa::path(
    get, path = "/v1/tools", tag = "tools",
    params(PagingParams),
    security(("bearer" = ["client"])),
    responses((status = 200, description = "A page of tools.", body = ToolPage)),
)]
async fn list(
    State(gate): State<Gate>,
    Searcher(caller): Searcher,
    Asked(paging): Asked<Paging>,
) -> Reply<Json<ToolPage>> {
    Ok(Json(paging.cut(gate.tools(&caller).await?).into()))
}

/// Accepts a tool
///
/// From now on agents may use it, as long as its server says exactly this.
#[utoipa::path(
    post, path = "/v1/tools/{server}/{name}/accept", tag = "tools",
    params(
        ("server" = String, Path, description = "The server."),
        ("name" = String, Path, description = "The tool."),
    ),
    request_body = Acceptance,
    security(("bearer" = ["architect"])),
    responses(
        (status = 200, description = "The tool.", body = Tool),
        (status = 404, description = "There is no such tool."),
        (status = 409, description = "Nothing waits, or the server says something else by now."),
    ),
)]
async fn accept(
    State(gate): State<Gate>,
    Architect(caller): Architect,
    Path((server, name)): Path<(String, String)>,
    Sent(sent): Sent<Acceptance>,
) -> Reply<Json<Tool>> {
    let tool = gate.accept_tool(&caller, (&server, &name), &sent.digest);
    Ok(Json(tool.await?.into()))
}
