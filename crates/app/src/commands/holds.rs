//! `portcullis holds`: actions that wait for people.

use super::desk::{Desk, entries, pages};
use crate::{
    client::{Client, ClientError, Query, escaped},
    exit,
    output::table::{Column, Table, text_at},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Lists and decides actions that wait for people.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis holds list\n  portcullis holds show esc_…\n  \
    portcullis holds release esc_… --reason \"capacity is free until Monday\"\n  \
    portcullis holds kill esc_…"
)]
pub(super) struct Holds {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists holds, those that wait unless told otherwise.
    #[command(after_help = "Example:\n  portcullis holds list --status RELEASED --agent agt_…")]
    List {
        /// HELD, RELEASED, KILLED, TIMED_OUT or `all`.
        #[arg(long, default_value = "HELD")]
        status: String,
        /// Only of this agent.
        #[arg(long, value_name = "ID")]
        agent: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        most: usize,
    },
    /// Shows one hold with everything a decision needs.
    #[command(after_help = "Example:\n  portcullis holds show esc_…")]
    Show {
        /// The hold's id, `esc_…`.
        id: String,
    },
    /// Approves a hold; with enough approvals by different people it is released.
    #[command(
        after_help = "Example:\n  portcullis holds release esc_… --reason \"agreed with the team\""
    )]
    Release(Decision),
    /// Refuses a hold for good.
    #[command(after_help = "Example:\n  portcullis holds kill esc_… --reason \"wrong cluster\"")]
    Kill(Decision),
}

#[derive(Args, Debug)]
struct Decision {
    /// The hold's id, `esc_…`.
    id: String,
    /// Why; it goes into the record.
    #[arg(long)]
    reason: Option<String>,
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("status", "status"),
    ("action", "action_type"),
    ("target", "target_service"),
    ("where", "environment"),
    ("agent", "agent_id"),
    ("risk", "risk_tier"),
    ("needs", "approvals_required"),
    ("ends", "timeout_at"),
];

const FACTS: &[Column] = &[
    ("id", "id"),
    ("status", "status"),
    ("agent", "agent_id"),
    ("action", "action_type"),
    ("target", "target_service"),
    ("environment", "environment"),
    ("parameters", "parameters"),
    ("tier", "tier"),
    ("risk tier", "risk_tier"),
    ("its reasoning", "reasoning"),
    ("confidence", "confidence"),
    ("held because", "decision_reasoning"),
    ("approvals needed", "approvals_required"),
    ("approvers", "approvers"),
    ("approvals", "approvals"),
    ("record", "seq"),
    ("digest", "action_digest"),
    ("since", "created_at"),
    ("ends", "timeout_at"),
    ("decided by", "decided_by"),
    ("decided at", "decided_at"),
    ("decided because", "decision_reason"),
    ("permit taken", "claimed"),
];

impl Holds {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List {
                status,
                agent,
                most,
            } => {
                let status = (!status.eq_ignore_ascii_case("all")).then_some(status);
                let query = Query::of("/v1/holds")
                    .and("status", status)
                    .and("agent", agent);
                let list = pages(&client, &query, "holds", most).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "holds"), COLUMNS, "nothing waits")
                })?;
            }
            Command::Show { id } => {
                let hold = look(&client, &id).await?;
                desk.output.show(&hold, |hold| Table::about(hold, FACTS))?;
            }
            Command::Release(decision) => {
                let hold = decide(&client, "release", &decision).await?;
                desk.output.done(&hold, &outcome(&hold))?;
            }
            Command::Kill(decision) => {
                let hold = decide(&client, "kill", &decision).await?;
                desk.output.done(&hold, &outcome(&hold))?;
            }
        }
        Ok(exit::OK)
    }
}

/// A hold as people see it; an agent sees its own hold with less.
async fn look(client: &Client, id: &str) -> Result<Value, ClientError> {
    let path = format!("/v1/holds/{}", escaped(id));
    match client.get(&format!("{path}/review")).await {
        Err(ClientError::Refused(refusal)) if refusal.status == 403 => client.get(&path).await,
        answer => answer,
    }
}

async fn decide(client: &Client, verb: &str, decision: &Decision) -> anyhow::Result<Value> {
    let path = format!("/v1/holds/{}/{verb}", escaped(&decision.id));
    Ok(client
        .post(&path, &json!({ "reason": decision.reason }))
        .await?)
}

/// What became of a hold, in a sentence.
pub(super) fn outcome(hold: &Value) -> String {
    let (id, status) = (text_at(hold, "id"), text_at(hold, "status"));
    match status.as_str() {
        "RELEASED" => format!("hold `{id}` is released; its agent may claim the permit, once"),
        "KILLED" => match text_at(hold, "decided_by").as_str() {
            "portcullis" => format!("hold `{id}` is ended: {}", text_at(hold, "decision_reason")),
            _ => format!("hold `{id}` is killed"),
        },
        "HELD" => {
            let given = entries(hold, "approvals").len();
            let needed = text_at(hold, "approvals_required");
            format!("approval {given} of {needed} for hold `{id}`; another person must approve")
        }
        _ => format!("hold `{id}` is {status}"),
    }
}
