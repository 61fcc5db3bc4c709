//! A tool of an MCP server as lists show it.

use super::{moment::Moment, words};
use portcullis_firewall::tool;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A tool of an MCP server, with the definition that people stand behind.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tool {
    /// Whose it is, as the operator named the server.
    #[schema(example = "files")]
    pub server: String,
    /// What the server calls it.
    #[schema(example = "read_file")]
    pub name: String,
    /// Whether agents may use it: only as long as the server says what was accepted.
    #[schema(value_type = words::ToolStatus)]
    pub status: &'static str,
    /// The definition in use.
    pub pinned: Option<Definition>,
    /// What the server says now, when it is something else.
    pub proposed: Option<Definition>,
    /// When it was seen for the first time.
    pub first_seen_at: Moment,
    /// When its definition was accepted.
    pub accepted_at: Option<Moment>,
    /// By whom.
    pub accepted_by: Option<String>,
}

/// What a server says of a tool.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Definition {
    /// SHA-256 over the server's identity and what it says, 64 hex digits.
    pub digest: String,
    /// Name, description, schemas and hints, as the server sent them, without secrets.
    #[schema(value_type = Object)]
    pub content: Value,
    /// What people should know before they accept it.
    pub warnings: Vec<String>,
}

impl From<tool::Definition> for Definition {
    fn from(definition: tool::Definition) -> Self {
        Self {
            digest: definition.digest,
            content: definition.content,
            warnings: definition.warnings,
        }
    }
}

impl From<tool::Tool> for Tool {
    fn from(tool: tool::Tool) -> Self {
        Self {
            status: tool.status().as_str(),
            server: tool.server,
            name: tool.name,
            pinned: tool.pinned.map(Into::into),
            proposed: tool.proposed.map(Into::into),
            first_seen_at: tool.first_seen_at.into(),
            accepted_at: tool.accepted_at.map(Into::into),
            accepted_by: tool.accepted_by,
        }
    }
}
