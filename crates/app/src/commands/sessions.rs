//! `portcullis sessions`: pieces of work, and the scopes they have.

use super::desk::{Desk, entries, pages};
use crate::{
    client::{Query, escaped},
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

/// Opens, renews and closes sessions: what is minted for one dies with it.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis sessions open --agent agt_… --workspace ops --scope cluster:staging --ticket OPS-17\n  \
    portcullis sessions list\n  portcullis sessions close ses_…"
)]
pub(super) struct Sessions {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Opens a session; actions name it with `--session` and one of its scopes with `--scope`.
    #[command(
        after_help = "Examples:\n  portcullis sessions open --agent agt_… --workspace ops --scope cluster:staging\n  \
        portcullis sessions open --agent agt_… --workspace ops --write cluster:staging --ticket OPS-17\n  \
        portcullis sessions open --agent agt_… --workspace ops --scope cluster:staging \\\n    \
          --allow-command '^kubectl (get|logs) ' --block-command secret"
    )]
    Open(Opening),
    /// Lists sessions, newest first.
    #[command(
        after_help = "Examples:\n  portcullis sessions list\n  portcullis sessions list --all"
    )]
    List {
        /// Those that are over, too.
        #[arg(long)]
        all: bool,
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        most: usize,
    },
    /// Shows a session.
    #[command(after_help = "Example:\n  portcullis sessions show ses_…")]
    Show {
        /// The session.
        id: String,
    },
    /// Lets a session live for 15 minutes more, within its end.
    #[command(after_help = "Example:\n  portcullis sessions renew ses_…")]
    Renew {
        /// The session.
        id: String,
    },
    /// Closes a session, and says what is dead and what lives until when.
    #[command(after_help = "Example:\n  portcullis sessions close ses_… --reason \"done\"")]
    Close {
        /// The session.
        id: String,
        /// Why; it goes into the record.
        #[arg(long)]
        reason: Option<String>,
    },
}

/// What a session is opened with.
#[derive(Args, Debug)]
struct Opening {
    /// The agent; a key that belongs to one agent needs none.
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// The workspace.
    #[arg(long, value_name = "ID")]
    workspace: String,
    /// A scope to read with; may be given again.
    #[arg(long = "scope", value_name = "NAME", required_unless_present = "write")]
    scopes: Vec<String>,
    /// A scope to write with, too; may be given again.
    #[arg(long, value_name = "NAME")]
    write: Vec<String>,
    /// The ticket it is about.
    #[arg(long)]
    ticket: Option<String>,
    /// A pattern of commands that may run without asking; others wait. May be given again.
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    allow_command: Vec<String>,
    /// A pattern of commands that never run; may be given again.
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    block_command: Vec<String>,
    /// No command runs.
    #[arg(long)]
    no_commands: bool,
    /// The project whose command policy holds, too.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// How long it lives at most, renewed every 15 minutes; 28800 unless given.
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u32>,
}

const COLUMNS: &[Column] = &[
    ("session", "id"),
    ("status", "status"),
    ("agent", "agent_id"),
    ("workspace", "workspace_id"),
    ("ticket", "ticket"),
    ("ends", "ends_at"),
    ("at the latest", "until"),
];

const FACTS: &[Column] = &[
    ("session", "id"),
    ("agent", "agent_id"),
    ("workspace", "workspace_id"),
    ("ticket", "ticket"),
    ("status", "status"),
    ("project", "commands.project"),
    ("allows commands", "commands.allow"),
    ("blocks commands", "commands.block"),
    ("blocks all commands", "commands.reject_all"),
    ("ends", "ends_at"),
    ("at the latest", "until"),
];

impl Opening {
    fn body(self) -> Value {
        let wanted = |names: Vec<String>, mode: &'static str| {
            let names = names.into_iter();
            names.map(move |name| json!({ "scope": name, "mode": mode }))
        };
        let scopes: Vec<Value> = wanted(self.scopes, "read")
            .chain(wanted(self.write, "write"))
            .collect();
        json!({
            "agent_id": self.agent,
            "workspace_id": self.workspace,
            "scopes": scopes,
            "ticket": self.ticket,
            "commands": {
                "project": self.project,
                "allow": self.allow_command,
                "block": self.block_command,
                "reject_all": self.no_commands,
            },
            "seconds": self.seconds,
        })
    }
}

impl Sessions {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::Open(opening) => {
                let session = client.post("/v1/sessions", &opening.body()).await?;
                desk.output
                    .show(&session, |session| Table::about(session, FACTS).uncut())?;
            }
            Command::List { all, most } => {
                let query = Query::of("/v1/sessions").and("open", Some(!all));
                let list = pages(&client, &query, "sessions", most).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "sessions"), COLUMNS, "no sessions are open").uncut()
                })?;
            }
            Command::Show { id } => {
                let path = format!("/v1/sessions/{}", escaped(&id));
                let session = client.get(&path).await?;
                desk.output
                    .show(&session, |session| Table::about(session, FACTS).uncut())?;
            }
            Command::Renew { id } => {
                let path = format!("/v1/sessions/{}/renew", escaped(&id));
                let session = client.post(&path, &json!({})).await?;
                desk.output
                    .show(&session, |session| Table::about(session, FACTS).uncut())?;
            }
            Command::Close { id, reason } => {
                let path = format!("/v1/sessions/{}/close", escaped(&id));
                let closed = client.post(&path, &json!({ "reason": reason })).await?;
                desk.output.done(&closed, &told(&id, &closed))?;
            }
        }
        Ok(exit::OK)
    }
}

/// What is left of a session that was closed.
fn told(id: &str, closed: &Value) -> String {
    let leases = entries(closed, "leases");
    let lives = |lease: &&Value| lease.get("stage").and_then(Value::as_str) != Some("ended");
    let living: Vec<String> = leases.iter().filter(lives).map(remains).collect();
    let dead = leases.len().saturating_sub(living.len());
    let mut told = format!(
        "`{id}` is closed; {dead} of {} credentials are dead",
        leases.len()
    );
    for line in living {
        told.push_str(&line);
    }
    if let Some(why) = closed.get("room").and_then(Value::as_str) {
        told.push_str("; its directory is not cleared yet: ");
        told.push_str(why);
    }
    told
}

fn remains(lease: &Value) -> String {
    let text = |key: &str| lease.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("stage") {
        "fading" => format!("; `{}` lives until {}", text("id"), text("expires_at")),
        _ => format!("; `{}` may live, and ending it is tried again", text("id")),
    }
}
