//! `portcullis keys`: what callers are known by.

use super::desk::{Desk, entries, pages};
use crate::{
    client::{Ask, Query, escaped},
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand, ValueEnum};
use hyper::Method;
use serde_json::json;

/// Lists, issues and revokes keys and tokens.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis keys issue ops-bot --role agent --agent agt_…\n  \
    portcullis keys issue ana --role operator --group gpu-oncall\n  \
    portcullis keys revoke key_…"
)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists keys, without their secrets.
    #[command(after_help = "Example:\n  portcullis keys list")]
    List {
        /// At most so many.
        #[arg(long, default_value_t = 1_000)]
        most: usize,
    },
    /// Issues a key, and prints its token once.
    #[command(
        after_help = "Example:\n  portcullis keys issue ana --role operator --group gpu-leads"
    )]
    Issue {
        /// For people; approver lists name operators by it.
        name: String,
        /// What it is for: `agent`, `client` (names the agent in each request), `architect` (may do
        /// everything), `operator` (decides holds) or `viewer`.
        #[arg(long, value_enum, hide_possible_values = true)]
        role: Role,
        /// The agent it belongs to, for the role `agent`.
        #[arg(long, value_name = "ID")]
        agent: Option<String>,
        /// A group a person counts as, for approver lists; may be given again.
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        /// When it ends by itself, e.g. `2027-01-01T00:00:00Z`.
        #[arg(long, value_name = "MOMENT")]
        expires_at: Option<String>,
    },
    /// Revokes a key; no door knows it from then on.
    #[command(after_help = "Example:\n  portcullis keys revoke key_…")]
    Revoke {
        /// The key's id, `key_…`.
        id: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    /// One agent asks for itself.
    Agent,
    /// A client names the agent in each request.
    Client,
    /// A person who may do everything.
    Architect,
    /// A person who decides holds and resolves violations.
    Operator,
    /// A person who reads.
    Viewer,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Client => "client",
            Self::Architect => "architect",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("role", "role"),
    ("agent", "agent_id"),
    ("groups", "groups"),
    ("issued", "created_at"),
    ("ends", "expires_at"),
    ("revoked", "revoked"),
];

const ISSUED: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("role", "role"),
    ("agent", "agent_id"),
    ("groups", "groups"),
    ("ends", "expires_at"),
    ("token", "token"),
];

impl Keys {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List { most } => {
                let list = pages(&client, &Query::of("/v1/keys"), "keys", most).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "keys"), COLUMNS, "no keys")
                })?;
            }
            Command::Issue {
                name,
                role,
                agent,
                groups,
                expires_at,
            } => {
                let body = json!({
                    "name": name,
                    "role": role.as_str(),
                    "agent_id": agent,
                    "groups": groups,
                    "expires_at": expires_at,
                });
                let key = client.post("/v1/keys", &body).await?;
                desk.output.show(&key, |key| Table::about(key, ISSUED))?;
                if !desk.output.is_json() {
                    desk.output
                        .note("the token is not stored and not shown again")?;
                }
            }
            Command::Revoke { id } => {
                let path = format!("/v1/keys/{}", escaped(&id));
                let key = client.ask(Method::DELETE, &path, Ask::default()).await?;
                desk.output.done(&key, &format!("key `{id}` is revoked"))?;
            }
        }
        Ok(exit::OK)
    }
}
