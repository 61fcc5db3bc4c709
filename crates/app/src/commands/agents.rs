//! `portcullis agents`: who may ask.

use super::desk::{Desk, entries, pages};
use crate::{
    client::{Query, escaped},
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Lists, registers and stops agents.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis agents list --status blocked\n  \
    portcullis agents register ops-bot --description \"rotates logs\"\n  \
    portcullis agents pause agt_… --reason \"looking into record 512\""
)]
pub(super) struct Agents {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists agents with their counts.
    #[command(after_help = "Example:\n  portcullis agents list --status active -o json")]
    List {
        /// Only those with this status.
        #[arg(long)]
        status: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 1_000)]
        most: usize,
    },
    /// Shows one agent.
    #[command(after_help = "Example:\n  portcullis agents show agt_…")]
    Show {
        /// The agent's id.
        id: String,
    },
    /// Registers an agent; the gate gives it an id.
    #[command(after_help = "Example:\n  portcullis agents register ops-bot --type general")]
    Register {
        /// For people.
        name: String,
        /// What it does.
        #[arg(long)]
        description: Option<String>,
        /// A free label.
        #[arg(long = "type", value_name = "LABEL")]
        kind: Option<String>,
    },
    /// Has people decide every action of the agent.
    #[command(
        after_help = "Example:\n  portcullis agents pause agt_… --reason \"strange retries\""
    )]
    Pause(Step),
    /// Ends a pause.
    #[command(after_help = "Example:\n  portcullis agents resume agt_…")]
    Resume(Step),
    /// Refuses every action of the agent.
    #[command(after_help = "Example:\n  portcullis agents block agt_… --reason \"key leaked\"")]
    Block(Step),
    /// Ends a block.
    #[command(after_help = "Example:\n  portcullis agents unblock agt_…")]
    Unblock(Step),
    /// Ends an agent's registration; its history stays.
    #[command(after_help = "Example:\n  portcullis agents deregister agt_…")]
    Deregister(Step),
}

#[derive(Args, Debug)]
struct Step {
    /// The agent's id.
    id: String,
    /// Why; it goes into the record.
    #[arg(long)]
    reason: Option<String>,
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("status", "status"),
    ("governed", "total_governed"),
    ("cleared", "total_cleared"),
    ("held", "total_held"),
    ("blocked", "total_blocked"),
    ("last seen", "last_seen"),
];

const FACTS: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("description", "description"),
    ("type", "agent_type"),
    ("status", "status"),
    ("because", "status_reason"),
    ("at least tier", "tier_override"),
    ("confidence floor", "confidence_floor"),
    ("governed", "total_governed"),
    ("cleared", "total_cleared"),
    ("held", "total_held"),
    ("blocked", "total_blocked"),
    ("last seen", "last_seen"),
    ("registered", "created_at"),
];

impl Agents {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let agent = match self.command {
            Command::List { status, most } => {
                let query = Query::of("/v1/agents").and("status", status);
                let list = pages(&client, &query, "agents", most).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "agents"), COLUMNS, "no agents")
                })?;
                return Ok(exit::OK);
            }
            Command::Show { id } => client.get(&format!("/v1/agents/{}", escaped(&id))).await?,
            Command::Register {
                name,
                description,
                kind,
            } => {
                let body = json!({ "name": name, "description": description, "agent_type": kind });
                client.post("/v1/agents", &body).await?
            }
            Command::Pause(step) => take(&client, "pause", step).await?,
            Command::Resume(step) => take(&client, "resume", step).await?,
            Command::Block(step) => take(&client, "block", step).await?,
            Command::Unblock(step) => take(&client, "unblock", step).await?,
            Command::Deregister(step) => take(&client, "deregister", step).await?,
        };
        desk.output
            .show(&agent, |agent| Table::about(agent, FACTS))?;
        Ok(exit::OK)
    }
}

async fn take(client: &crate::client::Client, verb: &str, step: Step) -> anyhow::Result<Value> {
    let path = format!("/v1/agents/{}/{verb}", escaped(&step.id));
    Ok(client
        .post(&path, &json!({ "reason": step.reason }))
        .await?)
}
