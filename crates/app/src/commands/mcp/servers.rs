//! `portcullis mcp add`, `remove` and `list`: servers over HTTP at a running gate, programs in the
//! operator's file.

use super::file;
use crate::{
    client::{Ask, Query, escaped},
    commands::desk::{Desk, entries, pages},
    config, exit,
    output::table::{Column, Table},
};
use anyhow::Context;
use clap::Args;
use hyper::Method;
use portcullis_gateway::mcp::{ServerSettings, Transport};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Adds an MCP server behind the gate: one over HTTP at a running gate, where agents reach it at
/// once; a program in the operator's file, because whoever names it runs it on the gate's machine.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis mcp add tickets --url https://tickets.example.com/mcp --bearer env:TICKETS_TOKEN\n  \
    portcullis mcp add files --config portcullis.yaml -- npx -y @modelcontextprotocol/server-filesystem /srv\n\n\
    Where a server over HTTP may be, and which secrets an architect may name, the operator's file says\n\
    under `mcp.additions`. A program is there after the gate was started again."
)]
pub(super) struct Add {
    /// What the server is called: action types are `mcp.NAME.<tool>`.
    name: String,
    /// The address of a server over Streamable HTTP.
    #[arg(long, conflicts_with = "command", required_unless_present = "command")]
    url: Option<String>,
    /// The gate to ask; unless given, the one that `login` was told of, or http://127.0.0.1:8088. Here
    /// `--url` is the server's address.
    #[arg(long, env = "PORTCULLIS_URL", value_name = "URL")]
    gate: Option<String>,
    /// The name of the secret that it is shown as a bearer token, such as `env:TICKETS_TOKEN`.
    #[arg(long, value_name = "SECRET", requires = "url")]
    bearer: Option<String>,
    /// The workspace its actions belong to.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// The environment its actions happen in; `production` unless given.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// Takes its tools as they are when they are first seen, instead of in quarantine.
    #[arg(long)]
    pin: bool,
    /// How long one call may take, in seconds; 60 unless given.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u32>,
    /// The operator's file, for a program.
    #[arg(long, env = "PORTCULLIS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The tenant in the operator's file.
    #[arg(long, default_value = "default", value_name = "ID")]
    tenant: String,
    /// The program and its arguments.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Removes an MCP server: at a running gate, or from the operator's file.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis mcp remove tickets\n  portcullis mcp remove files --config portcullis.yaml"
)]
pub(super) struct Remove {
    /// The server.
    name: String,
    /// The operator's file, for a server that stands there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The tenant in the operator's file.
    #[arg(long, default_value = "default", value_name = "ID")]
    tenant: String,
}

/// Lists servers: those that were added at a running gate, or those of the operator's file.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis mcp list\n  portcullis mcp list --config portcullis.yaml"
)]
pub(super) struct List {
    /// The operator's file, in place of the gate.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

const ADDED: &[Column] = &[
    ("server", "name"),
    ("reached by", "url"),
    ("workspace", "workspace"),
    ("new tools", "first_sight"),
    ("added by", "added_by"),
];

const NAMED: &[Column] = &[
    ("tenant", "tenant"),
    ("server", "server"),
    ("reached by", "reached_by"),
    ("workspace", "workspace"),
    ("new tools", "first_sight"),
];

impl Add {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let mut server = Map::new();
        let mut say = |key: &str, value: Option<Value>| {
            server.extend(value.map(|value| (key.to_owned(), value)));
        };
        say("workspace", self.workspace.map(Value::from));
        say("environment", self.environment.map(Value::from));
        say("first_sight", self.pin.then(|| "pin".into()));
        say("timeout_seconds", self.timeout.map(Value::from));
        let name = self.name;
        let Some(url) = self.url else {
            let path = self.config.context(
                "a program stands in the operator's file alone: give it with `--config`, or a server \
                 over HTTP with `--url`",
            )?;
            server.insert("command".to_owned(), json!(self.command));
            file::add(&path, (&self.tenant, &name), &server)?;
            let shown = path.display();
            let told = format!("`{name}` stands in `{shown}`; start the gate again to reach it");
            desk.output.done(&json!({ "name": name }), &told)?;
            return Ok(exit::OK);
        };
        say("name", Some(name.as_str().into()));
        say("url", Some(url.into()));
        say("bearer", self.bearer.map(Value::from));
        let server = Value::Object(server);
        let added = desk
            .client_at(self.gate.as_deref())?
            .post("/v1/mcp/servers", &server)
            .await?;
        let told = format!("agents reach `{name}` now; `portcullis mcp tools` lists its tools");
        desk.output.done(&added, &told)?;
        Ok(exit::OK)
    }
}

impl Remove {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let name = self.name;
        if let Some(path) = self.config {
            file::remove(&path, (&self.tenant, &name))?;
            let shown = path.display();
            let told = format!("`{name}` stands in `{shown}` no more; start the gate again");
            desk.output.done(&json!({ "name": name }), &told)?;
            return Ok(exit::OK);
        }
        let path = format!("/v1/mcp/servers/{}", escaped(&name));
        let client = desk.client()?;
        let removed = client.ask(Method::DELETE, &path, Ask::default()).await?;
        desk.output
            .done(&removed, &format!("no agent reaches `{name}` any more"))?;
        Ok(exit::OK)
    }
}

impl List {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let Some(path) = self.config else {
            let query = Query::of("/v1/mcp/servers");
            let list = pages(&desk.client()?, &query, "servers", usize::MAX).await?;
            let empty = "no servers were added; the operator's file may have some: `--config`";
            desk.output.show(&list, |list| {
                Table::of(entries(list, "servers"), ADDED, empty)
            })?;
            return Ok(exit::OK);
        };
        let config = config::load(&path)?;
        let tenants = config.tenants.iter();
        let servers = tenants.flat_map(|(tenant, wiring)| {
            let servers = wiring.mcp.servers.iter();
            servers.map(move |server| about(tenant.as_str(), server))
        });
        let list = json!({ "servers": servers.collect::<Vec<_>>() });
        desk.output.show(&list, |list| {
            Table::of(entries(list, "servers"), NAMED, "no servers")
        })?;
        Ok(exit::OK)
    }
}

fn about(tenant: &str, server: &ServerSettings) -> Value {
    let reached_by = match &server.transport {
        Transport::Program(program) => program.command.join(" "),
        Transport::Http { url, .. } => url.clone(),
    };
    json!({
        "tenant": tenant,
        "server": server.name,
        "reached_by": reached_by,
        "workspace": server.workspace.as_ref().map(ToString::to_string),
        "first_sight": server.first_sight,
    })
}
