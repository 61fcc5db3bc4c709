//! `portcullis workspaces`: the parts of a tenant that sessions, scopes and roles are about.

use super::desk::{Desk, entries, pages};
use crate::{
    client::Query,
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand};
use serde_json::json;

/// Lists and adds workspaces, the parts of a tenant that sessions and scopes belong to.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis workspaces list\n  portcullis workspaces add ops")]
pub(super) struct Workspaces {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists workspaces, in the order of their names.
    #[command(after_help = "Example:\n  portcullis workspaces list")]
    List,
    /// Adds a workspace.
    #[command(
        after_help = "Example:\n  portcullis workspaces add ops --description 'who keeps the clusters running'"
    )]
    Add {
        /// Its name: lower case, never changed.
        id: String,
        /// What its tickets begin with; made from the name unless given.
        #[arg(long, value_name = "NAME")]
        short_name: Option<String>,
        /// What it is for.
        #[arg(long)]
        description: Option<String>,
    },
}

const COLUMNS: &[Column] = &[
    ("workspace", "id"),
    ("short name", "short_name"),
    ("description", "description"),
    ("active", "active"),
];

impl Workspaces {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List => {
                let every = Query::of("/v1/workspaces");
                let list = pages(&client, &every, "workspaces", usize::MAX).await?;
                desk.output.show(&list, |list| {
                    let none = "no workspaces were added";
                    Table::of(entries(list, "workspaces"), COLUMNS, none)
                })?;
            }
            Command::Add {
                id,
                short_name,
                description,
            } => {
                let new = json!({ "id": id, "short_name": short_name, "description": description });
                let added = client.post("/v1/workspaces", &new).await?;
                desk.output
                    .done(&added, &format!("`{id}` can be used now"))?;
            }
        }
        Ok(exit::OK)
    }
}
