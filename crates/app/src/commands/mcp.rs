//! `portcullis mcp`: servers behind the gate, their tools, and one server behind a gate of its own.

mod differ;
mod file;
mod remote;
mod servers;
mod wrap;

use super::desk::{Desk, entries, pages};
use crate::{
    client::{Client, Query, escaped},
    exit,
    output::table::{Column, Table},
};
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Puts the gate in front of MCP servers, and looks after their tools.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis mcp wrap -- npx -y @modelcontextprotocol/server-everything\n  \
    portcullis mcp add tickets --url https://tickets.example.com/mcp\n  portcullis mcp tools\n  portcullis mcp show files/read_file\n  \
    portcullis mcp accept files/read_file --digest 5f1c…"
)]
pub(super) struct Mcp {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Wrap(wrap::Wrap),
    Add(servers::Add),
    Remove(servers::Remove),
    List(servers::List),
    /// Lists every tool that a server ever listed, and whether agents may use it.
    #[command(after_help = "Example:\n  portcullis mcp tools")]
    Tools {
        /// How many at most.
        #[arg(long, default_value_t = 1_000, value_name = "N")]
        most: usize,
    },
    /// Shows what a tool says of itself, and how that differs from what was accepted.
    #[command(after_help = "Example:\n  portcullis mcp show files/read_file")]
    Show {
        /// The server and the tool.
        #[arg(value_name = "SERVER/TOOL")]
        tool: String,
    },
    /// Accepts what a tool says of itself, as `show` showed it: from now on agents may use it.
    #[command(after_help = "Example:\n  portcullis mcp accept files/read_file --digest 5f1c…")]
    Accept {
        /// The server and the tool.
        #[arg(value_name = "SERVER/TOOL")]
        tool: String,
        /// The digest that `show` names, so that what was looked at is what is accepted.
        #[arg(long, value_name = "HEX")]
        digest: String,
    },
}

const COLUMNS: &[Column] = &[
    ("server", "server"),
    ("tool", "name"),
    ("status", "status"),
    ("accepted by", "accepted_by"),
    ("warnings", "proposed.warnings"),
];

const FACTS: &[Column] = &[
    ("tool", "name"),
    ("server", "server"),
    ("status", "status"),
    ("accepted", "accepted_at"),
    ("by", "accepted_by"),
    ("to accept", "proposed.digest"),
    ("warnings", "proposed.warnings"),
];

impl Mcp {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        match self.command {
            Command::Wrap(wrap) => wrap.run(desk).await,
            Command::Add(add) => add.run(desk).await,
            Command::Remove(remove) => remove.run(desk).await,
            Command::List(list) => list.run(desk).await,
            Command::Tools { most } => {
                let client = desk.client()?;
                let list = pages(&client, &Query::of("/v1/tools"), "tools", most).await?;
                let empty = "no tools: no server behind the gate has listed any yet";
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "tools"), COLUMNS, empty)
                })?;
                Ok(exit::OK)
            }
            Command::Show { tool } => {
                let tool = find(&desk.client()?, &tool).await?;
                desk.output.show(&tool, |tool| Table::about(tool, FACTS))?;
                if !desk.output.is_json() {
                    desk.output.raw(&differ::lines(&tool))?;
                }
                Ok(exit::OK)
            }
            Command::Accept { tool, digest } => {
                let (server, name) = taken_apart(&tool)?;
                let path = format!("/v1/tools/{}/{}/accept", escaped(server), escaped(name));
                let accepted = desk
                    .client()?
                    .post(&path, &json!({ "digest": digest }))
                    .await?;
                desk.output
                    .done(&accepted, &format!("agents may use `{tool}` as it is now"))?;
                Ok(exit::OK)
            }
        }
    }
}

fn taken_apart(tool: &str) -> anyhow::Result<(&str, &str)> {
    tool.split_once('/')
        .context("expected a server and a tool, such as `files/read_file`")
}

async fn find(client: &Client, named: &str) -> anyhow::Result<Value> {
    let (server, name) = taken_apart(named)?;
    let all = pages(client, &Query::of("/v1/tools"), "tools", usize::MAX).await?;
    let is = |tool: &&Value| {
        tool.get("server").and_then(Value::as_str) == Some(server)
            && tool.get("name").and_then(Value::as_str) == Some(name)
    };
    let found = entries(&all, "tools").iter().find(is);
    found
        .cloned()
        .with_context(|| format!("there is no tool `{named}`; `portcullis mcp tools` lists them"))
}
