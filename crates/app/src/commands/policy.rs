//! `portcullis policy`: the rules, from checking a file to putting it in force.

mod apply;
mod document;
mod lint;
mod packs;
mod plan;
mod trial;

use super::desk::{Desk, entries, pages};
use crate::{
    client::{Query, escaped},
    exit,
    output::table::{Column, Table, text_at},
};
use clap::{Args, Subcommand};

/// Checks, tries, compares and applies policies and the tenant policy.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis policy lint policies.yaml tenant-policy.yaml\n  \
    portcullis policy diff policies.yaml\n  portcullis policy apply policies.yaml\n  \
    portcullis policy test floor.yaml --action action.json\n\n\
    A file holds CHAM policies (one, or a list) or a tenant policy, as YAML or JSON; which one is\n\
    seen by itself."
)]
pub(super) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Lint(lint::Lint),
    Test(trial::Test),
    Diff(apply::Diff),
    Apply(apply::Apply),
    /// Lists policies and how they perform.
    #[command(after_help = "Example:\n  portcullis policy list --all")]
    List {
        /// The inactive ones, too.
        #[arg(long)]
        all: bool,
        /// At most so many.
        #[arg(long, default_value_t = 1_000)]
        most: usize,
    },
    /// Shows one policy, or the tenant policy in force.
    #[command(
        after_help = "Examples:\n  portcullis policy show pol_…\n  portcullis policy show tenant"
    )]
    Show {
        /// The policy's id, or `tenant`.
        id: String,
    },
    Packs(packs::Packs),
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("type", "type"),
    ("name", "name"),
    ("for", "agent_id"),
    ("active", "active"),
    ("log only", "log_only"),
    ("evaluated", "evaluation_count"),
    ("fired", "fire_count"),
    ("last fired", "last_fired_at"),
];

const FACTS: &[Column] = &[
    ("id", "id"),
    ("type", "type"),
    ("name", "name"),
    ("scope", "scope"),
    ("for", "agent_id"),
    ("config", "config"),
    ("active", "active"),
    ("log only", "log_only"),
    ("hold minutes", "hold_minutes"),
    ("severity", "severity"),
    ("version", "version"),
    ("made", "created_at"),
    ("changed", "updated_at"),
    ("evaluated", "evaluation_count"),
    ("fired", "fire_count"),
    ("last fired", "last_fired_at"),
    ("verdicts", "verdict_impact"),
    ("grant uses", "grant_uses"),
];

impl Policy {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        match self.command {
            Command::Lint(lint) => lint.run(desk.output),
            Command::Test(test) => test.run(desk).await,
            Command::Diff(diff) => diff.run(desk).await,
            Command::Apply(apply) => apply.run(desk).await,
            Command::List { all, most } => {
                let query = Query::of("/v1/policies").and("active", (!all).then_some(true));
                let list = pages(&desk.client()?, &query, "policies", most).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "policies"), COLUMNS, "no policies")
                })?;
                Ok(exit::OK)
            }
            Command::Show { id } => show(desk, &id).await,
            Command::Packs(packs) => packs.run(desk).await,
        }
    }
}

async fn show(desk: &Desk, id: &str) -> anyhow::Result<u8> {
    let client = desk.client()?;
    if id != "tenant" {
        let policy = client.get(&format!("/v1/policies/{}", escaped(id))).await?;
        desk.output
            .show(&policy, |policy| Table::about(policy, FACTS))?;
        return Ok(exit::OK);
    }
    let applied = client.get("/v1/tenant-policy").await?;
    if desk.output.is_json() {
        desk.output.json(&applied)?;
    } else {
        let (version, by) = (
            text_at(&applied, "version"),
            text_at(&applied, "applied_by"),
        );
        let at = text_at(&applied, "applied_at");
        desk.output
            .line(&format!("# version {version}, applied by {by} at {at}"))?;
        desk.output.json(&applied.get("policy"))?;
    }
    Ok(exit::OK)
}

/// The policies of a file as one sends them.
pub(super) fn written(path: &std::path::Path) -> anyhow::Result<serde_json::Value> {
    match apply::valid(path)? {
        document::Document::Policies(drafts) => {
            let policies = document::policies(&drafts)?;
            Ok(policies
                .iter()
                .map(|policy| plan::written(policy))
                .collect())
        }
        document::Document::Tenant(..) => {
            anyhow::bail!("expected CHAM policies; a tenant policy is compared with `policy diff`")
        }
    }
}
