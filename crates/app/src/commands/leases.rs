//! `portcullis leases`: what was minted, for what, and how it ended.

use super::desk::{Desk, entries, pages};
use crate::{
    client::Query,
    exit,
    output::table::{Column, Table},
};
use clap::{Args, Subcommand};

/// Lists the credentials that were minted; none of them is shown.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis leases list\n  portcullis leases list --session ses_… --all"
)]
pub(super) struct Leases {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists leases, newest first: those that live, or may.
    #[command(
        after_help = "Examples:\n  portcullis leases list\n  portcullis leases list --all -o json"
    )]
    List {
        /// Only of this session.
        #[arg(long, value_name = "ID")]
        session: Option<String>,
        /// Those that ended, too.
        #[arg(long)]
        all: bool,
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        most: usize,
    },
}

const COLUMNS: &[Column] = &[
    ("lease", "id"),
    ("stage", "stage"),
    ("scope", "scope"),
    ("for", "mode"),
    ("action", "action_type"),
    ("record", "seq"),
    ("hold", "hold_id"),
    ("must be dead", "ends_at"),
    ("lives until", "expires_at"),
    ("how it ended", "how"),
    ("failure", "failure"),
];

impl Leases {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let Command::List { session, all, most } = self.command;
        let query = Query::of("/v1/leases")
            .and("live", Some(!all))
            .and("session", session);
        let list = pages(&desk.client()?, &query, "leases", most).await?;
        desk.output.show(&list, |list| {
            Table::of(entries(list, "leases"), COLUMNS, "no credential lives")
        })?;
        Ok(exit::OK)
    }
}
