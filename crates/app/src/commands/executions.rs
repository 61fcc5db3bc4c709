//! `portcullis executions`: what the gate began itself and whose end is not known.

use super::desk::{Desk, entries, pages};
use crate::{
    client::Query,
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand};
use serde_json::json;

/// Lists what the gate carries out, and settles what nobody can tell the end of.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis executions list\n  \
    portcullis executions resolve 4711 --done --reason \"the ticket is there\"")]
pub(super) struct Executions {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists what was begun and has no end yet, the oldest first.
    #[command(after_help = "Example:\n  portcullis executions list -o json")]
    List {
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        most: usize,
    },
    /// Says what became of an action whose end is unknown.
    #[command(
        after_help = "Examples:\n  portcullis executions resolve 4711 --done --reason \"found it\"\n  \
        portcullis executions resolve 4711 --not-done --reason \"no such ticket\""
    )]
    Resolve {
        /// The record of the action's verdict.
        seq: u64,
        /// It was done.
        #[arg(
            long,
            required_unless_present = "not_done",
            conflicts_with = "not_done"
        )]
        done: bool,
        /// It was not done.
        #[arg(long)]
        not_done: bool,
        /// How you know; it goes into the record.
        #[arg(long)]
        reason: String,
        /// What it cost, in US dollars; what was reserved counts unless given.
        #[arg(long, value_name = "USD")]
        cost: Option<f64>,
        /// What it took, in GPU-hours; what was reserved counts unless given.
        #[arg(long, value_name = "HOURS")]
        gpu_hours: Option<f64>,
    },
}

const COLUMNS: &[Column] = &[
    ("record", "seq"),
    ("stage", "stage"),
    ("action", "action_type"),
    ("target", "target_service"),
    ("agent", "agent_id"),
    ("since", "started_at"),
    ("what came of it", "summary"),
];

impl Executions {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List { most } => {
                let query = Query::of("/v1/executions");
                let list = pages(&client, &query, "executions", most).await?;
                desk.output.show(&list, |list| {
                    let none = "nothing is being carried out";
                    Table::of(entries(list, "executions"), COLUMNS, none)
                })?;
            }
            Command::Resolve {
                seq,
                done,
                reason,
                cost,
                gpu_hours,
                ..
            } => {
                let found = json!({
                    "done": done, "reason": reason, "cost_usd": cost, "gpu_hours": gpu_hours,
                });
                let path = format!("/v1/executions/{seq}/resolve");
                let sealed = client.post(&path, &found).await?;
                let outcome = if done { "done" } else { "not done" };
                desk.output
                    .done(&sealed, &format!("action {seq} is on record as {outcome}"))?;
            }
        }
        Ok(exit::OK)
    }
}
