//! `portcullis scopes`: what credentials are minted from.

use super::desk::{self, Desk, entries, pages};
use crate::{
    client::{Ask, Query, escaped},
    exit,
    output::table::{Column, Table},
};
use anyhow::bail;
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Lists, adds and removes scopes: a provider of the operator's, narrowed, in one environment.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis scopes list\n  \
    portcullis scopes add cluster:staging --provider staging --environment staging --workspace ops\n  \
    portcullis scopes remove cluster:staging")]
pub(super) struct Scopes {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists scopes, in the order of their names.
    #[command(after_help = "Example:\n  portcullis scopes list")]
    List,
    /// Shows a scope.
    #[command(after_help = "Example:\n  portcullis scopes show cluster:staging")]
    Show {
        /// The scope.
        name: String,
    },
    Add(Add),
    /// Removes a scope; every credential that was minted from it is ended.
    #[command(after_help = "Example:\n  portcullis scopes remove cluster:staging")]
    Remove {
        /// The scope.
        name: String,
    },
}

/// Adds a scope.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis scopes add cluster:staging --provider staging --environment staging --workspace ops\n  \
    portcullis scopes add db:staging --provider pg --environment staging --write --workspace ops=read"
)]
struct Add {
    /// Its name: lower-case letters, digits and `-_.:`.
    name: String,
    /// The provider, by the operator's name for it.
    #[arg(long)]
    provider: String,
    /// Where it reaches.
    #[arg(long)]
    environment: String,
    /// For writing, too.
    #[arg(long)]
    write: bool,
    /// A workspace it is for; with `=read` or `=write`, agents there may take it by themselves. May
    /// be given again.
    #[arg(long = "workspace", value_name = "ID[=read|write]")]
    workspaces: Vec<String>,
    /// How it narrows the provider: a JSON object, `-` for standard input.
    #[arg(long, value_name = "FILE")]
    filters: Option<PathBuf>,
    /// What it is for.
    #[arg(long)]
    description: Option<String>,
}

const COLUMNS: &[Column] = &[
    ("scope", "name"),
    ("provider", "provider"),
    ("environment", "environment"),
    ("for", "mode"),
    ("description", "description"),
];

const FACTS: &[Column] = &[
    ("scope", "name"),
    ("description", "description"),
    ("provider", "provider"),
    ("environment", "environment"),
    ("for", "mode"),
    ("filters", "filters"),
    ("workspaces", "workspaces"),
    ("revision", "revision"),
    ("added by", "added_by"),
];

impl Scopes {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List => {
                let list = pages(&client, &Query::of("/v1/scopes"), "scopes", usize::MAX).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "scopes"), COLUMNS, "no scopes were added")
                })?;
            }
            Command::Show { name } => {
                let scope = client
                    .get(&format!("/v1/scopes/{}", escaped(&name)))
                    .await?;
                desk.output
                    .show(&scope, |scope| Table::about(scope, FACTS).uncut())?;
            }
            Command::Add(add) => {
                let name = add.name.clone();
                let added = client.post("/v1/scopes", &add.body()?).await?;
                let told = format!("sessions can be opened with `{name}` now");
                desk.output.done(&added, &told)?;
            }
            Command::Remove { name } => {
                let path = format!("/v1/scopes/{}", escaped(&name));
                let removed = client.ask(Method::DELETE, &path, Ask::default()).await?;
                let told = format!("`{name}` is gone, and what was minted from it is ended");
                desk.output.done(&removed, &told)?;
            }
        }
        Ok(exit::OK)
    }
}

impl Add {
    fn body(self) -> anyhow::Result<Value> {
        let filters = self.filters.map(|path| {
            let name = path.display().to_string();
            match desk::json(&desk::read(&path)?, &name)? {
                filters @ Value::Object(_) => Ok(filters),
                _ => bail!("`{name}` is not a JSON object"),
            }
        });
        let workspaces = self.workspaces.iter().map(|written| {
            let (workspace, agents) = match written.split_once('=') {
                Some((workspace, agents)) => (workspace, Some(agents)),
                None => (written.as_str(), None),
            };
            json!({ "workspace": workspace, "agents": agents })
        });
        Ok(json!({
            "name": self.name,
            "description": self.description,
            "provider": self.provider,
            "environment": self.environment,
            "mode": if self.write { "write" } else { "read" },
            "filters": filters.transpose()?,
            "workspaces": workspaces.collect::<Vec<Value>>(),
        }))
    }
}
