//! `portcullis approvals`: what waits for a person's answer, as an approver sees it.

mod evidence;
mod sight;

use super::desk::{Desk, entries, pages};
use crate::{
    ask,
    client::{Client, ClientError, Query, escaped},
    exit,
    output::table::{Column, Table, text_at},
};
use anyhow::ensure;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::time::Duration;

/// How often `watch` looks, and how seldom when the gate does not answer.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const LOOK_SELDOM: Duration = Duration::from_secs(60);

/// Shows and answers what waits for people.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis approvals list\n  portcullis approvals show esc_…\n  \
    portcullis approvals approve esc_…\n  \
    portcullis approvals reject esc_… --reason \"wrong cluster\""
)]
pub(super) struct Approvals {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists what waits for people.
    #[command(after_help = "Example:\n  portcullis approvals list")]
    List {
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        most: usize,
    },
    /// Shows what an approver decides from.
    #[command(after_help = "Example:\n  portcullis approvals show esc_…")]
    Show {
        /// The hold's id, `esc_…`.
        id: String,
    },
    /// Approves, after showing what and asking once more.
    #[command(after_help = "Example:\n  portcullis approvals approve esc_… --yes")]
    Approve {
        /// The hold's id, `esc_…`.
        id: String,
        /// Why; it goes into the record.
        #[arg(long)]
        reason: Option<String>,
        /// Does not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Refuses for good.
    #[command(
        after_help = "Example:\n  portcullis approvals reject esc_… --reason \"wrong cluster\""
    )]
    Reject {
        /// The hold's id, `esc_…`.
        id: String,
        /// Why; it goes into the record. Asked for unless given.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Shows what waits, as it comes; of one hold, until it is decided.
    #[command(after_help = "Example:\n  portcullis approvals watch\n\n\
        With an id the exit code is 0 when it was released and 3 when it was refused.")]
    Watch {
        /// The hold's id, `esc_…`; without one everything that waits.
        id: Option<String>,
    },
    Evidence(evidence::Evidence),
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("action", "action_type"),
    ("target", "target_service"),
    ("where", "environment"),
    ("agent", "agent_id"),
    ("risk", "risk_tier"),
    ("needs", "approvals_required"),
    ("ends", "timeout_at"),
];

impl Approvals {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List { most } => {
                let list = waiting(&client, most).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "holds"), COLUMNS, "nothing waits")
                })?;
            }
            Command::Show { id } => show(desk, &look(&client, &id).await?)?,
            Command::Approve { id, reason, yes } => {
                if !yes {
                    let sight = look(&client, &id).await?;
                    desk.output.note(&sight::plain(&sight))?;
                    let digest = text_at(&sight, "action_digest");
                    let question = format!("approve exactly this, {digest}? [y/N]");
                    let answer = ask::text(&question)?;
                    let agreed = ["y", "yes"].contains(&answer.trim().to_lowercase().as_str());
                    ensure!(agreed, "not approved: nothing was decided");
                }
                decide(desk, &client, &id, ("approve", "release"), reason).await?;
            }
            Command::Reject { id, reason } => {
                let reason = reason.map_or_else(|| ask::text("why?"), Ok)?;
                ensure!(!reason.trim().is_empty(), "not refused: a reason is needed");
                decide(desk, &client, &id, ("reject", "kill"), Some(reason)).await?;
            }
            Command::Watch { id: Some(id) } => return until_decided(desk, &client, &id).await,
            Command::Watch { id: None } => watch(desk, &client).await?,
            Command::Evidence(evidence) => return evidence.run(desk).await,
        }
        Ok(exit::OK)
    }
}

async fn waiting(client: &Client, most: usize) -> Result<Value, ClientError> {
    let query = Query::of("/v1/holds").and("status", Some("HELD"));
    pages(client, &query, "holds", most).await
}

async fn look(client: &Client, id: &str) -> Result<Value, ClientError> {
    client
        .get(&format!("/v1/holds/{}/sight", escaped(id)))
        .await
}

fn show(desk: &Desk, sight: &Value) -> anyhow::Result<()> {
    if desk.output.is_json() {
        desk.output.json(sight)?;
    } else {
        desk.output.raw(&sight::painted(sight))?;
    }
    Ok(())
}

/// Answers with a request that the gate has signed for this answer to this hold.
async fn decide(
    desk: &Desk,
    client: &Client,
    id: &str,
    (choice, verb): (&str, &str),
    reason: Option<String>,
) -> anyhow::Result<()> {
    let path = format!("/v1/holds/{}", escaped(id));
    let request = client
        .get(&format!("{path}/request?choice={choice}"))
        .await?;
    let body = json!({ "reason": reason, "token": request.get("token") });
    let hold = client.post(&format!("{path}/{verb}"), &body).await?;
    desk.output.done(&hold, &super::holds::outcome(&hold))?;
    Ok(())
}

/// A look that waits longer each time the gate does not answer.
async fn patiently(
    mut wait: Duration,
    look: impl AsyncFn() -> Result<Value, ClientError>,
) -> Result<Value, ClientError> {
    loop {
        match look().await {
            Err(ClientError::Unreachable { .. }) => {}
            Err(ClientError::Refused(refusal)) if matches!(refusal.status, 429 | 503) => {}
            answer => return answer,
        }
        tokio::time::sleep(wait).await;
        wait = wait.saturating_mul(2).min(LOOK_SELDOM);
    }
}

async fn until_decided(desk: &Desk, client: &Client, id: &str) -> anyhow::Result<u8> {
    loop {
        let sight = patiently(LOOK_EVERY, async || look(client, id).await).await?;
        let status = text_at(&sight, "status");
        if status != "HELD" {
            desk.output
                .done(&sight, &format!("hold `{id}` is {status}"))?;
            return Ok(if status == "RELEASED" {
                exit::OK
            } else {
                exit::REFUSED
            });
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn watch(desk: &Desk, client: &Client) -> anyhow::Result<()> {
    let mut known: Vec<String> = Vec::new();
    loop {
        let list = patiently(LOOK_EVERY, async || waiting(client, 1_000).await).await?;
        let holds = entries(&list, "holds");
        for hold in holds.iter().rev() {
            let id = text_at(hold, "id");
            if known.contains(&id) {
                continue;
            }
            if desk.output.is_json() {
                desk.output.raw(&format!("{hold}\n"))?;
            } else {
                desk.output.raw(&Table::about(hold, COLUMNS).render())?;
                desk.output.raw("\n")?;
            }
        }
        known = holds.iter().map(|hold| text_at(hold, "id")).collect();
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
