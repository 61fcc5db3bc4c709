//! `portcullis violations`: refused actions, to be looked at by people.

use super::desk::{Desk, entries, pages};
use crate::{
    client::{Ask, Query, escaped},
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::json;

/// Lists and resolves refused actions.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis violations list --severity CRITICAL\n  \
    portcullis violations resolve vio_… --notes \"the agent's prompt was wrong\""
)]
pub(super) struct Violations {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists violations, the open ones unless told otherwise.
    #[command(after_help = "Example:\n  portcullis violations list --status all --agent agt_…")]
    List {
        /// OPEN, RESOLVED or `all`.
        #[arg(long, default_value = "OPEN")]
        status: String,
        /// LOW, MEDIUM, HIGH or CRITICAL.
        #[arg(long)]
        severity: Option<String>,
        /// Only of this agent.
        #[arg(long, value_name = "ID")]
        agent: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        most: usize,
    },
    /// Notes that a violation was dealt with.
    #[command(after_help = "Example:\n  portcullis violations resolve vio_… --notes \"expected\"")]
    Resolve {
        /// The violation's id, `vio_…`.
        id: String,
        /// What was found; it goes into the record.
        #[arg(long)]
        notes: Option<String>,
    },
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("severity", "severity"),
    ("status", "status"),
    ("action", "action_type"),
    ("agent", "agent_id"),
    ("rule", "rule_violated"),
    ("record", "seq"),
    ("when", "timestamp"),
];

impl Violations {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List {
                status,
                severity,
                agent,
                most,
            } => {
                let status = (!status.eq_ignore_ascii_case("all")).then_some(status);
                let query = Query::of("/v1/violations")
                    .and("status", status)
                    .and("severity", severity)
                    .and("agent", agent);
                let list = pages(&client, &query, "violations", most).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "violations"), COLUMNS, "no violations")
                })?;
            }
            Command::Resolve { id, notes } => {
                let path = format!("/v1/violations/{}/resolve", escaped(&id));
                let resolved = client
                    .ask(Method::PATCH, &path, Ask::json(&json!({ "notes": notes })))
                    .await?;
                desk.output
                    .done(&resolved, &format!("violation `{id}` is resolved"))?;
            }
        }
        Ok(exit::OK)
    }
}
